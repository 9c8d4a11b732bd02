/** Two browsers: juliet's page speaks Jingle, the other SIP (sip.js) over Kamailio's WebSocket. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { pageHears, pageHearsAgain, pageHearsNoTone, pageHearsNothing } from "./hearing.ts";
import { JULIET_HERTZ, type Scene, startScene, WEB_HERTZ } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { inWorlds } from "./worlds.ts";

inWorlds("a browser and sip.js in another", (world) => {
  let scene: Scene;
  let juliet: BrowserPhone;
  let web: BrowserPhone;

  beforeAll(async () => {
    scene = await startScene(world);
    [juliet, web] = await Promise.all([scene.juliet(), scene.web()]);
  });
  afterAll(() => scene?.stop());
  beforeEach(async () => {
    await Promise.all([juliet.forget(), web.forget()]);
  });
  afterEach(async () => {
    expect([juliet.errors, web.errors]).toEqual([[], []]);
    await scene.noCalls();
  });

  async function julietTalksToWeb(): Promise<void> {
    await juliet.call(`web@${COMPONENT}`);
    await web.tells("incoming");
    await juliet.tells("ringing");
    await web.tap("answer");
    await juliet.tells("answered");
    await hearEachOther();
  }

  async function webTalksToJuliet(): Promise<void> {
    await web.call(JULIET);
    await juliet.tells("incoming");
    await juliet.tap("answer");
    await web.tells("answered");
    await hearEachOther();
  }

  async function hearEachOther(): Promise<void> {
    await Promise.all([pageHears(juliet, WEB_HERTZ), pageHears(web, JULIET_HERTZ)]);
  }

  // proves: W7
  test("juliet calls, each hears the other's tone, juliet hangs up", async () => {
    await julietTalksToWeb();
    await juliet.tap("hangUp");
    await web.tells("ended");
  });

  // proves: W7
  test("sip.js calls, each hears the other's tone, sip.js hangs up", async () => {
    await webTalksToJuliet();
    await web.tap("hangUp");
    expect((await juliet.tells("ended")).why).toBe("success");
  });

  test("juliet calls, sip.js hangs up", async () => {
    await julietTalksToWeb();
    await web.tap("hangUp");
    expect((await juliet.tells("ended")).why).toBe("success");
  });

  test("sip.js calls, juliet hangs up", async () => {
    await webTalksToJuliet();
    await juliet.tap("hangUp");
    await web.tells("ended");
  });

  test("juliet calls and gives up while it rings", async () => {
    await juliet.call(`web@${COMPONENT}`);
    await web.tells("incoming");
    await juliet.tap("hangUp");
    await web.tells("ended");
  });

  test("sip.js calls, juliet declines", async () => {
    await web.call(JULIET);
    await juliet.tells("incoming");
    await juliet.tap("decline");
    await web.tells("ended");
  });

  test("juliet calls, sip.js declines", async () => {
    await juliet.call(`web@${COMPONENT}`);
    await web.tells("incoming");
    await web.tap("decline");
    // sip.js has no word for a refusal
    expect((await juliet.tells("ended")).why).toBe("general-error, 480 Temporarily Unavailable");
  });

  test("sip.js holds juliet, and takes her back", async () => {
    await webTalksToJuliet();
    await web.tap("hold");
    await juliet.tells("held");
    await pageHearsNoTone(juliet); // sip.js mutes its microphone; packets of silence go on
    await web.tap("resume");
    await juliet.tells("resumed");
    await pageHearsAgain(juliet);
    await hearEachOther();
    await web.tap("hangUp");
    await juliet.tells("ended");
  });

  test("juliet holds sip.js, and takes it back", async () => {
    await julietTalksToWeb();
    await juliet.tap("hold");
    await pageHearsNothing(juliet);
    await juliet.tap("resume");
    await pageHearsAgain(juliet);
    await hearEachOther();
    await juliet.tap("hangUp");
    await web.tells("ended");
  });
});
