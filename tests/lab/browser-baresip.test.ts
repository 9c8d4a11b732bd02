/** A browser (Jingle over Prosody) and baresip (SIP through Kamailio) call each other, and really hear each other. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { labTitle, noLab } from "./lab.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";

describe.skipIf(noLab !== undefined).each(["udp", "tcp"] as const)(
  labTitle("a browser and baresip, the gateway speaks %s"),
  (transport) => {
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      scene = await startScene(transport);
      talk = new Talk(await scene.juliet(), await scene.phone("echo"));
    });
    afterAll(() => scene.stop());
    beforeEach(() => talk.forget());
    afterEach(async () => {
      expect(talk.juliet.errors).toEqual([]);
      await scene.noCalls();
    });

    test("juliet calls, each hears the other's tone, juliet hangs up", async () => {
      await talk.julietTalksToEcho();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    test("the phone calls, each hears the other's tone, the phone hangs up", async () => {
      await talk.echoTalksToJuliet();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
    });

    test("juliet calls, the phone hangs up", async () => {
      await talk.julietTalksToEcho();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
    });

    test("the phone calls, juliet hangs up", async () => {
      await talk.echoTalksToJuliet();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });
  },
);
