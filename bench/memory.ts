/**
 * npm run bench:memory [-- --calls 2000 --held 2000]
 *
 * The memory of a call: bytes of heap, after a forced collection, of a held call, and of an ended one after all its timers (64*T1).
 * The gateway runs in this process, on real sockets, with SIPp as its phone.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../actors/clock.ts";
import { Gateway } from "../actors/gateway.ts";
import { connectTcp, listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { BROWSER, SMALL } from "./sessions.ts";
import { answering } from "./sipp.ts";
import { COMPONENT, UserSide } from "./user.ts";

const options = { calls: { type: "string", default: "2000" }, held: { type: "string", default: "2000" } } as const;
const { values } = parseArgs({ options });
const [calls, held] = [Number(values.calls), Number(values.held)];
const HOST = "127.0.0.1";
const PROXY_PORT = 25_060;
const OVER = 35_000;

function makeGateway(xmppPort: number, transport: "udp" | "tcp"): Gateway {
  const addresses = {
    hosts: ["example.org"],
    component: COMPONENT,
    ours: [HOST],
    intercept: false,
    speaksAs: [],
    usernameToPhone: [],
  };
  return new Gateway(
    {
      sip: { bind: [HOST], port: 0, localHost: HOST, allow: [], strict: false },
      xmpp: {
        mode: "gateway",
        host: HOST,
        port: xmppPort,
        domain: COMPONENT,
        secret: "bench",
        hosts: ["example.org"],
        video: true,
      },
      calls: {
        proxy: { transport, host: HOST, port: PROXY_PORT },
        ...{
          localHost: HOST,
          sdpOrigin: HOST,
          profile: "deployed",
          outbound: false,
          username: "",
          password: "",
          realm: [],
        },
        addresses: { ...addresses, proxyHost: HOST, proxyPort: PROXY_PORT },
        ...{ ringTimeout: 180_000, gatherTimeout: 500, renegotiateTimeout: 10_000, jmiTimeout: 30_000 },
        ...{ media: "webrtc" as const, codecs: [] },
        ...{ retryAudioOnly: true, maxCalls: 100_000, perUser: 0, perMinute: 0, trusted: true },
      },
      drainTimeout: 1_000,
    },
    {
      clock: systemClock,
      chance: Math.random,
      random: () => randomUUID().replaceAll("-", ""),
      hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
      sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
      open: { udp: openUdp, listen: listenTcp, connect: connectTcp },
      resolve: async (host) => [host],
      resolvePeer: async (host) => [host],
      log: () => {},
    },
  );
}

const heap = (): number => {
  Bun.gc(true);
  Bun.gc(true);
  return process.memoryUsage().heapUsed;
};

console.log("| offer | kB a held call | bytes left by an ended one |");
console.log("|---|---|---|");
for (const [size, sessions] of [
  ["small", SMALL],
  ["browser", BROWSER],
] as const) {
  let [answered, hangsUp] = [0, true];
  const user: UserSide = new UserSide(sessions, {
    answered: (id) => {
      answered++;
      if (hangsUp) user.hangUp(id);
    },
  });
  await user.open();
  const online = new Promise<void>((resolve) => {
    user.online = resolve;
  });
  const transport = size === "small" ? "udp" : "tcp";
  const folder = mkdtempSync(join(tmpdir(), "carillon-bench-"));
  const phone = answering({ folder, sdp: sessions.sdp, transport, port: PROXY_PORT, pin: [] });
  const gateway = makeGateway(user.port, transport);
  await gateway.start();
  await online;
  const place = async (count: number, name: string): Promise<void> => {
    const until = answered + count;
    for (let made = 0; made < count; made++) {
      user.call(`${name}-${made}`);
      if (made % 4 === 3) await Bun.sleep(20);
    }
    for (let waited = 0; answered < until && waited < 500; waited++) await Bun.sleep(20);
  };
  await place(500, "warm");
  await Bun.sleep(OVER);
  const fresh = heap();
  await place(calls, "call");
  await Bun.sleep(OVER);
  const after = heap();
  hangsUp = false;
  await place(held, "held");
  await Bun.sleep(OVER);
  const kept = (heap() - after) / gateway.calls.registry.size / 1_000;
  console.log(`| ${size} | ${kept.toFixed(1)} | ${((after - fresh) / calls).toFixed(0)} |`);
  phone.kill();
  await phone.exited;
  rmSync(folder, { recursive: true });
  gateway.stop();
  gateway.stop();
  await gateway.stopped;
  await user.close();
}
process.exit(0);
