/**
 * How often something has happened lately, by the name of who did it.
 *
 * Bounds: of each name as many instants are kept as its limit is, of `MOST_NAMES` names; the one that did it least lately is forgotten
 * first.
 */
import type { Clock } from "./clock.ts";

const MOST_NAMES = 50_000;

export class Lately {
  readonly #clock: Clock;
  readonly #window: number;
  /** When each did it within the window; who did it last is the last one. */
  readonly #instants = new Map<string, readonly number[]>();

  /** `window` is how many milliseconds count as lately. */
  constructor(clock: Clock, window: number) {
    this.#clock = clock;
    this.#window = window;
  }

  /** How often it has happened within the window. */
  of(name: string): number {
    return this.#within(name).length;
  }

  /** It happens now; `most` is the limit, so no more instants are kept. */
  count(name: string, most: number): void {
    const instants = [...this.#within(name), this.#clock.now()].slice(-most);
    this.#instants.delete(name);
    const [oldest] = this.#instants.size >= MOST_NAMES ? this.#instants.keys() : [];
    if (oldest !== undefined) this.#instants.delete(oldest);
    this.#instants.set(name, instants);
  }

  /** Whether it may happen once more; it is counted if so. */
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
