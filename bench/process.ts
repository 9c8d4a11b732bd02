/** The gateway of a benchmark: the real main.ts in a process of its own, pinned to one core where `taskset` is there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPONENT } from "./user.ts";

export class GatewayProcess {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  sipPort = 0;

  constructor(folder: string, ports: { readonly xmpp: number; readonly proxy: number }) {
    const file = join(folder, "carillon.toml");
    writeFileSync(file, configuration(ports));
    const command = [...pinnedTo(0), process.execPath, "main.ts", "--config", file];
    const cwd = join(import.meta.dir, "..");
    this.#process = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  }

  /** Waits until it is ready; its log is read on, and not kept. */
  async ready(): Promise<void> {
    const reader = this.#process.stdout.getReader();
    for (let text = ""; this.sipPort === 0; ) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the gateway has ended: ${text}`);
      text += new TextDecoder().decode(value);
      this.sipPort = Number(/"sipPort":(\d+)/.exec(text)?.[1] ?? 0);
    }
    void (async () => {
      while (!(await reader.read()).done);
    })();
  }

  async close(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  /** Seconds of CPU that it has used, all of its threads together. */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
}

/** What stands before a command so that it runs on this core alone. */
export const pinnedTo = (core: number): string[] => (Bun.which("taskset") ? ["taskset", "-c", `${core}`] : []);

const configuration = ({ xmpp, proxy }: { xmpp: number; proxy: number }): string => `
[modules.mod_jingle_sip]
proxy_host = "127.0.0.1"
proxy_port = ${proxy}
listen_port = 0
[sip]
bind = ["127.0.0.1"]
[xmpp]
host = "127.0.0.1"
port = ${xmpp}
domain = "${COMPONENT}"
secret = "bench"
hosts = ["example.org"]
[calls]
max_calls = 100000
[web]
port = 0
`;
