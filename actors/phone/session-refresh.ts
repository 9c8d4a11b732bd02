/**
 * The session timer of one call: RFC 4028 §7.4, §10.
 *
 * The refresher refreshes at half of the interval: by UPDATE if the peer supports it, else by an unchanged re-INVITE. Without a
 * refresh the call ends a little before the interval does, so that the BYE still finds the dialog. The header fields are read and written in
 * protocol/sip/session-timer.ts.
 */
import type { Field, Request } from "../../protocol/sip/message.ts";
import { acceptTimer, leastOf, type SessionTimer, timerHeaders, timerOf } from "../../protocol/sip/session-timer.ts";
import { ask } from "./ask.ts";
import type { Forks } from "./forks.ts";
import type { Line } from "./line.ts";
import { timedOut } from "./no-response.ts";
import type { SavedPhone } from "./saved.ts";

export class PhoneTimer {
  readonly #line: Line;
  readonly #forks: Forks;
  #cancelEnd: (() => void) | undefined;
  #cancelRefresh: (() => void) | undefined;
  #stopped = false;
  /** The time of the last refresh: milliseconds since 1970. */
  #since = 0;
  /** The running session timer, if any. */
  timer: SessionTimer | null = null;

  constructor(line: Line, forks: Forks) {
    this.#line = line;
    this.#forks = forks;
  }

  /** The session was refreshed with these terms; null if it has no end. */
  restart(timer: SessionTimer | null): void {
    this.#run(timer, this.#line.chart.now);
    this.#line.chart.changed();
  }

  save(): SavedPhone["timer"] {
    return this.timer === null ? undefined : { ...this.timer, since: this.#since };
  }

  /** Continues in another process; overdue timers fire at once. */
  goOn(saved: SavedPhone["timer"]): void {
    if (!saved) return;
    const { now } = this.#line.chart;
    // if the clock was set back, the session still lasts no longer than its interval
    this.#run({ interval: saved.interval, ours: saved.ours }, Math.min(saved.since, now));
  }

  #run(timer: SessionTimer | null, since: number): void {
    this.#clear();
    this.timer = timer;
    this.#since = since;
    if (timer === null || this.#stopped) return;
    const { chart } = this.#line;
    const { interval, ours } = timer;
    const left = (seconds: number): number => Math.max(0, since + seconds * 1_000 - chart.now);
    const end = left(interval - Math.min(32, interval / 3));
    this.#cancelEnd = chart.after(end, () => void chart.deliver({ type: "sip.expired" }));
    if (ours) this.#cancelRefresh = chart.after(left(interval / 2), () => this.refresh());
  }

  /** Applies the terms of a request of theirs; returns the header fields for our 2xx. */
  accept(request: Request): readonly Field[] {
    const accepted = acceptTimer(request, this.timer);
    const terms = accepted === "too small" ? null : accepted;
    this.restart(terms?.timer ?? null);
    return terms?.headers ?? [];
  }

  /** The call is over: a late answer starts no timer. */
  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #clear(): void {
    this.#cancelEnd?.();
    this.#cancelRefresh?.();
    this.#cancelEnd = undefined;
    this.#cancelRefresh = undefined;
  }

  /** Refreshes the session: half of its interval is over, or the phone's presence is in doubt. */
  refresh(least?: number): void {
    const { chart } = this.#line;
    const fork = this.#forks.current;
    if (this.#forks.hungUp) return;
    if (!fork?.updates) return void chart.deliver({ type: "sip.refresh" });
    const headers = [...this.#line.announced(), ...timerHeaders(this.timer, least)];
    ask(this.#line, fork, { method: "UPDATE", headers }, (status, phrase, response) => {
      if (response && status < 300) {
        fork.refresh(response);
        return this.restart(timerOf(response));
      }
      const longer = response && status === 422 && least === undefined ? leastOf(response) : undefined;
      if (longer !== undefined) return this.refresh(longer);
      // §10: after any other failure there is no retry, and the session ends with its interval
      if (status === 481 || status === 408)
        chart.deliver({ type: "sip.dialog.lost", status, phrase, timer: timedOut(response) });
    });
  }
}
