/**
 * Keeps the time of one session: RFC 4028 §10.
 *
 * Whoever refreshes does so at half of the interval; without any refresh the session is over a little before its end, so
 * that BYE still finds it. What the messages say is protocol/sip/session-timer.ts.
 */
import type { SessionTimer } from "../../protocol/sip/session-timer.ts";
import type { Clock } from "../clock.ts";

export interface PhoneTimerNeeds {
  readonly clock: Clock;
  readonly refresh: () => void;
  readonly expired: () => void;
}

export class PhoneTimer {
  readonly #needs: PhoneTimerNeeds;
  #cancels: readonly (() => void)[] = [];
  #stopped = false;
  /** The timer that runs, if one does. */
  timer: SessionTimer | null = null;

  constructor(needs: PhoneTimerNeeds) {
    this.#needs = needs;
  }

  /** The session has been refreshed, by these terms; null when it has no end. */
  restart(timer: SessionTimer | null): void {
    this.#clear();
    this.timer = timer;
    if (timer === null || this.#stopped) return;
    const { clock, refresh, expired } = this.#needs;
    const { interval, ours } = timer;
    const end = clock.after((interval - Math.min(32, interval / 3)) * 1_000, expired);
    this.#cancels = ours ? [end, clock.after((interval / 2) * 1_000, refresh)] : [end];
  }

  /** The call is over: a late answer starts no time any more. */
  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #clear(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }
}
