/**
 * npm run bench [-- --calls 2000 --rate 300 --held 1000]
 *
 * What a call costs: CPU of the gateway's process for a whole call (set up, answered, hung up), in each direction and with a
 * small and a browser's offer; how long it takes to be answered; memory of a held call. The gateway runs by itself, pinned to
 * one core where `taskset` is there; the peers run here, on loopback. Figures of one machine at one time: compare within a
 * run, not between runs. The last ones are in bench/README.md.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BROWSER, SMALL } from "./sessions.ts";
import { COMPONENT, PhoneSide, type Progress, type Sessions, UserSide } from "./sides.ts";

const options = {
  calls: { type: "string", default: "2000" },
  rate: { type: "string", default: "300" },
  held: { type: "string", default: "1000" },
} as const;
const { values } = parseArgs({ options, allowPositionals: true });
const [calls, rate, held] = [Number(values.calls), Number(values.rate), Number(values.held)];

type Begins = "user" | "phone";

/** A gateway in a process of its own, with both its sides here. */
class Run {
  readonly user: UserSide;
  readonly phone: PhoneSide;
  readonly #begun = new Map<string, number>();
  readonly latencies: number[] = [];
  ended = 0;
  holds = false;
  #process: ReturnType<typeof Bun.spawn> | undefined;

  constructor(sessions: Sessions, readonlyBegins: Begins) {
    const hangUp = (id: string): void => (readonlyBegins === "user" ? this.user.hangUp(id) : this.phone.hangUp(id));
    const progress: Progress = {
      answered: (id) => {
        this.latencies.push(performance.now() - (this.#begun.get(id) ?? 0));
        if (!this.holds) hangUp(id);
      },
      ended: () => void this.ended++,
    };
    this.user = new UserSide(sessions, progress);
    this.phone = new PhoneSide(sessions, progress);
    this.#begin = (id) => (readonlyBegins === "user" ? this.user.call(id) : this.phone.call(id));
  }
  readonly #begin: (id: string) => void;

  async open(): Promise<void> {
    await this.user.open();
    await this.phone.open();
    const file = join(mkdtempSync(join(tmpdir(), "carillon-bench-")), "carillon.toml");
    writeFileSync(file, configuration(this.user.port, this.phone.port));
    const pin = Bun.which("taskset") ? ["taskset", "-c", "0"] : [];
    const online = new Promise<void>((resolve) => {
      this.user.online = resolve;
    });
    const root = join(import.meta.dir, "..");
    const gateway = Bun.spawn(
      [
        ...pin,
        process.execPath,
        ...(process.env.PROF ? ["--cpu-prof", "--cpu-prof-dir=/tmp/prof"] : []),
        "main.ts",
        "--config",
        file,
      ],
      { cwd: root, stdout: "pipe" },
    );
    this.#process = gateway;
    this.phone.gatewayPort = await sipPort(gateway.stdout);
    await online;
  }

  async close(): Promise<void> {
    this.#process?.kill();
    await this.#process?.exited;
    await Promise.all([this.user.close(), this.phone.close()]);
  }

  /** Begins so many calls, evenly spread over time, and waits until all are answered, and ended unless they are held. */
  async make(count: number, name: string): Promise<void> {
    const start = performance.now();
    const [answered, ended] = [this.latencies.length + count, this.ended + count];
    for (let made = 0; made < count; ) {
      const due = Math.min(count, Math.ceil(((performance.now() - start) / 1000) * rate));
      for (; made < due; made++) {
        const id = `${name}-${made}`;
        this.#begun.set(id, performance.now());
        this.#begin(id);
      }
      await Bun.sleep(2);
    }
    const done = (): boolean => this.latencies.length >= answered && (this.holds || this.ended >= ended);
    for (let waited = 0; !done() && waited < 1_500; waited++) await Bun.sleep(10);
    if (!done()) console.log(`  only ${this.latencies.length} answered, ${this.ended} ended`);
  }

  /** Seconds of CPU that the gateway has used. */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.#process?.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Bytes of memory that the gateway has. */
  memory(): number {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#process?.pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1024;
  }
}

async function sipPort(output: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  const reader = output.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the gateway has ended: ${text}`);
    text += new TextDecoder().decode(value);
    const port = /"sipPort":(\d+)/.exec(text)?.[1];
    if (port === undefined) continue;
    void (async () => {
      while (!(await reader.read()).done); // its log is not ours to keep
    })();
    return Number(port);
  }
}

const configuration = (xmppPort: number, proxyPort: number): string => `
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${proxyPort}
listen_port = 0
[sip]
bind = ["127.0.0.1"]
[xmpp]
host = "127.0.0.1"
port = ${xmppPort}
domain = "${COMPONENT}"
secret = "bench"
hosts = ["example.org"]
[calls]
max_calls = 100000
[web]
port = 0
`;

const percentile = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;

for (const [size, sessions] of [
  ["small", SMALL],
  ["browser", BROWSER],
] as const)
  for (const begins of ["user", "phone"] as const) {
    const run = new Run(sessions, begins);
    await run.open();
    await run.make(Math.min(500, calls), "warm");
    const [before, seen] = [run.cpu(), run.latencies.length];
    await run.make(calls, "call");
    const cost = (run.cpu() - before) / calls;
    const sorted = run.latencies.slice(seen).toSorted((one, two) => one - two);
    run.holds = true;
    const memory = run.memory();
    await run.make(held, "held");
    const kept = (run.memory() - memory) / held / 1000;
    console.log(
      `${size.padEnd(8)} the ${begins} calls  ${(cost * 1e6).toFixed(0).padStart(5)} µs CPU a call, ${(1 / cost).toFixed(0).padStart(5)} calls a CPU second, answered in ${percentile(sorted, 0.5).toFixed(1)} ms (p99 ${percentile(sorted, 0.99).toFixed(1)}), ${kept.toFixed(1)} kB a held call`,
    );
    await run.close();
  }
process.exit(0);
