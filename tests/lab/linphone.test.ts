/** A browser (Jingle over its XMPP server) and Linphone (SIP through Kamailio) call each other, and hear each other. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { COMPONENT, DOMAIN } from "../support/prosody.ts";
import type { BrowserPhone } from "./chromium.ts";
import { pageHears, pageHearsAgain, pageHearsNothing, phoneHears } from "./hearing.ts";
import { Linphone } from "./linphone.ts";
import { CARD_HERTZ } from "./pulse.ts";
import { JULIET_HERTZ, type Scene, startScene } from "./scene.ts";
import { inWorlds } from "./worlds.ts";

inWorlds("a browser and linphone", (world) => {
  let linphone: Linphone;
  let scene: Scene;
  let juliet: BrowserPhone;

  beforeAll(async () => {
    linphone = new Linphone();
    [scene] = await Promise.all([startScene(world), linphone.start()]);
    juliet = await scene.juliet();
  });
  afterAll(async () => {
    await linphone?.stop();
    await scene?.stop();
  });
  afterEach(async () => {
    expect(juliet.errors).toEqual([]);
    await scene.noCalls();
    await linphone.silent();
  });

  async function julietTalksToLinphone(): Promise<void> {
    await juliet.call(`linphone@${COMPONENT}`);
    await juliet.tells("ringing");
    await linphone.inState("IncomingReceived");
    await linphone.command("answer");
    await juliet.tells("answered");
    await hearEachOther();
  }

  async function linphoneTalksToJuliet(): Promise<void> {
    await linphone.command(`call sip:juliet@${DOMAIN}`);
    await juliet.tells("incoming");
    await linphone.inState("OutgoingRinging");
    await juliet.tap("answer");
    await hearEachOther();
  }

  async function hearEachOther(): Promise<void> {
    await linphone.inState("StreamsRunning");
    await Promise.all([pageHears(juliet, CARD_HERTZ), phoneHears(linphone, JULIET_HERTZ)]);
  }

  // proves: W6
  test("juliet calls, each hears the other's tone, linphone hangs up", async () => {
    await julietTalksToLinphone();
    await linphone.command("terminate");
    expect((await juliet.tells("ended")).why).toBe("success");
  });

  test("juliet calls and hangs up", async () => {
    await julietTalksToLinphone();
    await juliet.tap("hangUp");
    await linphone.inState(undefined);
  });

  // proves: W31
  test("juliet holds linphone, and takes it back", async () => {
    await julietTalksToLinphone();
    await juliet.tap("hold");
    await pageHearsNothing(juliet);
    await juliet.tap("resume");
    await pageHearsAgain(juliet);
    await pageHears(juliet, CARD_HERTZ);
    await juliet.tap("hangUp");
    await linphone.inState(undefined);
  });

  // proves: W6
  test("linphone calls, each hears the other's tone, juliet hangs up", async () => {
    await linphoneTalksToJuliet();
    await juliet.tap("hangUp");
    await linphone.inState(undefined);
  });

  test("linphone calls and hangs up", async () => {
    await linphoneTalksToJuliet();
    await linphone.command("terminate");
    expect((await juliet.tells("ended")).why).toBe("success");
  });
});
