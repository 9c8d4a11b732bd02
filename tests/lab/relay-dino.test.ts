/**
 * Dino and phones that speak plain RTP, or SRTP with keys in SDP, hear each other through rtpengine and through our own relay,
 * whoever of the two is DTLS client.
 *
 * COMPAT Dino 0.4: in one call of twenty or so, oftener the more it has had, it does not open the microphone (the card has no
 * recording of it, its echo canceller says ProcessReverseStream -7 by the thousand): ICE, DTLS and RTCP of it come, and no RTP,
 * whatever the relay.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { phoneHears } from "./hearing.ts";
import { labTitle, noLab } from "./lab.ts";
import { CARD_HERTZ } from "./pulse.ts";
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

    const hearEachOther = () => Promise.all([phoneHears(phone, CARD_HERTZ), phoneHears(dino, phone.hertz)]);

    // proves: W14
    test("Dino calls, each hears the other's tone, Dino hangs up", async () => {
      await dino.call();
      await phone.event("CALL_INCOMING");
      await phone.command("accept");
      await hearEachOther();
      await dino.hangUp();
      await phone.event("CALL_CLOSED");
    });

    // proves: W14
    test("the phone calls, Dino accepts, each hears the other's tone, the phone hangs up", async () => {
      await phone.command("dial", JULIET);
      await phone.event("CALL_RINGING");
      await dino.accept();
      await phone.event("CALL_ESTABLISHED");
      await hearEachOther();
      await phone.command("hangup");
      await dino.stanza("session-terminate");
    });
  });
