/**
 * How many calls a user may have dialled: at once, and in an hour.
 *
 * Rules: a call counts when it begins, however it ends, so that nobody tries a thousand numbers that do not answer; emergency calls do not
 * count. Bounds: of each user `calls_per_hour` instants are kept, of `MOST_USERS` users; the one who has dialled least lately is forgotten first.
 */
import type { DialPlan } from "../../protocol/dial-plan.ts";
import type { Clock } from "../clock.ts";

const MOST_USERS = 50_000;
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
  readonly #clock: Clock;
  /** When each user has dialled in the last hour; who has dialled last is the last one. */
  readonly #dialled = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why a user who has so many calls may not dial one more now, if that is so. */
  reached(user: string, calls: number, { callsPerUser, callsPerHour }: Limits): string | undefined {
    if (callsPerUser > 0 && calls >= callsPerUser) return `no more than ${callsPerUser} calls at once`;
    if (callsPerHour > 0 && this.#lately(user).length >= callsPerHour)
      return `no more than ${callsPerHour} calls an hour`;
    return undefined;
  }

  /** A user dials. */
  count(user: string, { callsPerHour }: Limits): void {
    if (callsPerHour === 0) return;
    const lately = [...this.#lately(user), this.#clock.now()].slice(-callsPerHour);
    this.#dialled.delete(user);
    const [oldest] = this.#dialled.size >= MOST_USERS ? this.#dialled.keys() : [];
    if (oldest !== undefined) this.#dialled.delete(oldest);
    this.#dialled.set(user, lately);
  }

  #lately(user: string): readonly number[] {
    const since = this.#clock.now() - HOUR;
    return (this.#dialled.get(user) ?? []).filter((at) => at > since);
  }
}
