/** Dino and a phone with plain RTP, by an account that is registered by TLS, through each relay: both call, each hears the other. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Authority } from "../support/certificates.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { accountBy } from "./account.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { phoneHears } from "./hearing.ts";
import { labTitle, noLab } from "./lab.ts";
import { CARD_HERTZ } from "./pulse.ts";
import { RELAYS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

const CONTACT = `plain@${COMPONENT}`;

for (const { relay: name, make } of RELAYS)
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
        ...accountBy("TLS", authority),
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

    const hearEachOther = () => Promise.all([phoneHears(phone, CARD_HERTZ), phoneHears(dino, phone.hertz)]);

    // proves: W18
    test("Dino calls, each hears the other's tone, Dino hangs up", async () => {
      await dino.call();
      await phone.event("CALL_INCOMING");
      await phone.command("accept");
      await hearEachOther();
      await dino.hangUp();
      await phone.event("CALL_CLOSED");
    });

    // proves: W18
    test("the account is called, Dino accepts, each hears the other's tone, the phone hangs up", async () => {
      await phone.command("dial", `sip:line@${COMPONENT}`);
      await phone.event("CALL_RINGING");
      await dino.accept();
      await phone.event("CALL_ESTABLISHED");
      await hearEachOther();
      await phone.command("hangup");
      await dino.stanza("session-terminate");
    });
  });
