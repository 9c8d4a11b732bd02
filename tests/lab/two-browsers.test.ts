/**
 * Two browsers with users of one server call each other, and hear each other. The server hands their Jingle over, the
 * gateway sends the call to Kamailio, which sends it back: what the predecessor did inside its server.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { DOMAIN } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { pageHears, pageHearsAgain } from "./hearing.ts";
import { JULIET_HERTZ, ROMEO_HERTZ, type Scene, startScene, WEB_HERTZ } from "./scene.ts";
import { INTERCEPTING, inWorlds, type World } from "./worlds.ts";

const tests = (world: World) => {
  let scene: Scene;
  let juliet: BrowserPhone;
  let romeo: BrowserPhone;

  beforeAll(async () => {
    scene = await startScene(world);
    [juliet, romeo] = await Promise.all([scene.juliet(), scene.romeo()]);
  });
  afterAll(() => scene?.stop());
  beforeEach(async () => {
    await Promise.all([juliet.forget(), romeo.forget()]);
  });
  afterEach(async () => {
    expect([juliet.errors, romeo.errors]).toEqual([[], []]);
    await scene.noCalls();
  });

  async function julietCalls(): Promise<void> {
    await juliet.call(`romeo@${DOMAIN}`);
    expect((await romeo.tells("incoming")).why).toBe(`juliet@${DOMAIN}`);
    await juliet.tells("ringing");
  }

  async function julietTalksToRomeo(): Promise<void> {
    await julietCalls();
    await romeo.tap("answer");
    await juliet.tells("answered");
    await hearEachOther();
  }

  async function hearEachOther(): Promise<void> {
    await Promise.all([pageHears(juliet, ROMEO_HERTZ), pageHears(romeo, JULIET_HERTZ)]);
  }

  // proves: W4
  test("juliet calls, each hears the other's tone, romeo hangs up", async () => {
    await julietTalksToRomeo();
    await romeo.tap("hangUp");
    expect((await juliet.tells("ended")).why).toBe("success");
  });

  test("juliet calls and hangs up", async () => {
    await julietTalksToRomeo();
    await juliet.tap("hangUp");
    expect((await romeo.tells("ended")).why).toBe("success");
  });

  // proves: W4
  test("juliet holds romeo, who is told so, and takes him back", async () => {
    await julietTalksToRomeo();
    await juliet.tap("hold");
    await romeo.tells("held"); // stanza only tells it, and sends on
    await juliet.tap("resume");
    await romeo.tells("resumed");
    await pageHearsAgain(romeo);
    await hearEachOther();
    await juliet.tap("hangUp");
    await romeo.tells("ended");
  });

  // proves: W4
  test("juliet calls, romeo declines", async () => {
    await julietCalls();
    await romeo.tap("decline");
    expect((await juliet.tells("ended")).why).toBe("decline");
  });

  // proves: W4
  test("juliet calls and gives up while it rings", async () => {
    await julietCalls();
    await juliet.tap("hangUp");
    expect((await romeo.tells("ended")).why).toBe("decline");
  });

  // proves: W4
  test("a phone calls romeo, each hears the other's tone, the phone hangs up", async () => {
    const web = await scene.web();
    await web.call(`sip:romeo@${DOMAIN}`);
    await romeo.tells("incoming");
    await romeo.tap("answer");
    await web.tells("answered");
    await Promise.all([pageHears(romeo, WEB_HERTZ), pageHears(web, ROMEO_HERTZ)]);
    await web.tap("hangUp");
    expect((await romeo.tells("ended")).why).toBe("success");
  });
};

inWorlds("two browsers of one server", tests, INTERCEPTING);
