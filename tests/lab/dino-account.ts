/** Dino, and baresip with plain RTP, in a scene whose gateway has an account at Kamailio and a media relay. */
import { afterAll, beforeAll, beforeEach } from "bun:test";
import { Authority } from "../support/certificates.ts";
import { hasLogged } from "../support/has-logged.ts";
import { type AccountTransport, accountBy } from "./account.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import type { NgRelay } from "./ng-relay.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

interface DinoAccountOptions {
  readonly transport: AccountTransport;
  readonly relay: NgRelay;
  /** The relay's section in the gateway's configuration. */
  readonly media: string;
  /** Dino's single contact, a bare JID, and its name in the roster. */
  readonly contact: string;
  readonly name?: string;
  /** The gateway puts callers into the rosters by name. */
  readonly rosters?: boolean;
  /** More keys for `[dial]` and the trunk. */
  readonly keys?: { readonly dial: string; readonly trunk: string };
}

/** Set before the first test of the `describe` that calls `dinoAccount`. */
interface DinoAccount {
  scene: Scene;
  phone: Baresip;
  dino: Dino;
}

/** Starts everything before the tests of a `describe`, and waits for the registration; stops it after them. */
export function dinoAccount({
  transport,
  relay,
  media,
  contact,
  name,
  rosters,
  keys,
}: DinoAccountOptions): DinoAccount {
  const started: Partial<DinoAccount> = {};
  let authority: Authority | undefined;
  beforeAll(async () => {
    await relay.start();
    authority = new Authority();
    const dino = new Dino(contact);
    started.dino = dino;
    const scene = await startScene(PROSODY_UDP, {
      ...accountBy(transport, authority, media, keys),
      ...{
        encrypted: true,
        rosters: rosters ?? false,
        friends: { juliet: contact },
        names: name === undefined ? {} : { [contact]: name },
      },
    });
    started.scene = scene;
    [started.phone] = await Promise.all([scene.phone("plain"), dino.start(scene.server.certificate)]);
    await hasLogged(scene.gateway, '"state":"registered"');
  });
  afterAll(async () => {
    await started.dino?.stop();
    await started.scene?.stop();
    await relay.stop();
    authority?.remove();
  });
  beforeEach(async () => {
    await started.phone?.forget();
    await started.dino?.forget();
  });
  return started as DinoAccount;
}
