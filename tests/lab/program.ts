/** A program of the lab: started in a folder of its own, with what it says kept, and ended for certain. */
import { type Subprocess, spawn } from "bun";
import { until } from "../support/until.ts";

export interface ProgramNeeds {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A pipe stays open as long as we live. */
  readonly stdin?: "ignore" | "pipe";
}

export class Program {
  readonly #name: string;
  readonly #process: Subprocess<"ignore" | "pipe", "pipe", "pipe">;
  #said = "";

  constructor(command: readonly string[], { folder, env = {}, stdin = "ignore" }: ProgramNeeds) {
    this.#name = command[0] ?? "";
    this.#process = spawn([...command], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdin,
      stdout: "pipe",
      stderr: "pipe",
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) void this.#keep(stream);
  }

  get said(): string {
    return this.#said;
  }

  /** Waits until it has said that, anywhere behind the first `after` characters. */
  async says(wanted: RegExp, after = 0): Promise<void> {
    const said = (): boolean => wanted.test(this.#said.slice(after));
    try {
      await until(`${wanted} of ${this.#name}`, said, Boolean);
    } catch (cause) {
      throw new Error(`${this.#name} does not say ${wanted}: ${this.#said.slice(after).slice(-4_000)}`, { cause });
    }
  }

  async stop(): Promise<void> {
    this.#process.kill();
    const patience = setTimeout(() => this.#process.kill("SIGKILL"), 5_000);
    await this.#process.exited;
    clearTimeout(patience);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async #keep(stream: ReadableStream<Uint8Array>): Promise<void> {
    const text = new TextDecoder();
    for await (const bytes of stream) this.#said += text.decode(bytes, { stream: true });
  }
}
