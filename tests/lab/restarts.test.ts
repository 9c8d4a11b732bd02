/** Servers that restart in the middle of a call: the call goes on, ends on both sides, and later ones work. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { healthy } from "../support/gateway-process.ts";
import { pageHearsAgain } from "./hearing.ts";
import { type Scene, startScene } from "./scene.ts";
import { Talk } from "./talk.ts";
import { EJABBERD_TCP, inWorlds, PROSODY_UDP } from "./worlds.ts";

inWorlds(
  "servers that restart",
  (world) => {
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      scene = await startScene(world);
      talk = new Talk(await scene.juliet(), await scene.phone("echo"));
    });
    afterAll(() => scene?.stop());
    beforeEach(() => talk.forget());
    afterEach(() => scene.noCalls());

    async function kamailioRestarts(): Promise<void> {
      await scene.kamailio.stop();
      await pageHearsAgain(talk.juliet);
      await scene.kamailio.start();
    }

    async function julietHasANewPage(): Promise<void> {
      await talk.juliet.close();
      talk = new Talk(await scene.juliet(), talk.echo);
    }

    async function laterCallsWork(): Promise<void> {
      await talk.forget();
      await talk.julietTalksToEcho();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
      await talk.forget();
      await talk.echoTalksToJuliet();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
    }

    // proves: W10
    test("Kamailio restarts while juliet's call is up: it goes on, she hangs up, later calls work", async () => {
      await talk.julietTalksToEcho();
      await kamailioRestarts();
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
      await laterCallsWork();
    });

    test("Kamailio restarts while juliet's call is up: the phone hangs up", async () => {
      await talk.julietTalksToEcho();
      await kamailioRestarts();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
    });

    test("Kamailio restarts while the phone's call is up: it goes on, the phone hangs up, later calls work", async () => {
      await talk.echoTalksToJuliet();
      await kamailioRestarts();
      await talk.echo.command("hangup");
      expect((await talk.juliet.tells("ended")).why).toBe("success");
      await laterCallsWork();
    });

    // proves: W10
    test("the XMPP server goes: the call goes on, the phone hangs up at once; it is back, and later calls work", async () => {
      await talk.julietTalksToEcho();
      await scene.server.stop();
      await pageHearsAgain(talk.juliet);
      await talk.echo.command("hangup");
      await talk.echo.event("CALL_CLOSED");
      await scene.server.start();
      await healthy(scene.gateway);
      await julietHasANewPage();
      await laterCallsWork();
    });

    test("the XMPP server restarts and juliet's page does not come back: the phone's call is ended", async () => {
      await talk.echoTalksToJuliet();
      await scene.server.stop();
      await pageHearsAgain(talk.juliet);
      await scene.server.start();
      await healthy(scene.gateway);
      await julietHasANewPage();
      await talk.echo.event("CALL_CLOSED"); // the device of the call does not answer a ping
      await laterCallsWork();
    });
  },
  [PROSODY_UDP, EJABBERD_TCP],
);
