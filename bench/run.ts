/** One gateway with both its peers: makes calls through it, and hangs them up or holds them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatewayProcess, pinnedTo } from "./process.ts";
import { BROWSER, SMALL } from "./sessions.ts";
import { answering, calling, latencies, placed, type SippOptions } from "./sipp.ts";
import { UserSide } from "./user.ts";

export type Size = "small" | "browser";
export type Begins = "user" | "phone";

/** Of the next run; depends on the process, so that two can run concurrently. */
let nextProxyPort = 25_000 + (process.pid % 1_000);
/** Milliseconds after which an answer is no longer expected. */
const PATIENCE = 10_000;

/** Numbers of calls: from the gateway's records, and at the XMPP side. */
export interface CallTally {
  begun: number;
  /** Ended after an answer, and ended in any way. */
  well: number;
  ended: number;
  /** At the XMPP side: ended after an answer. */
  over: number;
}

/** The gateway under test. */
export interface Tested {
  /** The folder of its sources; this working tree if missing. */
  readonly tree?: string;
  /** The budget of its journal in MB; its default if missing. */
  readonly journal?: number | undefined;
  readonly stores?: boolean;
  /** Added to the environment of its process. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Run {
  readonly #size: Size;
  readonly #begins: Begins;
  readonly #tested: Tested;
  readonly #proxyPort = nextProxyPort++;
  readonly #user: UserSide;
  readonly #folder = mkdtempSync(join(tmpdir(), "carillon-bench-"));
  readonly #begun = new Map<string, number>();
  readonly #latencies: number[] = [];
  readonly #tally: CallTally = { begun: 0, well: 0, ended: 0, over: 0 };
  #holds = false;
  readonly #held: string[] = [];
  #gateway: GatewayProcess | undefined;
  #phone: Bun.Subprocess | undefined;

  constructor(size: Size, begins: Begins, tested: Tested = {}) {
    this.#tested = tested;
    this.#begins = begins;
    this.#size = size;
    this.#user = new UserSide(this.#sessions, {
      answered: (id) => this.#answered(id),
      refused: (id) => void this.#begun.delete(id),
      over: () => this.#tally.over++,
    });
  }

  get #sessions() {
    return this.#size === "small" ? SMALL : BROWSER;
  }

  get #sipp(): SippOptions {
    const transport = this.#size === "small" ? "udp" : "tcp";
    const folder = mkdtempSync(join(this.#folder, "sipp-"));
    return { folder, sdp: this.#sessions.sdp, transport, port: this.#proxyPort, pin: pinnedTo(1) };
  }

  get gateway(): GatewayProcess {
    if (this.#gateway === undefined) throw new Error("open it first");
    return this.#gateway;
  }

  get tally(): CallTally {
    return { ...this.#tally };
  }

  /** Calls refused by the gateway for overload. */
  refused(): Promise<number> {
    return this.#metric("carillon_overload_refusals_total");
  }

  /** Used bytes of its heap. */
  heap(): Promise<number> {
    return this.#metric("nodejs_heap_size_used_bytes");
  }

  /** One of the gateway's metrics; 0 if the commit does not have it. */
  async #metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.gateway.webPort}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? 0);
  }

  /** Live sessions at the XMPP side. */
  get sessions(): number {
    return this.#user.sessions;
  }

  /** The path of its call store, if it has one. */
  get store(): string {
    return join(this.#folder, "calls.db");
  }

  async open(): Promise<void> {
    await this.#user.open();
    const online = new Promise<void>((resolve) => {
      this.#user.online = resolve;
    });
    await Promise.all([this.start(), online]);
    if (this.#begins === "user") this.#phone = answering(this.#sipp);
    await Bun.sleep(500);
  }

  /** Starts a gateway, or the next one after a kill; resolves when its ports are open. */
  async start(): Promise<void> {
    const { tree, journal, stores, environment } = this.#tested;
    const ports = { xmpp: this.#user.port, proxy: this.#proxyPort, journal, store: stores ? this.store : undefined };
    this.#gateway = new GatewayProcess(this.#folder, ports, tree, environment);
    this.#gateway.logged = (line) => this.#logged(line);
    await this.#gateway.ready();
  }

  async close(): Promise<void> {
    this.#phone?.kill();
    await this.#phone?.exited;
    await this.#gateway?.close();
    await this.#user.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Makes `count` calls, answered and hung up; returns the time of each to be answered, in milliseconds. At most `most` calls of a user
   * wait for their answer at once, so that a busy machine delays calls instead of being overloaded.
   */
  async make(count: number, name: string, rate: number, most = Number.POSITIVE_INFINITY): Promise<number[]> {
    this.#holds = false;
    if (this.#begins === "user") return this.#placed(count, name, rate, most);
    const sipp = this.#sipp;
    const run = calling(sipp, this.gateway.sipPort, { count, rate, held: 0 });
    await run.exited;
    return latencies(sipp.folder);
  }

  /** Offers calls whether or not they succeed; resolves after the last one, with the number offered in the time. */
  async offer(count: number, name: string, rate: number): Promise<number> {
    this.#holds = false;
    if (this.#begins === "user") return this.#place(count, name, rate);
    const sipp = this.#sipp;
    const run = calling(sipp, this.gateway.sipPort, { count, rate, held: 0 });
    await Promise.race([run.exited, Bun.sleep((count / rate) * 1_000)]);
    run.kill("SIGUSR1"); // SIPp makes no more calls and completes the existing ones
    await Promise.race([run.exited, Bun.sleep(PATIENCE)]);
    run.kill();
    return placed(sipp.folder);
  }

  /** Makes `count` calls of the user, answered and held; returns how many there are. */
  async hold(count: number, name: string, rate: number, most = Number.POSITIVE_INFINITY): Promise<number> {
    this.#holds = true;
    return (await this.#placed(count, name, rate, most)).length;
  }

  /** Hangs up held calls, `rate` a second. */
  async release(rate: number): Promise<void> {
    const start = performance.now();
    for (const [count, id] of this.#held.splice(0).entries()) {
      while (count > ((performance.now() - start) / 1000) * rate) await Bun.sleep(2);
      this.#user.hangUp(id);
    }
  }

  #answered(id: string): void {
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    if (begun !== undefined) this.#latencies.push(performance.now() - begun);
    if (begun !== undefined && this.#holds) this.#held.push(id);
    else this.#user.hangUp(id); // answered too late: nobody waits for it
  }

  #logged(line: string): void {
    if (line.includes('"event":"call.started"')) this.#tally.begun++;
    if (!line.includes('"event":"call.ended"')) return;
    this.#tally.ended++;
    if (line.includes('"answered":"')) this.#tally.well++;
  }

  async #placed(count: number, name: string, rate: number, most: number): Promise<number[]> {
    this.#latencies.length = 0;
    this.#begun.clear();
    await this.#place(count, name, rate, most);
    for (let waited = 0; this.#latencies.length < count && waited < PATIENCE; waited += 20) await Bun.sleep(20);
    await Bun.sleep(500);
    return [...this.#latencies];
  }

  async #place(count: number, name: string, rate: number, most = Number.POSITIVE_INFINITY): Promise<number> {
    const start = performance.now();
    let last = start;
    for (let made = 0; made < count; await Bun.sleep(2)) {
      const due = Math.min(count, Math.ceil(((performance.now() - start) / 1000) * rate));
      if (this.#begun.size >= most && performance.now() - last > PATIENCE)
        throw new Error("no call is answered any more");
      for (; made < due && this.#begun.size < most; made++) {
        last = performance.now();
        this.#begun.set(`${name}-${made}`, last);
        this.#user.call(`${name}-${made}`);
      }
    }
    return count;
  }
}
