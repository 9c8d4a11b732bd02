/**
 * npm run bench:relay [-- --calls 10 --seconds 20 --runtime bun|deno|node]
 *
 * The cost of a call in our own relay: CPU of its process (the scheduler's, /proc, Linux) with `--calls` calls in which both sides send
 * 50 packets a second of G.711, compared with the same process at rest with the same calls and no packets. Plain RTP and SDES
 * alternate. The last figures are in bench/README.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../actors/clock.ts";
import { RelayClient } from "../actors/relay/client.ts";
import { makeCertificate } from "../relay/dtls.ts";
import { Ports } from "../relay/ports.ts";
import { openUdp } from "../transports/udp.ts";
import { BenchCall } from "./relay-call.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "10" },
    seconds: { type: "string", default: "20" },
    runtime: { type: "string", default: "bun" },
  },
});
const [CALLS, SECONDS] = [Number(values.calls), Number(values.seconds)];
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  bun: [process.execPath],
  deno: [join(import.meta.dir, "../node_modules/.bin/deno"), "run", "-A"],
  node: ["node"],
};
const NG = 22_230;
const SPEAK = 20;

/** The relay in a process of its own, until the end of the run. */
async function startRelay(): Promise<Bun.Subprocess<"pipe", "pipe", "inherit">> {
  const folder = mkdtempSync(join(tmpdir(), "carillon-bench-"));
  const file = join(folder, "carillon.toml");
  const media = `[media]\nrelay = "own"\nng_port = ${NG}\naddresses = ["127.0.0.1"]\n`;
  writeFileSync(file, `${media}[xmpp]\nsecret = "secret"\nhosts = ["example.org"]\n`);
  const main = join(import.meta.dir, "../main.ts");
  const command = [...(RUNTIMES[values.runtime] ?? []), main, "relay", "--config", file];
  const relay = Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const reader = relay.stdout.getReader();
  for (let said = ""; !said.includes("relay.listening"); ) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the relay has ended: ${said}`);
    said += new TextDecoder().decode(value);
  }
  rmSync(folder, { recursive: true });
  return relay;
}

/** Milliseconds of CPU, and RSS in megabytes. */
function usedBy(pid: number): { readonly cpu: number; readonly memory: number } {
  const [, after = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = after.split(" ");
  const cpu = (Number(fields[11]) + Number(fields[12])) * 10;
  return { cpu, memory: Math.round((Number(fields[21]) * 4_096) / 2 ** 20) };
}

/** Per cent of a core during an activity. */
async function during(pid: number, work: () => void): Promise<number> {
  const [begun, before] = [performance.now(), usedBy(pid).cpu];
  for (let turn = 1; turn * SPEAK <= SECONDS * 1_000; turn++) {
    work();
    await Bun.sleep(Math.max(0, begun + turn * SPEAK - performance.now()));
  }
  return ((usedBy(pid).cpu - before) / (performance.now() - begun)) * 100;
}

async function measure(keyed: boolean): Promise<void> {
  const relay = await startRelay();
  const random = (): string => crypto.randomUUID();
  const at = { host: "127.0.0.1", port: NG };
  const client = new RelayClient({ clock: systemClock, random, openUdp, log: () => {}, at, came: () => {} });
  const ports = new Ports(openUdp, { first: 45_000, last: 49_999 }, Math.random);
  const [certificate, calls] = [await makeCertificate(), [] as BenchCall[]];
  const ask: RelayClient["ask"] = (command, needs) => client.ask(command, needs);
  for (let number = 0; number < CALLS; number++)
    calls.push(await BenchCall.start({ name: `bench ${number}`, ports, certificate, keyed, ask }));
  const speak = (): void => {
    for (const call of calls) call.speak();
  };
  // warm-up for the JIT compiler
  await during(relay.pid, speak);
  const [busy, rest] = [await during(relay.pid, speak), await during(relay.pid, () => {})];
  const sent = CALLS * Math.floor((SECONDS * 1_000) / SPEAK) * 2 * 2; // both ways, including warm-up
  const heard = calls.reduce((sum, { heardByUser, heardByPhone }) => sum + heardByUser + heardByPhone, 0);
  const shown = [busy / CALLS, rest / CALLS].map((each) => each.toFixed(2));
  const lost = (100 - (100 * heard) / sent).toFixed(2);
  const { memory } = usedBy(relay.pid);
  console.log(
    `${values.runtime}, ${CALLS} calls, ${keyed ? "keys in SDP" : "plain RTP"}: ${shown[0]} % of a core a call, ${shown[1]} at rest, ${memory} MB, ${lost} % lost`,
  );
  for (const call of calls) call.stop();
  client.stop();
  relay.kill("SIGKILL");
  await relay.exited;
}

for (const keyed of [false, true]) await measure(keyed);
process.exit(0);
