/**
 * Limits responses to strangers: over UDP anybody can forge a source address, and direct our responses to a victim.
 *
 * Rules: a stranger is a source that may not start calls; a network (an IPv4 address, an IPv6 /64) gets `MOST_OF_ONE` responses a
 * second, all strangers together `MOST`; further responses are dropped silently. An operator who forgot `[sip] allow` still sees a 403.
 */
import { networkOf } from "../../transports/network.ts";
import type { Clock } from "../clock.ts";

const MOST = 100;
const MOST_OF_ONE = 10;
/** Milliseconds. */
const SECOND = 1_000;

export class AnswerLimits {
  readonly #clock: Clock;
  /** Responses of this second, by network: at most `MOST`. */
  readonly #given = new Map<string, number>();
  #all = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more response may be sent there; counts it. */
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
