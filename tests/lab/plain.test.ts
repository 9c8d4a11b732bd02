/** A phone that speaks only RTP, without ICE and DTLS-SRTP: a browser cannot talk to it, and is told why. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { COMPONENT } from "../support/prosody.ts";
import type { Baresip } from "./baresip.ts";
import type { BrowserPhone } from "./chromium.ts";
import { type Scene, startScene } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { inWorlds } from "./worlds.ts";

const PLAIN = `plain@${COMPONENT}`;

inWorlds("a phone without WebRTC", (world) => {
  let scene: Scene;
  let plain: Baresip;

  beforeAll(async () => {
    scene = await startScene(world);
    plain = await scene.phone("plain");
  });
  afterAll(() => scene?.stop());
  beforeEach(() => plain.forget());
  afterEach(() => scene.noCalls());

  describe("and a browser", () => {
    let juliet: BrowserPhone;
    beforeEach(async () => {
      juliet = await scene.juliet();
    });
    afterEach(() => juliet.close());

    // proves: W8
    test("juliet calls: the phone refuses her offer, and her client says so", async () => {
      await juliet.call(PLAIN);
      const advice = "if the phone has no DTLS-SRTP, its media need a relay such as rtpengine";
      expect((await juliet.tells("ended")).why).toBe(`general-error, ${advice}, 488 Not Acceptable Here`);
    });

    // proves: M6
    test("the phone calls: it hears at once that the page takes ICE alone, and the page does not ring", async () => {
      await plain.command("dial", JULIET);
      await plain.event("CALL_CLOSED");
      expect(plain.said).toMatch(/^Warning: 302 carillon ".*a media relay such as rtpengine is needed"/m);
      expect(plain.said).not.toContain("SIP/2.0 180");
    });
  });

  describe("and a client that speaks plain RTP, too", () => {
    let juliet: Device;
    beforeEach(async () => {
      juliet = new Device(scene.server, "juliet", "plain");
      await juliet.start();
    });
    afterEach(() => juliet.stop());

    const hears = (wanted: string) => juliet.heard.next(({ action }) => action === wanted, wanted);

    // proves: W8
    test("the phone calls, the client answers with its address, the phone hangs up", async () => {
      await plain.command("dial", JULIET);
      const { from, jingle } = await hears("session-initiate");
      expect(jingle.toString()).toContain("urn:xmpp:jingle:transports:raw-udp:1");
      await juliet.say(from, "session-accept", String(jingle.attrs.sid), PLAIN_CONTENT);
      await plain.event("CALL_ESTABLISHED");
      await plain.command("hangup");
      await hears("session-terminate");
    });

    test("the client calls with its address, the phone answers, the client hangs up", async () => {
      await juliet.say(PLAIN, "session-initiate", "plain-1", PLAIN_CONTENT);
      await plain.event("CALL_INCOMING");
      await plain.command("accept");
      const { jingle } = await hears("session-accept");
      expect(jingle.toString()).toContain("PCMU");
      await juliet.say(PLAIN, "session-terminate", "plain-1", "<reason><success/></reason>");
      await plain.event("CALL_CLOSED");
    });
  });
});

const PLAIN_CONTENT = `<content creator='initiator' name='audio'>
  <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>
    <payload-type id='0' name='PCMU' clockrate='8000'/>
  </description>
  <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'>
    <candidate component='1' generation='0' id='a1' ip='198.18.0.1' port='6000'/>
  </transport>
</content>`;
