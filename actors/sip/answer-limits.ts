/**
 * How many answers strangers get: by UDP anybody can write somebody else's address into a request, and have our answer go there.
 *
 * Rules: a stranger is a source that may not begin calls; a network (an IPv4 address, an IPv6 /64) gets `MOST_OF_ONE` answers a second, all of them
 * together `MOST`; what is more is dropped in silence. Whoever has forgotten `[sip] allow` still reads his 403.
 */
import type { Clock } from "../clock.ts";
import { networkOf } from "./network.ts";

const MOST = 100;
const MOST_OF_ONE = 10;
/** In milliseconds. */
const SECOND = 1_000;

export class AnswerLimits {
  readonly #clock: Clock;
  /** The answers of this second, by network: at most `MOST`. */
  readonly #given = new Map<string, number>();
  #all = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more answer may go there; it counts. */
  take(host: string): boolean {
    if (this.#clock.now() >= this.#until) this.#begin();
    const network = networkOf(host);
    const given = this.#given.get(network) ?? 0;
    if (this.#all >= MOST || given >= MOST_OF_ONE) return false;
    this.#all++;
    this.#given.set(network, given + 1);
    return true;
  }

  #begin(): void {
    this.#until = this.#clock.now() + SECOND;
    this.#all = 0;
    this.#given.clear();
  }
}
