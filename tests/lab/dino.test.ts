/** Dino (Jingle by proposals) and baresip (SIP through Kamailio) call each other, and hear each other. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { COMPONENT } from "../support/prosody.ts";
import type { Baresip } from "./baresip.ts";
import { Dino } from "./dino.ts";
import { dinoCalls, phoneCalls } from "./dino-talk.ts";
import { type Scene, startScene } from "./scene.ts";
import { JULIET } from "./talk.ts";
import { EVERY_TRANSPORT, INTERCEPTING, inWorlds } from "./worlds.ts";

const ECHO = `echo@${COMPONENT}`;
/** Intercepting, too: there what Dino proposes goes by way of the module. */
const WORLDS = [...EVERY_TRANSPORT, ...INTERCEPTING];

inWorlds(
  "Dino and baresip",
  (world) => {
    let scene: Scene;
    let echo: Baresip;
    let dino: Dino;

    beforeAll(async () => {
      dino = new Dino(ECHO);
      scene = await startScene(world, { encrypted: true, friends: { juliet: ECHO } });
      [echo] = await Promise.all([scene.phone("echo"), dino.start(scene.server.certificate)]);
    });
    afterAll(async () => {
      await dino?.stop();
      await scene?.stop();
    });
    beforeEach(async () => {
      await echo.forget();
      await dino.forget();
    });
    afterEach(async () => {
      // COMPAT Dino 0.4: knows no senders='none', and is told again without.
      expect(dino.refusals.filter((each) => !each.includes("invalid role none"))).toEqual([]);
      await scene.noCalls();
    });

    // proves: W3
    test("the phone calls, Dino rings and accepts, each hears the other's tone, the phone hangs up", () =>
      phoneCalls(dino, echo, JULIET));

    // proves: W3
    test("Dino calls, the phone answers, each hears the other's tone, Dino hangs up", () => dinoCalls(dino, echo));

    // proves: W3
    test("Dino calls with video, the phone takes the sound alone: each hears the other's tone", () =>
      dinoCalls(dino, echo, "video"));

    // proves: W3
    test("the phone calls, Dino rejects", async () => {
      await echo.command("dial", JULIET);
      await dino.reject();
      expect((await echo.event("CALL_CLOSED")).param).toBe("486 Busy Here");
    });

    // proves: W3
    test("Dino calls, the phone declines", async () => {
      await dino.call();
      await echo.event("CALL_INCOMING");
      await echo.command("hangup");
      await dino.stanza("session-terminate");
    });

    // proves: W3
    test("Dino calls and gives up while it rings", async () => {
      await dino.call();
      await echo.event("CALL_INCOMING");
      await dino.hangUp();
      await echo.event("CALL_CLOSED");
    });

    // proves: W3
    test("the phone calls and gives up: Dino stops ringing", async () => {
      await echo.command("dial", JULIET);
      await dino.stanza("propose");
      await echo.command("hangup");
      await dino.stanza("retract");
    });
  },
  WORLDS,
);
