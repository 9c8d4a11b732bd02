/**
 * Calls of a browser with more than sound, or less: data channels, a video that the phone refuses, paging. juliet's page speaks
 * Jingle, the other SIP (sip.js).
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { pageHears, pageHearsNothing } from "./hearing.ts";
import { JULIET_HERTZ, type Scene, startScene, WEB_HERTZ } from "./scene.ts";
import { JULIET, Talk } from "./talk.ts";
import { EJABBERD_TCP, inWorlds, PROSODY_UDP } from "./worlds.ts";

inWorlds(
  "a browser with more than sound",
  (world) => {
    let scene: Scene;
    let juliet: BrowserPhone;
    let web: BrowserPhone;
    let talk: Talk;

    beforeAll(async () => {
      scene = await startScene(world);
      [juliet, web] = await Promise.all([scene.juliet(), scene.web()]);
      talk = new Talk(juliet, await scene.phone("echo"));
    });
    afterAll(() => scene?.stop());
    beforeEach(async () => {
      await Promise.all([talk.forget(), web.forget()]);
    });
    afterEach(async () => {
      expect([juliet.errors, web.errors]).toEqual([[], []]);
      await scene.noCalls();
    });

    async function hearAndWrite(): Promise<void> {
      await Promise.all([pageHears(juliet, WEB_HERTZ), pageHears(web, JULIET_HERTZ)]);
      await Promise.all([juliet.tells("open"), web.tells("open")]);
      await juliet.write("from juliet");
      expect((await web.tells("wrote")).why).toBe("from juliet");
      await web.write("from the web");
      expect((await juliet.tells("wrote")).why).toBe("from the web");
    }

    // proves: W13
    test("sip.js calls with a data channel: each hears the other's tone, and reads what the other writes", async () => {
      await web.call(JULIET, { data: true });
      await juliet.tells("incoming");
      await juliet.tap("answer");
      await web.tells("answered");
      await hearAndWrite();
      await web.tap("hangUp");
      expect((await juliet.tells("ended")).why).toBe("success");
    });

    // proves: W13
    test("juliet calls with a data channel: each hears the other's tone, and reads what the other writes", async () => {
      await juliet.call(`web@${COMPONENT}`, { data: true });
      await web.tells("incoming");
      await web.tap("answer");
      await juliet.tells("answered");
      await hearAndWrite();
      await juliet.tap("hangUp");
      await web.tells("ended");
    });

    // proves: W13
    test("juliet calls baresip with a data channel, which it refuses: each hears the other's tone", async () => {
      await juliet.call(`echo@${COMPONENT}`, { data: true });
      await talk.echo.event("CALL_INCOMING");
      await talk.echo.command("accept");
      await juliet.tells("answered");
      await talk.hearEachOther();
      await juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    // proves: W13
    test("juliet calls baresip with video, and insists on fingerprints: it refuses the video, and each hears the other's tone", async () => {
      await juliet.call(`echo@${COMPONENT}`, { video: true, insists: true });
      await talk.echo.event("CALL_INCOMING");
      await talk.echo.command("accept");
      await juliet.tells("answered");
      await talk.hearEachOther();
      await juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    });

    // proves: W13
    test("sip.js pages juliet: she hears its tone, and it hears nothing", async () => {
      await web.call(JULIET, { pages: true });
      await juliet.tells("incoming");
      await juliet.tap("answer");
      await web.tells("answered");
      await pageHears(juliet, WEB_HERTZ);
      await pageHearsNothing(web);
      expect((await web.heard()).packets).toBe(0);
      await web.tap("hangUp");
      expect((await juliet.tells("ended")).why).toBe("success");
    });
  },
  [PROSODY_UDP, EJABBERD_TCP],
);
