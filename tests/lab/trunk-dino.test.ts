/**
 * Dino and a phone with plain RTP, by an account that is registered by TLS, through each relay: both call, each hears the other.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Authority } from "../support/certificates.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { accountBy } from "./account.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { dinoCalls, phoneCalls } from "./dino-talk.ts";
import { labTitle, noLab } from "./lab.ts";
import { MEDIA_SECTIONS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

const CONTACT = `plain@${COMPONENT}`;

for (const { relay: name, make, media } of MEDIA_SECTIONS)
  describe.skipIf(noLab !== undefined)(labTitle(`Dino and plain baresip by an account by TLS, by ${name}`), () => {
    const relay = make();
    let authority: Authority;
    let scene: Scene;
    let phone: Baresip;
    let dino: Dino;

    beforeAll(async () => {
      await relay.start();
      authority = new Authority();
      dino = new Dino(CONTACT);
      scene = await startScene(PROSODY_UDP, {
        ...accountBy("TLS", authority, media),
        encrypted: true,
        friends: { juliet: CONTACT },
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
    afterEach(async () => {
      await scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    // proves: W18
    test("Dino calls, each hears the other's tone, Dino hangs up", () => dinoCalls(dino, phone));

    // proves: W18
    test("the account is called, Dino accepts, each hears the other's tone, the phone hangs up", () =>
      phoneCalls(dino, phone, `sip:line@${COMPONENT}`));
  });
