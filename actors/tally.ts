/**
 * Counts dropped messages, and logs the counts periodically, so that a flood of bad packets is no flood of lines.
 *
 * Rules: a reason is logged at most once in ten seconds; reasons are our own texts, never a peer's, so there are few.
 */
import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

const PAUSE = 10_000;

export class Tally {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #event: string;
  readonly #counts = new Map<string, { count: number; unsaid: number; quietUntil: number }>();

  constructor(clock: Clock, log: Log, event: string) {
    this.#clock = clock;
    this.#log = log;
    this.#event = event;
  }

  /** Counts one, or as many as `count` says; `fields` are logged with it if a line is due, and computed only then. */
  add(reason: string, fields: object | (() => object) = {}, count = 1): void {
    const entry = this.#counts.get(reason) ?? { count: 0, unsaid: 0, quietUntil: 0 };
    this.#counts.set(reason, entry);
    entry.count += count;
    entry.unsaid += count;
    const now = this.#clock.now();
    if (now < entry.quietUntil) return;
    const said = typeof fields === "function" ? fields() : fields;
    this.#log({ level: "warn", event: this.#event, reason, count: entry.unsaid, ...said });
    entry.unsaid = 0;
    entry.quietUntil = now + PAUSE;
  }

  /** The count of each reason since the start. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([reason, { count }]) => [reason, count]));
  }
}
