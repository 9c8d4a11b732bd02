/**
 * Counts recent events by name.
 *
 * Bounds: for each name as many instants as its limit, and `MOST_NAMES` names; the name whose last event is the oldest is dropped
 * first.
 */
import type { Clock } from "./clock.ts";

const MOST_NAMES = 50_000;

export class Lately {
  readonly #clock: Clock;
  readonly #window: number;
  /** The instants of each name within the window; the name with the latest event is last. */
  readonly #instants = new Map<string, readonly number[]>();

  /** `window` in milliseconds. */
  constructor(clock: Clock, window: number) {
    this.#clock = clock;
    this.#window = window;
  }

  /** The number of events within the window. */
  of(name: string): number {
    return this.#within(name).length;
  }

  /** Counts an event; `most` is the limit, so no more instants are stored. */
  count(name: string, most: number): void {
    const instants = [...this.#within(name), this.#clock.now()].slice(-most);
    this.#instants.delete(name);
    const [oldest] = this.#instants.size >= MOST_NAMES ? this.#instants.keys() : [];
    if (oldest !== undefined) this.#instants.delete(oldest);
    this.#instants.set(name, instants);
  }

  /** Counts an event if the limit permits it; false otherwise. */
  take(name: string, most: number): boolean {
    if (this.of(name) >= most) return false;
    this.count(name, most);
    return true;
  }

  #within(name: string): readonly number[] {
    const since = this.#clock.now() - this.#window;
    return (this.#instants.get(name) ?? []).filter((at) => at > since);
  }
}
