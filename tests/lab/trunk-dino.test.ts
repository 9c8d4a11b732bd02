/**
 * Dino and a phone with plain RTP, by an account that is registered by TLS, through each relay: both call, each hears the other.
 *
 * COMPAT Dino 0.4: in some calls it sends no RTP, as in relay-dino.test.ts, the more so the busier the machine is; then they talk again.
 */
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
import { MEDIA_SECTIONS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

/** Seconds in which a tone arrives, if it does. */
const PATIENCE = 8;
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

    /** A call in which each hears the other: of three, where Dino sends nothing. */
    const talk = async (begin: () => Promise<unknown>, end: () => Promise<unknown>): Promise<void> => {
      for (let left = 3; left > 0; left--) {
        await begin();
        const each = [phoneHears(phone, CARD_HERTZ, PATIENCE), phoneHears(dino, phone.hertz, PATIENCE)];
        const fault = await Promise.all(each).then(
          () => undefined,
          (error: unknown) => error,
        );
        await end();
        if (fault === undefined) return;
        if (left === 1) throw fault;
        await phone.forget();
        await dino.forget();
      }
    };

    // proves: W18
    test("Dino calls, each hears the other's tone, Dino hangs up", async () => {
      const begin = async () => {
        await dino.call();
        await phone.event("CALL_INCOMING");
        await phone.command("accept");
      };
      const end = async () => {
        await dino.hangUp();
        await phone.event("CALL_CLOSED");
      };
      await talk(begin, end);
    });

    // proves: W18
    test("the account is called, Dino accepts, each hears the other's tone, the phone hangs up", async () => {
      const begin = async () => {
        await phone.command("dial", `sip:line@${COMPONENT}`);
        await phone.event("CALL_RINGING");
        await dino.accept();
        await phone.event("CALL_ESTABLISHED");
      };
      const end = async () => {
        await phone.command("hangup");
        await dino.stanza("session-terminate");
      };
      await talk(begin, end);
    });
  });
