/**
 * The one clock of the gateway, injected into actors so that tests can replace it.
 *
 * Its time never goes back, whatever happens to the system's clock; it is close enough to the time of day for deadlines to be
 * stored and armed again after a restart. A wait too long for setTimeout, which would make it 1 ms, becomes the longest possible one.
 */

/** The current time, and timers. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after this many milliseconds, unless the returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void;
  /** Runs once at the next turn of the event loop: a timer would wake an otherwise idle process. */
  round(run: () => void): void;
}

/** Milliseconds: 24 days, the longest wait that setTimeout supports. */
const LONGEST = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timer);
  },
  round: (run) => void setImmediate(run),
};

/** Milliseconds since an instant that another process may have stored: 0 if the system's clock was set back in between. */
export const since = (instant: number, clock: Pick<Clock, "now">): number => Math.max(0, clock.now() - instant);

/** XState's clock over ours: one clock for charts, transactions and tests. A timer's id is its cancel function. */
export const chartClock = (clock: Clock) => ({
  now: () => clock.now(),
  setTimeout: (run: () => void, milliseconds: number) => clock.after(milliseconds, run),
  clearTimeout: (cancel: (() => void) | undefined) => cancel?.(),
});
