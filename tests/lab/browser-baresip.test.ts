/**
 * A browser (Jingle over its XMPP server) and baresip (SIP through Kamailio) call each other, and really hear each other; calls
 * are given up, declined, held and taken back.
 *
 * COMPAT baresip 1.0: after any re-INVITE it hears on, but writes nothing more into its recording; so once a call has
 * been held, only the page is asked what it hears.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { pageHears, pageHearsAgain, pageHearsNothing } from "./hearing.ts";
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
    await talk.julietTalksToEcho();
    await talk.juliet.tap("hold");
    await pageHearsNothing(talk.juliet);
    await talk.juliet.tap("resume");
    await pageHearsAgain(talk.juliet);
    await pageHears(talk.juliet, talk.echo.hertz);
    await talk.juliet.tap("hangUp");
    await talk.echo.event("CALL_CLOSED");
  });

  // proves: W2
  test("the phone holds juliet, and takes her back", async () => {
    await talk.echoTalksToJuliet();
    await talk.echo.command("hold");
    await talk.juliet.tells("held");
    await pageHearsNothing(talk.juliet);
    await talk.echo.command("resume");
    await talk.juliet.tells("resumed");
    await pageHearsAgain(talk.juliet);
    await pageHears(talk.juliet, talk.echo.hertz);
    await talk.echo.command("hangup");
    await talk.juliet.tells("ended");
  });
});
