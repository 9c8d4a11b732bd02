/** SIPp as a carrier behind a wire that loses every fifth datagram, and a user's device: two hundred calls each way. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { expectLoss, type LossyWire, openLossyWire } from "../support/lossy-wire.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { COMPONENT } from "../support/prosody.ts";
import { type Sipp, startSipp } from "../support/sipp.ts";
import { CARRIER_PORT, GATEWAY, GATEWAY_PORT, PHONES, PROXY, PROXY_PORT } from "./lab.ts";
import { type Scene, startScene } from "./scene.ts";
import { inWorlds, PROSODY_UDP, type World } from "./worlds.ts";

const CALLS = 200;
/** Of juliet's so many are under way: a burst of more overflows receive buffers, and what these lose is bounded by nothing. */
const AT_ONCE = 40;
const NUMBER = `+49301234@${COMPONENT}`;

const sipp = (scenario: string, options: readonly string[], wire?: LossyWire): Sipp =>
  startSipp(`../../lab/sipp/${scenario}.xml`, ["-i", PHONES, ...options], wire);
/** Where SIPp listens behind its wire. */
const SIPP_PORT = 5201;

/** The calls, by way of the proxy; without one the gateway finds the carrier itself, and is found. */
const carrierCalls = (direct: boolean) => (world: World) => {
  const callee = direct ? { host: GATEWAY, port: GATEWAY_PORT } : { host: PROXY, port: PROXY_PORT };
  let scene: Scene;
  let juliet: Device;

  beforeAll(async () => {
    scene = await startScene(world, direct ? { peer: { host: PHONES, port: CARRIER_PORT } } : {});
    juliet = new Device(scene.server, "juliet", "balcony");
    await juliet.start();
  });
  afterAll(async () => {
    await juliet?.stop();
    await scene?.stop();
  });

  const hears = (wanted: string, sid?: string) =>
    juliet.heard.next(
      ({ action, jingle }) => action === wanted && (sid === undefined || jingle.attrs.sid === sid),
      wanted,
    );

  async function julietCalls(sid: string): Promise<void> {
    await juliet.say(NUMBER, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
    await hears("session-accept", sid);
    await juliet.say(NUMBER, "session-terminate", sid, "<reason><success/></reason>");
  }

  // proves: W9
  test(`${CALLS} of ${CALLS} calls from the carrier at 20 % loss are answered, and ended by it`, async () => {
    const wire = await openLossyWire({ host: PHONES, others: callee }, 0.2);
    const options = ["-m", `${CALLS}`, "-r", "50", "-l", `${CALLS}`];
    const carrier = sipp("trunk-caller", [`${PHONES}:${wire.others.port}`, ...options], wire);
    for (let call = 0; call < CALLS; call++) {
      const { jingle, from } = await hears("session-initiate");
      await juliet.say(from, "session-accept", String(jingle.attrs.sid), PLAY_TEXTS["answer-contents"]);
    }
    const { code, screen } = await carrier.ended;
    expect(code, screen).toBe(0);
    for (let call = 0; call < CALLS; call++) await hears("session-terminate");
    await scene.noCalls();
    expectLoss(wire);
    await wire.close();
  }, 120_000);

  test(`${CALLS} of ${CALLS} calls to the carrier at 20 % loss are answered, and ended by juliet`, async () => {
    const wire = await openLossyWire(
      { host: PHONES, port: CARRIER_PORT, phone: { host: PHONES, port: SIPP_PORT } },
      0.2,
    );
    const carrier = sipp("trunk-phone", ["-p", `${SIPP_PORT}`], wire);
    try {
      let next = 0;
      const oneByOne = async (): Promise<void> => {
        while (next < CALLS) await julietCalls(`carrier-${next++}`);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
      await scene.noCalls();
      expectLoss(wire);
    } finally {
      carrier.kill();
      await carrier.ended;
      await wire.close();
    }
  }, 120_000);

  // proves: W9
  test("a phone that says 180 after its 200 is talked to all the same", async () => {
    const carrier = sipp("late-ringing", ["-p", `${CARRIER_PORT}`, "-m", "20"]);
    for (let call = 0; call < 20; call++) await julietCalls(`late-${call}`);
    const { code, screen } = await carrier.ended;
    expect(code, screen).toBe(0);
    await scene.noCalls();
  }, 60_000);
};

inWorlds("SIPp through Kamailio", carrierCalls(false));
inWorlds("SIPp without a proxy", carrierCalls(true), [PROSODY_UDP]);
