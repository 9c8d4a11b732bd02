/**
 * Under which name a call by an account rings in Dino: its number, in whatever form the provider writes it, is the contact's, so the name
 * in the roster is shown.
 *
 * COMPAT Dino 0.4: the name that comes with a call (XEP-0172) is not read; without a contact of that name it shows the address.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Authority } from "../support/certificates.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { accountBy } from "./account.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { labTitle, NG, noLab } from "./lab.ts";
import { Rtpengine } from "./rtpengine.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

/** What kamailio.cfg asserts as 030123456. */
const ANNA = `+4930123456@${COMPONENT}`;
const SAID_BY_PROVIDER = `sip:said-by-provider@${COMPONENT}`;
const MORE = { dial: 'country = "49"\narea = "30"\nnational = "0"', trunk: "trusted = true" };
const MEDIA = `[media]\nrtpengine = ["${NG}"]\n`;

describe.skipIf(noLab !== undefined)(labTitle("a name in Dino"), () => {
  const relay = new Rtpengine();
  let authority: Authority;
  let scene: Scene;
  let phone: Baresip;
  let dino: Dino;

  beforeAll(async () => {
    await relay.start();
    authority = new Authority();
    dino = new Dino(ANNA);
    scene = await startScene(PROSODY_UDP, {
      ...accountBy("UDP", authority, MEDIA, MORE),
      ...{ encrypted: true, friends: { juliet: ANNA }, names: { [ANNA]: "Anna at home" } },
    });
    [phone] = await Promise.all([scene.phone("plain"), dino.start(scene.server.certificate)]);
    const log = (): string => scene.gateway.log();
    await until("a registration", log, (said) => said.includes('"state":"registered"'));
  });
  afterAll(async () => {
    await dino?.stop();
    await scene?.stop();
    await relay.stop();
    authority?.remove();
  });
  beforeEach(async () => {
    await phone.forget();
    await dino.forget();
  });

  /** A call that rings in Dino: the name that it shows, and the name that has come with the call. */
  const rings = async (uri: string): Promise<{ shown: string; nick: string | undefined }> => {
    await phone.command("dial", uri);
    await phone.event("CALL_RINGING");
    await dino.stanza("propose");
    const shown = await dino.notified();
    const nick = dino.nick;
    await phone.command("hangup");
    await dino.stanza("retract");
    await scene.noCalls();
    return { shown, nick };
  };

  // proves: W18, K12
  test("that of the roster, for a number that the provider writes without the country", async () => {
    expect(await rings(SAID_BY_PROVIDER)).toEqual({ shown: "Anna at home", nick: "Anna Schmidt" });
  });

  // proves: W18
  test("the address, for who is no contact", async () => {
    const { shown } = await rings(`sip:line@${COMPONENT}`);
    expect(shown).toBe(`plain@${COMPONENT}`);
  });
});
