/** A relay, rtpengine or our own, that goes away, comes back with other keys, or has calls of a gateway that was killed; a carrier that forks; two hundred calls. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { COMPONENT } from "../support/prosody.ts";
import { startSipp } from "../support/sipp.ts";
import { until } from "../support/until.ts";
import { pageHears, pageHearsAgain, pageHearsNothing } from "./hearing.ts";
import { CARRIER_PORT, labTitle, noLab, PHONES } from "./lab.ts";
import { RELAYS } from "./relays.ts";
import { JULIET_HERTZ, type Scene, startScene } from "./scene.ts";
import { JULIET, Talk } from "./talk.ts";
import { PROSODY_UDP } from "./worlds.ts";

const NUMBER = `+49301234@${COMPONENT}`;
const CALLS = 200;
/** Ports of rtpengine and SIPp's patience bound how many are under way. */
const AT_ONCE = 20;

const carrier = (...options: string[]) =>
  startSipp("../../lab/sipp/early-fork.xml", ["-i", PHONES, "-p", `${CARRIER_PORT}`, "-mi", PHONES, ...options]);

describe.each(RELAYS)("$relay", ({ make }) =>
  describe.skipIf(noLab !== undefined)(labTitle("that comes and goes"), () => {
    let relay = make();
    let scene: Scene;
    let talk: Talk;

    beforeAll(async () => {
      await relay.start();
      scene = await startScene(PROSODY_UDP, { media: "rtp" });
      talk = new Talk(await scene.juliet(), await scene.phone("plain"));
    });
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
    });
    beforeEach(() => talk.forget());
    afterEach(() => scene.noCalls());

    async function restart(): Promise<void> {
      await relay.stop();
      relay = make();
      await relay.start();
    }

    // proves: W16
    test("it restarts during a call: silence, an ICE restart, and both hear each other again", async () => {
      await talk.julietTalksToEcho();
      await restart();
      await pageHearsNothing(talk.juliet);
      await pageHearsAgain(talk.juliet);
      await pageHears(talk.juliet, talk.echo.hertz);
      await talk.juliet.tap("hangUp");
      await talk.echo.event("CALL_CLOSED");
      await scene.noCalls();
      expect(await relay.calls()).toEqual([]);
    });

    // proves: W17
    test("one fork announces, another answers: the page hears the echo of itself", async () => {
      const sipp = carrier("-mp", "6000", "-rtp_echo", "-m", "1");
      await talk.juliet.call(NUMBER);
      await talk.juliet.tells("answered");
      await pageHears(talk.juliet, JULIET_HERTZ);
      await talk.juliet.tap("hangUp");
      expect((await sipp.ended).code).toBe(0);
    });

    // proves: W17
    test(`after ${CALLS} calls it knows none`, async () => {
      const sipp = carrier("-m", `${CALLS}`);
      const device = new Device(scene.server, "romeo", "balcony");
      await device.start();
      let next = 0;
      const oneByOne = async (): Promise<void> => {
        while (next < CALLS) {
          const sid = `many-${next++}`;
          await device.say(NUMBER, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
          await device.heard.next(({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid, sid);
          await device.say(NUMBER, "session-terminate", sid, "<reason><success/></reason>");
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
      const { code, screen } = await sipp.ended;
      expect(code === 0 ? "" : screen).toBe("");
      await device.stop();
      await scene.noCalls();
      await until(
        "no call at the relay",
        () => relay.calls(),
        (calls) => Array.isArray(calls) && calls.length === 0,
      );
    }, 120_000);

    // proves: W16
    test("it is down: juliet's call fails within two seconds, and the phone's call gets 500 or 503", async () => {
      await relay.stop();
      const began = performance.now();
      await talk.juliet.call(`plain@${COMPONENT}`);
      await talk.juliet.tells("ended");
      expect(performance.now() - began).toBeLessThan(2_500);
      await talk.echo.command("dial", JULIET);
      expect((await talk.echo.event("CALL_CLOSED")).param).toMatch(/^50[03] /);
      await scene.noCalls();
      relay = make();
      await relay.start();
    });
  }),
);
