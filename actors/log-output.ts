/**
 * Writes the log's lines to standard output, many at a time.
 *
 * A line waits at most 20 ms; waiting lines are written when the process ends, in any way but `kill -9`. Rules: logging never
 * blocks and never fails; if nobody reads, lines beyond a bound are dropped, and so are those that do not fit on a full disk; their
 * number is logged once there is room again. What waits is counted here: COMPAT Bun 1.4.5: `writableLength` of a full pipe is 0.
 */
import { writeSync } from "node:fs";

/** The maximum wait of a line, in milliseconds. */
const DELAY = 20;
/** The maximum bytes waiting, in one batch and in total. */
const BATCH = 65_536;
const MOST_WAITING = 8 * 2 ** 20;

/** Where the lines go. */
export interface Output {
  /** Whether a synchronous write waits for the reader. */
  readonly isBlocking?: boolean;
  /** `done` is called once the text is written, or with the error. */
  write(text: string, done: (error?: Error | null) => void): unknown;
}

export class LogOutput {
  readonly #output: Output;
  #lines: string[] = [];
  #size = 0;
  /** The size of what was given to the output, and is not written yet. */
  #unread = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written = (): void => {};

  constructor(output: Output) {
    this.#output = output;
  }

  /** Writes a line, which includes its line break. */
  write(line: string): void {
    if (this.#size + this.#unread > MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#lines.push(line);
    this.#size += line.length;
    if (this.#size >= BATCH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), DELAY);
  }

  /** Writes waiting lines; settles when all are written, or after so many milliseconds. */
  async flush(patience: number): Promise<void> {
    if (this.#size > 0) this.#flush();
    if (this.#unread === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, patience);
    this.#written = resolve;
    await promise;
    clearTimeout(late);
  }

  /** Writes waiting lines synchronously: the process is about to end. */
  end(descriptor: number): void {
    if (this.#output.isBlocking && this.#unread > 0) return;
    try {
      writeSync(descriptor, this.#taken());
    } catch {
      // the reader is gone
    }
  }

  #flush(): void {
    if (this.#dropped > 0)
      this.#lines.push(`${JSON.stringify({ level: "warn", event: "log.dropped", lines: this.#dropped })}\n`);
    const lost = this.#dropped + this.#lines.length - Math.sign(this.#dropped);
    const text = this.#taken();
    this.#dropped = 0;
    this.#unread += text.length;
    const done = (error?: unknown): void => {
      this.#unread -= text.length;
      if (error) this.#dropped += lost;
      if (this.#unread === 0) this.#written();
    };
    try {
      this.#output.write(text, done);
    } catch (error) {
      done(error); // a full disk is thrown by some
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
