/**
 * npm run bench [-- --calls 4000 --small 400 --browser 200 --only user,small]
 *
 * What a call costs: CPU of the gateway's process for a whole call (set up, answered, hung up), in each direction and with a
 * small and a browser's offer, and how long it takes to be answered (memory is memory.ts). The gateway runs by itself on one core; SIPp (apt-get install sip-tester) and an XMPP server of a few lines on another.
 * Figures of one machine at one time: compare within a run, not between runs. The last ones are in bench/README.md.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GatewayProcess, pinnedTo } from "./process.ts";
import { BROWSER, SMALL } from "./sessions.ts";
import { answering, calling, latencies, type SippOptions } from "./sipp.ts";
import { UserSide } from "./user.ts";

const options = {
  calls: { type: "string", default: "4000" },
  small: { type: "string", default: "400" },
  browser: { type: "string", default: "200" },
  only: { type: "string", default: "" },
} as const;
const { values } = parseArgs({ options });
const calls = Number(values.calls);
const PROXY_PORT = 25_060;

type Begins = "user" | "phone";

/** One gateway with both its sides, and what is measured on it. */
class Run {
  readonly #begins: Begins;
  readonly #size: "small" | "browser";
  readonly #user: UserSide;
  readonly #folder = mkdtempSync(join(tmpdir(), "carillon-bench-"));
  readonly #begun = new Map<string, number>();
  readonly #latencies: number[] = [];
  #gateway: GatewayProcess | undefined;
  #phone: Bun.Subprocess | undefined;

  constructor(size: "small" | "browser", begins: Begins) {
    this.#begins = begins;
    this.#size = size;
    this.#user = new UserSide(this.#sessions, { answered: (id) => this.#answered(id) });
  }

  get #sessions() {
    return this.#size === "small" ? SMALL : BROWSER;
  }

  get #sipp(): SippOptions {
    const transport = this.#size === "small" ? "udp" : "tcp";
    const folder = mkdtempSync(join(this.#folder, "sipp-"));
    return { folder, sdp: this.#sessions.sdp, transport, port: PROXY_PORT, pin: pinnedTo(1) };
  }

  async open(): Promise<void> {
    await this.#user.open();
    const online = new Promise<void>((resolve) => {
      this.#user.online = resolve;
    });
    this.#gateway = new GatewayProcess(this.#folder, { xmpp: this.#user.port, proxy: PROXY_PORT });
    await Promise.all([this.#gateway.ready(), online]);
    if (this.#begins === "user") this.#phone = answering(this.#sipp);
    await Bun.sleep(500);
  }

  async close(): Promise<void> {
    this.#phone?.kill();
    await this.#gateway?.close();
    await this.#user.close();
  }

  cpu = (): number => this.#gateway?.cpu() ?? 0;

  /** So many calls, answered and hung up; gives how long each took to be answered, in milliseconds. */
  async make(count: number, name: string, rate: number): Promise<number[]> {
    this.#latencies.length = 0;
    if (this.#begins === "user") {
      await this.#place(count, name, rate);
      await this.#until(() => this.#latencies.length >= count);
      await Bun.sleep(500);
      return [...this.#latencies];
    }
    const sipp = this.#sipp;
    const run = calling(sipp, this.#gateway?.sipPort ?? 0, { count, rate, held: 0 });
    await run.exited;
    return latencies(sipp.folder);
  }

  #answered(id: string): void {
    const begun = this.#begun.get(id);
    if (begun === undefined) return;
    this.#begun.delete(id);
    this.#latencies.push(performance.now() - begun);
    this.#user.hangUp(id);
  }

  async #place(count: number, name: string, rate: number): Promise<void> {
    const start = performance.now();
    for (let made = 0; made < count; await Bun.sleep(2)) {
      const due = Math.min(count, Math.ceil(((performance.now() - start) / 1000) * rate));
      for (; made < due; made++) {
        this.#begun.set(`${name}-${made}`, performance.now());
        this.#user.call(`${name}-${made}`);
      }
    }
  }

  async #until(done: () => boolean): Promise<void> {
    for (let waited = 0; !done() && waited < 500; waited++) await Bun.sleep(20);
  }
}

const percentile = (sorted: readonly number[], part: number): string =>
  (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);

async function measure(size: "small" | "browser", begins: Begins): Promise<string> {
  const rate = Number(values[size]);
  const run = new Run(size, begins);
  await run.open();
  await run.make(Math.min(2_000, calls), "warm", rate);
  const cpu = run.cpu();
  const took = (await run.make(calls, "call", rate)).toSorted((one, two) => one - two);
  const cost = (run.cpu() - cpu) / calls;
  await run.close();
  const cells = [
    ...[size, `the ${begins} calls`, `${rate}`, `${took.length} of ${calls}`],
    ...[(cost * 1e6).toFixed(0), (1 / cost).toFixed(0), percentile(took, 0.5), percentile(took, 0.99)],
  ];
  return `| ${cells.join(" | ")} |`;
}

console.log("| offer | who calls | calls/s | answered | µs CPU a call | calls/CPU-s | p50 ms | p99 ms |");
console.log("|---|---|---|---|---|---|---|---|");
const wanted = values.only.split(",").filter((word) => word !== "");
for (const size of ["small", "browser"] as const)
  for (const begins of ["user", "phone"] as const)
    if (wanted.every((word) => word === size || word === begins)) console.log(await measure(size, begins));
process.exit(0);
