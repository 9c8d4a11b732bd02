/**
 * Counts what is dropped, and says so in the log now and then: a flood of bad packets is not a flood of lines.
 *
 * Reasons are words of ours, never of a peer, so there are few of them; each gets at most one line in ten seconds.
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

  /** One more for this reason; the fields are those of the one that happens to be told. */
  add(reason: string, fields: object = {}): void {
    const entry = this.#counts.get(reason) ?? { count: 0, unsaid: 0, quietUntil: 0 };
    this.#counts.set(reason, entry);
    entry.count++;
    entry.unsaid++;
    const now = this.#clock.now();
    if (now < entry.quietUntil) return;
    this.#log({ level: "warn", event: this.#event, reason, count: entry.unsaid, ...fields });
    entry.unsaid = 0;
    entry.quietUntil = now + PAUSE;
  }

  /** How often each reason was counted since the start. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([reason, { count }]) => [reason, count]));
  }
}
