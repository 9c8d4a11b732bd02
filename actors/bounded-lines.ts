/**
 * Log lines that anybody can cause, with a limit per minute for each cause; lines beyond it are counted, in one line every ten seconds
 * (tally.ts).
 *
 * Rules: a line is written if it exceeds the limit of none of its causes. The cause with the lowest limit is checked first, so that its
 * surplus does not use up the limits of the others.
 */
import type { Clock } from "./clock.ts";
import { Lately } from "./lately.ts";
import type { Log, LogEvent } from "./log.ts";
import { Tally } from "./tally.ts";

const MINUTE = 60_000;

/** A cause of lines: a caller, or the source of several callers. */
export interface Cause {
  /** Our own word for its kind. */
  readonly kind: string;
  readonly name: string;
  /** Lines a minute. */
  readonly most: number;
  /** The reason in the line that counts the surplus. */
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
