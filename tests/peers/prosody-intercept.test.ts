/**
 * Calls between two users of one Prosody whose module hands them over; the SIP proxy is the gateway itself, as a plain proxy
 * that sends each INVITE back with its Call-ID would be.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Device } from "../support/device.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { COMPONENT, DOMAIN, freePort, noProsody, type Prosody, SECRET, startProsody } from "../support/prosody.ts";

let server: Prosody;
let gateway: GatewayProcess;
let alice: Device;
let bob: Device;
let tablet: Device;

const missing = noProsody;
const hears = (device: Device, wanted: string, sid: string) =>
  device.heard.next(({ action, jingle }) => action === wanted && jingle.attrs.sid === sid, `${wanted} of ${sid}`);

describe.skipIf(missing !== undefined)(`intercepting on Prosody${missing ? ` (left out: ${missing})` : ""}`, () => {
  beforeAll(async () => {
    server = await startProsody(["alice", "bob", "carol"], { intercept: true });
    const port = await freePort();
    gateway = await startGateway(`
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${port}
listen_port = ${port}
[sip]
bind = ["127.0.0.1"]
[xmpp]
mode = "intercept"
port = ${server.componentPort}
host = "127.0.0.1"
domain = "${COMPONENT}"
secret = "${SECRET}"
hosts = ["${DOMAIN}"]
[web]
port = 0
`);
    await healthy(gateway);
    alice = new Device(server, "alice", "phone");
    bob = new Device(server, "bob", "desk");
    tablet = new Device(server, "bob", "tablet");
    for (const device of [alice, bob, tablet]) await device.start();
  });
  afterAll(async () => {
    for (const device of [alice, bob, tablet]) await device.stop();
    await gateway.stop();
    await server.stop();
  });

  test("all of the callee's devices ring, one accepts, the other is told, the caller hangs up", async () => {
    await alice.say(bob.jid, "session-initiate", "s1", PLAY_TEXTS["offer-contents"]);
    const { from } = await hears(bob, "session-initiate", "s1");
    expect(from).toBe(`alice@${DOMAIN}`);
    await hears(tablet, "session-initiate", "s1");
    expect((await hears(alice, "session-info", "s1")).jingle.getChild("ringing")).toBeDefined();
    await bob.say(from, "session-accept", "s1", PLAY_TEXTS["answer-contents"]);
    expect((await hears(alice, "session-accept", "s1")).from).toBe(bob.jid);
    const told = await hears(tablet, "session-terminate", "s1");
    expect(told.jingle.getChild("reason")?.getChild("cancel")).toBeDefined();
    await alice.say(bob.jid, "session-terminate", "s1", "<reason><success/></reason>");
    await hears(bob, "session-terminate", "s1");
  }, 20_000);

  test("the callee declines: the caller hears decline", async () => {
    await alice.say(bob.jid, "session-initiate", "s2", PLAY_TEXTS["offer-contents"]);
    const { from } = await hears(bob, "session-initiate", "s2");
    await bob.say(from, "session-terminate", "s2", "<reason><decline/></reason>");
    const told = await hears(alice, "session-terminate", "s2");
    expect(told.jingle.getChild("reason")?.getChild("decline")).toBeDefined();
  }, 20_000);

  test("nobody is there: 480", async () => {
    await alice.say(`carol@${DOMAIN}/x`, "session-initiate", "s3", PLAY_TEXTS["offer-contents"]);
    const told = await hears(alice, "session-terminate", "s3");
    expect(told.jingle.getChild("reason")?.getChild("sip-error")?.attrs.code).toBe("480");
  }, 20_000);

  test("a session that nobody knows is refused", async () => {
    const asked = alice.say(bob.jid, "session-terminate", "nobody", "<reason><success/></reason>");
    await expect(asked).rejects.toMatchObject({ condition: "item-not-found" });
  }, 20_000);
});
