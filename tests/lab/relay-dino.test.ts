/**
 * Dino and phones that speak plain RTP, or SRTP with keys in SDP, hear each other through rtpengine and through our own relay,
 * whoever of the two is DTLS client.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { dinoCalls, phoneCalls } from "./dino-talk.ts";
import { labTitle, noLab } from "./lab.ts";
import { RELAYS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

const KINDS = [
  ["plain", "rtp"],
  ["sdes", "srtp"],
] as const;

const CASES = RELAYS.flatMap((each) => KINDS.map(([kind, media]) => ({ ...each, kind, media })));

for (const { relay: name, make, kind, media } of CASES)
  describe.skipIf(noLab !== undefined)(labTitle(`Dino and baresip, ${kind}, by ${name}`), () => {
    const relay = make();
    const contact = `${kind}@${COMPONENT}`;
    let scene: Scene;
    let phone: Baresip;
    let dino: Dino;

    beforeAll(async () => {
      await relay.start();
      dino = new Dino(contact);
      scene = await startScene(PROSODY_UDP, { media, encrypted: true, friends: { juliet: contact } });
      [phone] = await Promise.all([scene.phone(kind), dino.start(scene.server.certificate)]);
    });
    afterAll(async () => {
      await dino?.stop();
      await scene?.stop();
      await relay.stop();
    });
    beforeEach(async () => {
      await phone.forget();
      await dino.forget();
    });
    afterEach(async () => {
      await scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    // proves: W14
    test("Dino calls, each hears the other's tone, Dino hangs up", () => dinoCalls(dino, phone));

    // proves: W14
    test("the phone calls, Dino accepts, each hears the other's tone, the phone hangs up", () =>
      phoneCalls(dino, phone, JULIET));
  });
