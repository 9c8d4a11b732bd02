/** ejabberd in Prosody's place: a browser and baresip call each other, and hear each other. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { LabEjabberd } from "./ejabberd.ts";
import { labTitle, noLab } from "./lab.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";

describe.skipIf(noLab !== undefined).each(["udp", "tcp"] as const)(
  labTitle("a browser on ejabberd, and baresip, the gateway speaks %s"),
  (transport) => {
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      scene = await startScene(transport, new LabEjabberd());
      talk = new Talk(await scene.juliet(), await scene.phone("echo"));
    }, 40_000);
    afterAll(() => scene.stop());
    beforeEach(() => talk.forget());
    afterEach(() => scene.noCalls());

    test("juliet calls, each hears the other's tone, the phone hangs up", async () => {
      await talk.julietTalksToEcho();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
    });

    test("the phone calls, each hears the other's tone, juliet hangs up", async () => {
      await talk.echoTalksToJuliet();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    test("the phone calls, juliet declines", async () => {
      await talk.echoCalls();
      await talk.juliet.tap("decline");
      expect((await talk.echo.event("CALL_CLOSED")).param).toBe("486 Busy Here");
    });
  },
);
