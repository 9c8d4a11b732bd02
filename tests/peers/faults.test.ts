/**
 * Faults of the machine that a gateway runs on, each caused for real while a call is up: its sockets are destroyed by the kernel, nobody
 * reads its log, the disk of its log is full, the clock is set, the name server is silent. docs/faults.md says what becomes of each.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { aliceOffers, bobOffers } from "../../examples/sessions.ts";
import type { Request } from "../../protocol/sip/message.ts";
import { openUdp } from "../../transports/udp.ts";
import { type Alice, aliceToml, startAlice } from "../support/alice.ts";
import { type Bob, startBob } from "../support/bob.ts";
import { changed } from "../support/changed.ts";
import { fill, smallDisk } from "../support/disk.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { type GatewayProcess, healthy, startGateway } from "../support/gateway-process.ts";
import { hasLogged } from "../support/has-logged.ts";
import { freePorts } from "../support/ports.ts";
import { notInstalled } from "../support/programs.ts";
import { BUN, RUNTIMES, type Runtime } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const ROOT = join(import.meta.dir, "../..");
const BOB = "bob@sip.example.org";
const CALLER = "bob\\40phone.example@sip.example.org/sip";
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/** Who is not root cannot take sockets away, mount disks, or speak for the name server. */
const lacks = process.getuid?.() === 0 ? notInstalled("iproute2", "ss") : "root is needed";
const noFaketime = existsSync(FAKETIME) ? undefined : "apt-get install faketime";

let alice: Alice;
let bob: Bob;
let gateway: GatewayProcess | undefined;
let folder: string;

beforeEach(async () => {
  [alice, bob] = await Promise.all([startAlice(), startBob()]);
  folder = makeFolder("faults");
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await Promise.all([alice.close(), bob.phone.close()]);
  removeFolder(folder);
});

async function start(runtime?: Runtime, env: Record<string, string> = {}): Promise<GatewayProcess> {
  gateway = await startGateway(aliceToml(alice.port, bob.phone.port), runtime, env);
  bob.phone.gatewayPort = gateway.sipPort;
  await healthy(gateway);
  alice.comesOnline();
  return gateway;
}

async function aliceTalks(sid: string): Promise<Request> {
  alice.says(BOB, "session-initiate", sid, aliceOffers("actpass"));
  const invite = await bob.request("INVITE", sid);
  bob.phone.respond(invite, 200, bobOffers("active"));
  await alice.hears("session-accept", sid);
  await bob.request("ACK", sid);
  return invite;
}

async function bobHangsUp(invite: Request, sid: string): Promise<void> {
  bob.phone.hangUp(invite);
  await bob.response(200, sid);
  await alice.hears("session-terminate", sid);
}

/** The call that was up goes on and ends on both sides, and a later one works. */
async function allGoesOn(invite: Request, sid: string): Promise<void> {
  await bobHangsUp(invite, sid);
  await bobHangsUp(await aliceTalks(`after-${sid}`), `after-${sid}`);
  expect(await calls()).toBe(0);
}

/** How many calls there are, of a gateway that is up. */
async function calls(): Promise<number> {
  const health = (await (await gateway?.health())?.json()) as { status: string; calls: number } | undefined;
  return health?.status === "up" ? health.calls : Number.NaN;
}

/** The kernel takes sockets away from whoever has them (SOCK_DESTROY). */
function destroySockets(...filter: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["ss", "-K", ...filter]);
  if (exitCode !== 0) throw new Error(String(stderr));
}

for (const runtime of RUNTIMES) {
  const { name, missing } = runtime;
  const without = missing ?? lacks;
  describe.skipIf(without !== undefined)(`on ${name}${without ? ` (left out: ${without})` : ""}`, () => {
    test("the UDP socket of SIP is lost: it is opened again, and the call goes on", async () => {
      const { sipPort } = await start(runtime);
      await aliceTalks("udp");
      destroySockets("-u", "-a", "src", `:${sipPort}`);
      alice.says(BOB, "session-terminate", "udp", "<reason><success/></reason>");
      bob.phone.respond(await bob.request("BYE", "udp"), 200);
      await bobHangsUp(await aliceTalks("after-udp"), "after-udp");
      expect(await calls()).toBe(0);
    });

    test("the XMPP stream is lost: it comes back, what was owed is said, and the call goes on", async () => {
      await start(runtime);
      const invite = await aliceTalks("stream");
      destroySockets("-t", "dst", "127.0.0.1", "dport", "=", `:${alice.port}`);
      bob.phone.hangUp(invite);
      await alice.hears("session-terminate", "stream");
      if (gateway) await healthy(gateway);
      alice.comesOnline();
      await bobHangsUp(await aliceTalks("after-stream"), "after-stream");
    });

    test("nobody reads its log any more: calls go on", async () => {
      await start(runtime);
      const invite = await aliceTalks("log");
      gateway?.closeLog();
      await allGoesOn(invite, "log");
    });

    test("the disk of its log is full: calls go on, and so does the log when there is room again", async () => {
      const disk = smallDisk(join(folder, "disk"), 64);
      const { sip, web } = await freePorts("sip", "web");
      const toml = aliceToml(alice.port, bob.phone.port, { listenPort: sip });
      const file = join(folder, "carillon.toml");
      writeFileSync(file, changed(toml, "[web]\nport = 0", `[web]\nport = ${web}`));
      const logged = [
        "sh",
        "-c",
        'log=$1; shift; exec "$@" >>"$log"',
        "sh",
        join(disk.path, "log"),
        ...runtime.command,
      ];
      const run = Bun.spawn([...logged, "main.ts", "--config", file], { cwd: ROOT, stderr: "inherit" });
      const status = () =>
        fetch(`http://127.0.0.1:${web}/health`).then(
          (response) => response.status,
          () => 0,
        );
      bob.phone.gatewayPort = sip;
      await until("all is up", status, (seen) => seen === 200);
      alice.comesOnline();
      const room = fill(disk.path);
      await bobHangsUp(await aliceTalks("full"), "full");
      room();
      await bobHangsUp(await aliceTalks("room"), "room");
      await hasLogged({ log: () => readFileSync(join(disk.path, "log"), "utf8") }, '"sid":"room"');
      run.kill();
      expect(await run.exited).toBe(0);
      disk.leave();
    });
  });
}

// COMPAT Deno 2.9, Node 24: they ask the kernel for the time, so that nobody can tell them another
test.skipIf((lacks ?? noFaketime) !== undefined)(
  "the clock is set a day forward, and two days back: no timer runs out, none hangs",
  async () => {
    const offset = join(folder, "offset");
    writeFileSync(offset, "+0");
    const env = { LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: "1" };
    const { health } = await start(BUN, { ...env, FAKETIME_DONT_FAKE_MONOTONIC: "1" });
    const invite = await aliceTalks("clock");
    for (const days of [1, -1]) {
      writeFileSync(offset, `${days > 0 ? "+" : ""}${days}d`);
      const seen = Date.parse((await health()).headers.get("date") ?? "");
      expect(Math.round((seen - Date.now()) / 86_400_000)).toBe(days);
      await bobHangsUp(await aliceTalks(`day${days}`), `day${days}`);
    }
    await allGoesOn(invite, "clock");
  },
);

test.skipIf(lacks !== undefined)(
  "the name server is silent: the gateway is up at once, calls go on, and who calls by a name is told",
  async () => {
    const silent = await openUdp({ host: "127.0.0.77", port: 53 }, { received: () => {}, failed: () => {} });
    const resolver = join(folder, "resolv.conf");
    writeFileSync(resolver, "nameserver 127.0.0.77\n");
    const inside = `mount --bind ${resolver} /etc/resolv.conf && exec "$@"`;
    const command = ["unshare", "-m", "sh", "-c", inside, "sh", ...BUN.command];
    const toml = aliceToml(alice.port, bob.phone.port, {
      proxyHost: "proxy.example.net",
      sip: 'allow = ["127.0.0.1"]',
    });
    const begun = Date.now();
    gateway = await startGateway(toml, { name: "Bun", command });
    bob.phone.gatewayPort = gateway.sipPort;
    await healthy(gateway);
    alice.comesOnline();
    expect(Date.now() - begun).toBeLessThan(10_000);
    alice.says(BOB, "session-initiate", "unknown", aliceOffers("actpass"));
    bob.phone.invite("sip:alice@example.org", "meanwhile", bobOffers("actpass"));
    await alice.hears("session-initiate", "meanwhile");
    alice.says(CALLER, "session-terminate", "meanwhile", "<reason><decline/></reason>");
    bob.phone.acknowledge(await bob.response(486, "meanwhile"));
    const reason = (await alice.hears("session-terminate", "unknown")).getChild("reason");
    expect(String(reason)).toContain('<sip-error code="503">');
    await hasLogged(gateway, /"dns.failed".*"proxy\.example\.net"/);
    await silent.close();
  },
);
