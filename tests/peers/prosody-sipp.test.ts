/** Calls between a real XMPP client on a real Prosody and SIPp, behind a wire that loses every fifth datagram, but where SIPp cancels. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { gatewayToml } from "../support/gateway-toml.ts";
import { expectLoss, openLossyWire } from "../support/lossy-wire.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { freePort } from "../support/ports.ts";
import { COMPONENT, noProsody, type Prosody, startProsody } from "../support/prosody.ts";
import { LOCAL } from "../support/sip.ts";
import { noSipp, startSipp } from "../support/sipp.ts";

const CALLS = 20;
const missing = noProsody ?? noSipp;

let server: Prosody;
let gateway: GatewayProcess;
let juliet: Device;
let phonePort: number;

describe.skipIf(missing !== undefined)(`with Prosody and SIPp${missing ? ` (left out: ${missing})` : ""}`, () => {
  beforeAll(async () => {
    server = await startProsody(["juliet"]);
    phonePort = await freePort();
    const toml = gatewayToml(server, phonePort, {
      sip: "options_interval = 0", // SIPp, which is the proxy here, takes OPTIONS for a call
      tables: "[calls]\nper_user = 0\nper_minute = 0", // one user makes all calls
    });
    gateway = await startGateway(toml);
    await healthy(gateway);
    juliet = new Device(server, "juliet", "balcony");
    await juliet.start();
  });
  afterAll(async () => {
    await juliet?.stop();
    await gateway?.stop();
    await server?.stop();
  });

  test(`${CALLS} of ${CALLS} calls from SIPp are answered by the client and ended by SIPp`, async () => {
    const wire = await openLossyWire({ host: LOCAL, others: { host: LOCAL, port: gateway.sipPort } }, 0.2);
    const options = ["-s", "juliet", "-m", `${CALLS}`, "-r", "20"];
    const sipp = startSipp("webrtc-caller.xml", [`${LOCAL}:${wire.others.port}`, ...options], wire);
    for (let call = 0; call < CALLS; call++) {
      const { jingle, from } = await juliet.heard.next(
        ({ action }) => action === "session-initiate",
        "session-initiate",
      );
      await juliet.say(from, "session-accept", String(jingle.attrs.sid), PLAY_TEXTS["answer-contents"]);
    }
    const { code, screen } = await sipp.ended;
    expect(code, screen).toBe(0);
    for (let call = 0; call < CALLS; call++)
      await juliet.heard.next(({ action }) => action === "session-terminate", "session-terminate");
    expectLoss(wire);
    await wire.close();
  }, 90_000);

  test(`${CALLS} of ${CALLS} calls to SIPp are answered by it and ended by the client`, async () => {
    const phone = { host: LOCAL, port: await freePort() };
    const wire = await openLossyWire({ host: LOCAL, port: phonePort, phone }, 0.2);
    const sipp = startSipp("webrtc-phone.xml", ["-p", `${phone.port}`], wire);
    const bob = `bob@${COMPONENT}`;
    const calls = Array.from({ length: CALLS }, async (_, index) => {
      const sid = `sipp-${index}`;
      await juliet.say(bob, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
      await juliet.heard.next(({ action, jingle }) => action === "session-accept" && jingle.attrs.sid === sid, sid);
      await juliet.say(bob, "session-terminate", sid, "<reason><success/></reason>");
    });
    try {
      await Promise.all(calls);
      await noCalls();
      expectLoss(wire);
    } finally {
      sipp.kill();
      await sipp.ended;
      await wire.close();
    }
  }, 90_000);

  // proves: S24
  test("calls from SIPp that are cancelled while they ring: 487 to all, and the client hears decline", async () => {
    const wire = await openLossyWire({ host: LOCAL, others: { host: LOCAL, port: gateway.sipPort } }, 0);
    const options = ["-s", "juliet", "-m", `${CALLS}`, "-r", "20"];
    const sipp = startSipp("cancelling-caller.xml", [`${LOCAL}:${wire.others.port}`, ...options], wire);
    const sids = new Set<unknown>();
    for (let call = 0; call < CALLS; call++) {
      await hears("session-initiate");
      const { jingle } = await hears("session-terminate");
      expect(jingle.getChild("reason")?.getChild("decline")).toBeDefined();
      sids.add(jingle.attrs.sid);
    }
    const { code, screen } = await sipp.ended;
    expect(code, screen).toBe(0);
    expect(sids.size).toBe(CALLS);
    await noCalls();
    await wire.close();
  }, 90_000);

  // proves: S14
  test("calls to SIPp that is busy: each 486 is acknowledged, and the client hears decline", async () => {
    const phone = { host: LOCAL, port: await freePort() };
    const wire = await openLossyWire({ host: LOCAL, port: phonePort, phone }, 0.2);
    const sipp = startSipp("busy-phone.xml", ["-p", `${phone.port}`, "-m", `${CALLS}`], wire);
    const calls = Array.from({ length: CALLS }, async (_, index) => {
      const sid = `busy-${index}`;
      await juliet.say(`bob@${COMPONENT}`, "session-initiate", sid, PLAY_TEXTS["offer-contents"]);
      const ended = await juliet.heard.next(
        ({ action, jingle }) => action === "session-terminate" && jingle.attrs.sid === sid,
        sid,
      );
      expect(ended.jingle.getChild("reason")?.getChild("decline")).toBeDefined();
    });
    await Promise.all(calls);
    const { code, screen } = await sipp.ended;
    expect(code, screen).toBe(0);
    await noCalls();
    expectLoss(wire);
    await wire.close();
  }, 90_000);

  test("a carrier's caller: PRACK, session timer, hold, a key, UPDATE", async () => {
    const sipp = startSipp("carrier-caller.xml", [`127.0.0.1:${gateway.sipPort}`, "-s", "juliet", "-m", "1"]);
    const { jingle, from } = await hears("session-initiate");
    await juliet.say(from, "session-accept", String(jingle.attrs.sid), PLAY_TEXTS["answer-contents"]);
    await hears("transport-info");
    await juliet.heard.next(({ jingle }) => jingle.getChild("hold") !== undefined, "hold");
    const key = await juliet.heard.next(({ jingle }) => jingle.getChild("dtmf") !== undefined, "a key");
    expect(key.jingle.getChild("dtmf")?.attrs).toMatchObject({ code: "5", duration: "250" });
    await hears("session-terminate");
    const { code, screen } = await sipp.ended;
    expect(code, screen).toBe(0);
  }, 120_000);

  test("a carrier's phone: the answer in a reliable 183, session timer, hold, a key", async () => {
    const sipp = startSipp("carrier-phone.xml", ["-p", `${phonePort}`, "-m", "1"]);
    const bob = `bob@${COMPONENT}`;
    const info = (child: string): Promise<unknown> => juliet.say(bob, "session-info", "carrier", child);
    await juliet.say(bob, "session-initiate", "carrier", PLAY_TEXTS["offer-contents"]);
    await hears("session-accept");
    await info("<hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>");
    await juliet.heard.next(({ jingle }) => jingle.getChild("dtmf") !== undefined, "the key of a phone that is held");
    await info("<dtmf xmlns='urn:xmpp:jingle:dtmf:0' code='7'/>");
    await juliet.say(bob, "session-terminate", "carrier", "<reason><success/></reason>");
    const { code, screen } = await sipp.ended;
    expect(code, screen).toBe(0);
    await noCalls();
  }, 120_000);

  const hears = (wanted: string) => juliet.heard.next(({ action }) => action === wanted, wanted);

  /** Waits until the gateway has seen every call to its end, on both sides. */
  async function noCalls(): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      const { calls } = (await (await gateway.health()).json()) as { calls: number };
      if (calls === 0) return;
      await Bun.sleep(100);
    }
    throw new Error(`calls are left: ${gateway.log().slice(-2_000)}`);
  }
});
