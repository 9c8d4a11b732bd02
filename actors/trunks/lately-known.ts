/**
 * Former addresses of a trunk: a provider that moves keeps sending from them for a while.
 *
 * Rules: a former address stays the trunk's for an hour, so that running calls, and calls already on their way, are not taken
 * for a stranger's; no longer, since somebody else may have the address by then. Bound: `MOST` addresses.
 */
import type { Destination } from "../../protocol/sip/message.ts";
import type { Clock } from "../clock.ts";

/** An address with the host name that it was found by. */
export interface Place extends Destination {
  readonly name: string;
}

/** Milliseconds. */
const LATELY = 3_600_000;
const MOST = 64;

export class LatelyKnown {
  readonly #clock: Clock;
  readonly #until = new Map<string, { readonly place: Place; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds an address that has just left the trunk's records. */
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
