/** The gateway as operators run it: `bun main.ts --config …`, or on another runtime, in a process of its own. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, removeFolder } from "./folders.ts";
import { BUN, type Runtime } from "./runtimes.ts";
import { until } from "./until.ts";

const root = join(import.meta.dir, "../..");

export interface GatewayProcess {
  readonly pid: number;
  readonly sipPort: number;
  readonly webPort: number;
  /** 0 if it does not listen for TLS. */
  readonly tlsPort: number;
  /** Its log so far. */
  readonly log: () => string;
  health(): Promise<Response>;
  /** Rewrites the configuration and sends SIGHUP. */
  reload(toml: string): void;
  /** Closes the pipe of its log. */
  closeLog(): void;
  /** Sends a signal. */
  kill(signal: "SIGHUP" | "SIGTERM" | "SIGKILL"): void;
  readonly exited: Promise<number>;
  stop(): Promise<number>;
}

export interface Exit {
  readonly code: number;
  readonly error: string;
  readonly output: string;
}

/** Runs main.ts to its end. */
export async function runMain(
  options: readonly string[],
  toml?: string,
  env: Record<string, string> = {},
  runtime: Runtime = BUN,
): Promise<Exit> {
  const folder = makeFolder("process");
  const file = join(folder, "carillon.toml");
  if (toml !== undefined) writeFileSync(file, toml);
  const args = toml === undefined ? options : ["--config", file, ...options];
  const run = Bun.spawn([...runtime.command, "main.ts", ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, error] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  const code = await run.exited;
  removeFolder(folder);
  const named = (text: string): string => text.replaceAll(file, "carillon.toml").trim();
  return { code, error: named(error), output: named(output) };
}

/** Starts main.ts and waits until its sockets are open; throws with its output otherwise. */
export async function startGateway(
  toml: string,
  runtime: Runtime = BUN,
  env: Record<string, string> = {},
): Promise<GatewayProcess> {
  const folder = makeFolder("process");
  const file = join(folder, "carillon.toml");
  writeFileSync(file, toml);
  const run = Bun.spawn([...runtime.command, "main.ts", "--config", file], {
    cwd: root,
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "inherit",
  });
  let logged = "";
  const reader = run.stdout.getReader();
  const listening = new Promise<{ sipPort: number; webPort: number; tlsPort?: number }>((resolve, reject) => {
    void (async () => {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        logged += new TextDecoder().decode(value);
        const line = logged.split("\n").find((each) => each.includes('"gateway.listening"'));
        if (line) resolve(JSON.parse(line));
      }
      reject(new Error(`the gateway has ended: ${logged}`));
    })();
  });
  const { sipPort, webPort, tlsPort = 0 } = await listening;
  const health = () => fetch(`http://127.0.0.1:${webPort}/health`);
  return {
    pid: run.pid,
    sipPort,
    webPort,
    tlsPort,
    health,
    log: () => logged,
    exited: run.exited,
    kill: (signal) => run.kill(signal),
    closeLog: () => void reader.cancel(),
    reload(text) {
      writeFileSync(file, text);
      run.kill("SIGHUP");
    },
    async stop() {
      run.kill();
      // a call left by a failing test would delay the exit; the second signal ends it at once
      const again = setTimeout(() => run.kill(), 20_000);
      const code = await run.exited;
      clearTimeout(again);
      removeFolder(folder);
      return code;
    },
  };
}

/** Waits until the gateway reports that all is up. */
export async function healthy(gateway: GatewayProcess): Promise<void> {
  const status = async (): Promise<number> => (await gateway.health()).status;
  const up = (seen: number): boolean => seen === 200;
  await until("the gateway's 200", status, up).catch((error: unknown) => {
    throw new Error(`${error}; it has logged: ${gateway.log()}`);
  });
}
