/**
 * Where a trunk was until its records changed: a provider that moves goes on speaking from there for a while.
 *
 * Rules: a place of before is the trunk's for an hour more, so that running calls, and calls that were on their way, are not taken
 * for a stranger's; no longer, since its address may be somebody else's by then. Bound: `MOST` places.
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { Clock } from "../clock.ts";

/** A place with the name that it was found by. */
export interface Place extends Destination {
  readonly name: string;
}

/** In milliseconds. */
const LATELY = 3_600_000;
const MOST = 64;

export class LatelyKnown {
  readonly #clock: Clock;
  readonly #until = new Map<string, { readonly place: Place; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** It was one of the trunk's until now. */
  add(place: Place): void {
    const key = `${place.name} ${place.host} ${place.port} ${place.transport}`;
    this.#until.delete(key);
    this.#until.set(key, { place, until: this.#clock.now() + LATELY });
    const [oldest] = this.#until.keys();
    if (this.#until.size > MOST && oldest !== undefined) this.#until.delete(oldest);
  }

  get places(): readonly Place[] {
    const now = this.#clock.now();
    return [...this.#until.values()].filter(({ until }) => now < until).map(({ place }) => place);
  }
}
