/**
 * A browser (Jingle over its XMPP server) and baresip (SIP through Kamailio) call each other, and really hear each other; calls
 * are given up, declined, held and taken back.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { inWorlds } from "./worlds.ts";

inWorlds("a browser and baresip", (world) => {
  let scene: Scene;
  let talk: Talk;

  beforeAll(async () => {
    scene = await startScene(world);
    talk = new Talk(await scene.juliet(), await scene.phone("echo"));
  });
  afterAll(() => scene?.stop());
  beforeEach(() => talk.forget());
  afterEach(async () => {
    expect(talk.juliet.errors).toEqual([]);
    await scene.noCalls();
  });

  // proves: W1
  test("juliet calls, each hears the other's tone, juliet hangs up", async () => {
    await talk.julietTalksToEcho();
    await talk.juliet.tap("hangUp");
    await talk.echo.event("CALL_CLOSED");
  });

  // proves: W1
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

  // proves: W2
  test("juliet calls and gives up while it rings", async () => {
    await talk.julietCalls();
    await talk.juliet.tap("hangUp");
    await talk.echo.event("CALL_CLOSED");
  });

  test("the phone calls and gives up while it rings", async () => {
    await talk.echoCalls();
    await talk.echo.command("hangup");
    expect((await talk.juliet.tells("ended")).why).toBe("decline");
  });

  test("juliet calls, the phone declines", async () => {
    await talk.julietCalls();
    await talk.echo.command("hangup");
    expect((await talk.juliet.tells("ended")).why).toBe("decline");
  });

  // proves: W2
  test("the phone calls, juliet declines", async () => {
    await talk.echoCalls();
    await talk.juliet.tap("decline");
    expect((await talk.echo.event("CALL_CLOSED")).param).toBe("486 Busy Here");
  });

  // proves: W2
  test("juliet holds the phone, and takes it back", async () => {
    await talk.julietHoldsEcho();
  });

  // proves: W2
  test("the phone holds juliet, and takes her back", async () => {
    await talk.echoHoldsJuliet();
  });
});
