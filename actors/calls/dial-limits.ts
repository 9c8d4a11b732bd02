/**
 * How many calls a user may have dialled by the dial plan: at once, and in an hour.
 *
 * Rules: a call counts when it begins, however it ends, so that nobody tries a thousand numbers that do not answer; emergency
 * calls do not count. What each user may have of the gateway itself, incoming calls included, is shares.ts.
 */
import type { DialPlan } from "../../protocol/dial-plan.ts";
import type { Clock } from "../clock.ts";
import { Lately } from "../lately.ts";

const HOUR = 3_600_000;

/** What a user may have; 0 is no limit. */
interface Limits {
  readonly callsPerUser: number;
  readonly callsPerHour: number;
}

/** The options of `[dial]`, as they are now. */
export interface DialConfig extends DialPlan, Limits {
  /** Milliseconds after the answer when a call is ended; 0: never. */
  readonly longest: number;
}

export class DialLimits {
  readonly #dialled: Lately;

  constructor(clock: Clock) {
    this.#dialled = new Lately(clock, HOUR);
  }

  /** Why a user who has so many calls may not dial one more now, if that is so. */
  reached(user: string, calls: number, { callsPerUser, callsPerHour }: Limits): string | undefined {
    if (callsPerUser > 0 && calls >= callsPerUser) return `no more than ${callsPerUser} calls at once`;
    if (callsPerHour > 0 && this.#dialled.of(user) >= callsPerHour) return `no more than ${callsPerHour} calls an hour`;
    return undefined;
  }

  /** A user dials. */
  count(user: string, { callsPerHour }: Limits): void {
    if (callsPerHour > 0) this.#dialled.count(user, callsPerHour);
  }
}
