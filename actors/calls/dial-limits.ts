/**
 * Limits the calls that a user dials under a dial plan: at once, and in an hour.
 *
 * Rules: a call counts when it starts, however it ends, so that nobody tries a thousand numbers that do not answer; emergency
 * calls do not count. A user's share of the gateway itself, including incoming calls, is shares.ts.
 */
import type { DialPlan } from "../../protocol/dial-plan.ts";
import type { Clock } from "../clock.ts";
import { Lately } from "../lately.ts";

const HOUR = 3_600_000;

/** The limits of a user; 0 is no limit. */
interface Limits {
  readonly callsPerUser: number;
  readonly callsPerHour: number;
}

/** The current options of `[dial]`. */
export interface DialConfig extends DialPlan, Limits {
  /** Milliseconds from the answer to the forced end of a call; 0: never. */
  readonly longest: number;
}

export class DialLimits {
  readonly #dialled: Lately;

  constructor(clock: Clock) {
    this.#dialled = new Lately(clock, HOUR);
  }

  /** Why a user with this number of calls may not dial another one now; undefined if allowed. */
  reached(user: string, calls: number, { callsPerUser, callsPerHour }: Limits): string | undefined {
    if (callsPerUser > 0 && calls >= callsPerUser) return `no more than ${callsPerUser} calls at once`;
    if (callsPerHour > 0 && this.#dialled.of(user) >= callsPerHour) return `no more than ${callsPerHour} calls an hour`;
    return undefined;
  }

  /** Counts a dialled call. */
  count(user: string, { callsPerHour }: Limits): void {
    if (callsPerHour > 0) this.#dialled.count(user, callsPerHour);
  }
}
