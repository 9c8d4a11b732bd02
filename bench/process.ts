/**
 * The gateway under test: main.ts in a process of its own, pinned to one core if `taskset` is available.
 *
 * Uses only its command line, its configuration file and the ports in its first log lines, so that any commit can be
 * measured. CPU time is the scheduler's (/proc, Linux), by kind of thread.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endsWithUs } from "./children.ts";
import { COMPONENT } from "./user.ts";

/** This working tree. */
export const HERE = join(import.meta.dir, "..");

/** Microseconds of CPU; `kernel` is the main thread's time in the kernel, in steps of 10 ms. */
export interface Cpu {
  readonly all: number;
  readonly main: number;
  readonly kernel: number;
  /** The JIT compiler. */
  readonly compiler: number;
  /** Garbage collector threads, and those that return pages to the system. */
  readonly memory: number;
  readonly others: number;
}

interface Thread {
  readonly name: string;
  readonly cpu: number;
  readonly kernel: number;
}

const COMPILER = /^(?:JITWorker|JSCWarmUp|.*Compil)/i;
const MEMORY = /^(?:mi-scavenger|HeapHelper|.*(?:Scavenger|Collector|Heap))/i;
/** Microseconds per clock tick of /proc. */
const TICK = 10_000;

/** Ports of its two peers; the journal's budget in MB and the path of the call store, if configured. */
interface Ports {
  readonly xmpp: number;
  readonly proxy: number;
  readonly journal?: number | undefined;
  readonly store?: string | undefined;
}

export class GatewayProcess {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  sipPort = 0;
  webPort = 0;
  /** Called with each line of its log after it is ready; no line is stored. */
  logged: ((line: string) => void) | undefined;

  constructor(folder: string, ports: Ports, tree = HERE, environment: Readonly<Record<string, string>> = {}) {
    const file = join(folder, "carillon.toml");
    writeFileSync(file, configuration(ports, tree));
    const command = [...pinnedTo(0), process.execPath, "main.ts", "--config", file];
    const env = { ...process.env, ...environment };
    this.#process = endsWithUs(
      Bun.spawn(command, { cwd: tree, env, stdin: "ignore", stdout: "pipe", stderr: "inherit" }),
    );
  }

  /** Waits until it is ready; its log is still read afterwards. */
  async ready(): Promise<void> {
    const reader = this.#process.stdout.getReader();
    for (let text = ""; this.sipPort === 0; ) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the gateway has ended: ${text}`);
      text += new TextDecoder().decode(value);
      this.sipPort = Number(/"sipPort":(\d+)/.exec(text)?.[1] ?? 0);
      this.webPort = Number(/"webPort":(\d+)/.exec(text)?.[1] ?? 0);
    }
    void this.#readOn(reader);
  }

  async #readOn(reader: { read(): Promise<{ value?: Uint8Array | undefined; done: boolean }> }): Promise<void> {
    const decoder = new TextDecoder();
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      if (this.logged === undefined) continue;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.logged(line);
    }
  }

  async close(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  /** Starts to count; the returned function gives the CPU used since. */
  watchCpu(): () => Cpu {
    const [all, threads] = [this.#all(), this.#threads()];
    return () => this.#used(all, threads);
  }

  /** Milliseconds in which its main thread could have run but other processes had the core. */
  starved(): number {
    const [, nanoseconds] = readFileSync(this.#path("schedstat"), "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  }

  /** RSS in kB. */
  memory(): number {
    return this.#status("VmRSS");
  }

  /** Peak RSS in kB. */
  peak(): number {
    return this.#status("VmHWM");
  }

  #status(field: string): number {
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(this.#path("status"), "utf8"))?.[1]);
  }

  /** Number of open file descriptors. */
  descriptors(): number {
    return readdirSync(this.#path("fd")).length;
  }

  #used(allBefore: number, before: ReadonlyMap<string, Thread>): Cpu {
    const used = { main: 0, kernel: 0, compiler: 0, memory: 0 };
    for (const [id, { name, cpu, kernel }] of this.#threads()) {
      const since = before.get(id);
      const spent = cpu - (since?.cpu ?? 0);
      if (id === `${this.#process.pid}`) {
        used.main += spent;
        used.kernel += kernel - (since?.kernel ?? 0);
      } else if (COMPILER.test(name)) used.compiler += spent;
      else if (MEMORY.test(name)) used.memory += spent;
    }
    const all = this.#all() - allBefore;
    return { all, ...used, others: Math.max(0, all - used.main - used.compiler - used.memory) };
  }

  #path(file: string): string {
    return `/proc/${this.#process.pid}/${file}`;
  }

  /** All threads, including ended ones. */
  #all(): number {
    const fields = statOf(this.#path("stat"));
    return (Number(fields[11]) + Number(fields[12])) * TICK;
  }

  #threads(): Map<string, Thread> {
    const threads = new Map<string, Thread>();
    for (const id of readdirSync(this.#path("task")))
      try {
        const folder = this.#path(`task/${id}`);
        const [nanoseconds] = readFileSync(`${folder}/schedstat`, "utf8").split(" ");
        const kernel = Number(statOf(`${folder}/stat`)[12]) * TICK;
        threads.set(id, {
          name: readFileSync(`${folder}/comm`, "utf8").trim(),
          cpu: Number(nanoseconds) / 1_000,
          kernel,
        });
      } catch {
        // the thread has just ended
      }
    return threads;
  }
}

/** The fields of a stat file in /proc, from the third (the state) on. */
const statOf = (file: string): string[] => readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") ?? [];

/** Command prefix that pins a process to this core. */
export const pinnedTo = (core: number): string[] => (Bun.which("taskset") ? ["taskset", "-c", `${core}`] : []);

/** Pins this process, with all its threads, to a core. */
export function pinSelf(core: number): void {
  if (Bun.which("taskset")) Bun.spawnSync(["taskset", "-a", "-c", "-p", `${core}`, `${process.pid}`]);
}

/** Sets those of the options to 0 that this tree has: not every commit has all of them. */
function withoutThose(tree: string, ...keys: string[]): string {
  const options = readFileSync(join(tree, "config/options.ts"), "utf8");
  return keys
    .filter((key) => options.includes(`"${key}"`))
    .map((key) => `${key} = 0`)
    .join("\n");
}

/** One user makes all calls; OPTIONS are disabled, since SIPp, as the proxy, would take them for calls. */
const configuration = ({ xmpp, proxy, journal, store }: Ports, tree: string): string => `
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${proxy}
listen_port = ${store === undefined ? 0 : proxy + 2_000}
[sip]
bind = ["127.0.0.1"]
${withoutThose(tree, "options_interval")}
[xmpp]
host = "127.0.0.1"
port = ${xmpp}
domain = "${COMPONENT}"
secret = "bench"
hosts = ["example.org"]
[calls]
max_calls = 100000
${store === undefined ? "" : `store = "${store}"`}
${withoutThose(tree, "per_user", "per_minute")}
[web]
port = 0
${journal === undefined ? "" : `journal = ${journal}`}
`;
