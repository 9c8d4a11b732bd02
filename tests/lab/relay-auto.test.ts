/** `[sip] media = "auto"`: a phone that speaks WebRTC is talked to without the relay, one that refuses it by the relay. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Baresip } from "./baresip.ts";
import type { BrowserPhone } from "./chromium.ts";
import { labTitle, noLab } from "./lab.ts";
import { RELAYS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

describe.each(RELAYS)("$relay", ({ make }) =>
  describe.skipIf(noLab !== undefined)(labTitle("a browser, a plain and a WebRTC phone"), () => {
    const relay = make();
    let scene: Scene;
    let juliet: BrowserPhone;
    let [plain, echo]: Baresip[] = [];

    beforeAll(async () => {
      await relay.start();
      scene = await startScene(PROSODY_UDP, { media: "auto" });
      [plain, echo, juliet] = await Promise.all([scene.phone("plain"), scene.phone("echo"), scene.juliet()]);
    });
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
    });
    beforeEach(() => Promise.all([plain?.forget(), echo?.forget(), juliet.forget()]));
    afterEach(() => scene.noCalls());

    /** They talk, both ways of calling. */
    async function talkBothWays(phone: Baresip | undefined): Promise<void> {
      if (!phone) throw new Error("there is no such phone");
      const talk = new Talk(juliet, phone);
      await talk.julietTalksToEcho();
      await juliet.tap("hangUp");
      await phone.event("CALL_CLOSED");
      await scene.noCalls();
      await talk.forget();
      await talk.echoTalksToJuliet();
      await phone.command("hangup");
      await juliet.tells("ended");
    }

    // proves: W15
    test("the WebRTC phone calls and is called, and the relay is not asked", async () => {
      await talkBothWays(echo);
      expect(relay.told("offer")).toBe(0);
    });

    // proves: W15
    test("the plain phone refuses once, and calls and is called by the relay", async () => {
      await talkBothWays(plain);
      expect(plain?.said.match(/^SIP\/2\.0 488 /gm)?.length).toBe(1);
      expect(relay.told("offer")).toBeGreaterThan(1);
      expect(await relay.calls()).toEqual([]);
    });
  }),
);
