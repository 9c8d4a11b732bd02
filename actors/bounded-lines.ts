/**
 * Log lines that anybody can cause, bounded a minute by who causes them: what is more is counted, in one line every ten seconds (tally.ts).
 *
 * Rules: a line is written if none of those who cause it has had too many; the most restricted is asked first, so that its surplus uses up
 * nothing of the others.
 */
import type { Clock } from "./clock.ts";
import { Lately } from "./lately.ts";
import type { Log, LogEvent } from "./log.ts";
import { Tally } from "./tally.ts";

const MINUTE = 60_000;

/** One who causes lines: a caller, or where several callers come from. */
export interface Cause {
  /** Our own word for its kind. */
  readonly kind: string;
  readonly name: string;
  /** Lines a minute. */
  readonly most: number;
  /** The reason of the line that counts what is more. */
  readonly many: string;
}

export class BoundedLines {
  readonly #log: Log;
  readonly #event: Pick<LogEvent, "level" | "event">;
  readonly #surplus: Tally;
  readonly #lines: Lately;

  constructor(clock: Clock, log: Log, event: Pick<LogEvent, "level" | "event">) {
    this.#log = log;
    this.#event = event;
    this.#surplus = new Tally(clock, log, event.event);
    this.#lines = new Lately(clock, MINUTE);
  }

  /** Logs a line, or counts it if there are too many. */
  add(fields: object, ...causes: readonly Cause[]): void {
    for (const { kind, name, most, many } of causes)
      if (!this.#lines.take(`${kind} ${name}`, most)) return this.#surplus.add(many, fields);
    this.#log({ ...this.#event, ...fields });
  }
}
