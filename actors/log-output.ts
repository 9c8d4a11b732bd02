/**
 * Writes the log's lines to standard output, many at a time.
 *
 * A line waits at most 20 ms; waiting lines are written when the process ends, in any way but `kill -9`. Rules: logging never
 * blocks and never fails; if nobody reads, lines beyond a bound are dropped, and so are those that do not fit on a full disk; their
 * number is logged once there is room again.
 */
import { writeSync } from "node:fs";
import type { Writable } from "node:stream";

/** The maximum wait of a line, in milliseconds. */
const DELAY = 20;
/** The maximum bytes waiting, in one batch and in total. */
const BATCH = 65_536;
const MOST_WAITING = 8 * 2 ** 20;

export class LogOutput {
  readonly #output: Writable;
  #lines: string[] = [];
  #size = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(output: Writable) {
    this.#output = output;
    output.on("error", () => {}); // the reader is gone, and with it the log that could report this
  }

  /** Writes a line, which includes its line break. */
  write(line: string): void {
    if (this.#size + this.#output.writableLength > MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size >= BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), DELAY);
  }

  /** Writes waiting lines synchronously: the process is about to end. */
  end(descriptor: number): void {
    try {
      writeSync(descriptor, this.#taken());
    } catch {
      // the reader is gone
    }
  }

  #flush(): void {
    if (this.#dropped > 0)
      this.#lines.push(`${JSON.stringify({ level: "warn", event: "log.dropped", lines: this.#dropped })}\n`);
    const count = this.#lines.length;
    try {
      this.#output.write(this.#taken());
      this.#dropped = 0;
    } catch {
      // COMPAT Deno 2.9: a full disk is thrown, not reported
      this.#dropped += count;
    }
  }

  #taken(): string {
    const text = this.#lines.join("");
    this.#lines = [];
    this.#size = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return text;
  }
}
