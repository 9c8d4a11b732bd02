/**
 * A browser and phones that speak plain RTP, or SRTP with keys in SDP, hear each other through rtpengine, and through our own relay: calls both ways, hold by
 * either, keys, and nothing of the browser in what the phone hears.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { labTitle, noLab, PROXY } from "./lab.ts";
import { RELAYS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

/** A line that says something of the user's media, or that it may come. */
const OF_A_BROWSER = /^a=(?:candidate|ice-|fingerprint|setup|msid|ssrc|extmap|mid|group|rtcp-mux)|trickle/;
const KINDS = [
  ["plain", "rtp"],
  ["sdes", "srtp"],
] as const;

const CASES = RELAYS.flatMap((each) => KINDS.map(([kind, media]) => ({ ...each, kind, media })));

for (const { relay: name, make, kind, media } of CASES)
  describe.skipIf(noLab !== undefined)(labTitle(`a browser and baresip, ${kind}, by ${name}`), () => {
    const relay = make();
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      await relay.start();
      scene = await startScene(PROSODY_UDP, { media });
      talk = new Talk(await scene.juliet(), await scene.phone(kind));
    });
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
    });
    beforeEach(() => talk.forget());
    afterEach(async () => {
      expect(talk.juliet.errors).toEqual([]);
      await scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    // proves: W14
    test("juliet calls, each hears the other's tone, a key arrives, juliet hangs up", async () => {
      await talk.julietTalksToEcho();
      await talk.juliet.press("1");
      expect((await talk.echo.event("CALL_DTMF_START")).param).toBe("1");
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    // proves: W14
    test("the phone calls, each hears the other's tone, the phone hangs up", async () => {
      await talk.echoTalksToJuliet();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
    });

    // proves: W14
    test("juliet holds the phone, and takes it back", async () => {
      await talk.julietHoldsEcho();
    });

    // proves: W14
    test("the phone holds juliet, and takes her back", async () => {
      await talk.echoHoldsJuliet();
    });

    // proves: W14
    test("juliet restarts ICE, and hears the phone again", async () => {
      await talk.julietTalksToEcho();
      await talk.juliet.tap("restart");
      await talk.julietHearsAgain();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    test("juliet gives up; the phone gives up; juliet declines", async () => {
      await talk.julietCalls();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
      await talk.forget();
      await talk.echoCalls();
      await talk.echo.command("hangup");
      await talk.juliet.tells("ended");
      await talk.forget();
      await talk.echoCalls();
      await talk.juliet.tap("decline");
      expect((await talk.echo.event("CALL_CLOSED")).param).toBe("486 Busy Here");
    });

    // proves: V2
    test("nothing of juliet's was in any message to the phone", () => {
      const heard = talk.echo.said.split(/\nUDP (?=\d)/).filter((message) => message.startsWith(PROXY));
      expect(heard.filter((message) => message.includes("\r\nm=audio ")).length).toBeGreaterThan(5);
      const lines = heard.flatMap((message) => message.split("\r\n"));
      expect(lines.filter((line) => OF_A_BROWSER.test(line))).toEqual([]);
    });
  });
