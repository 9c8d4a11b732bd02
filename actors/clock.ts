/**
 * The one clock of the gateway: actors take it, so that tests can give them another.
 *
 * Its time never goes back, whatever is done to the system's clock; it is near enough to the time of day to be stored
 * as a deadline and armed again after a restart. A wait that setTimeout cannot hold, of which it makes 1 ms, is the longest one that it can.
 */

/** What the time is, and who wants to be told when. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after so many milliseconds, unless it is cancelled by the function given back. */
  after(milliseconds: number, run: () => void): () => void;
  /** Runs once when the event loop comes round: a timer would wake a process that has nothing else to do. */
  round(run: () => void): void;
}

/** Milliseconds: 24 days, the longest wait that setTimeout holds. */
const LONGEST = 2 ** 31 - 1;

/** The clock of the machine we run on. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timer);
  },
  round: (run) => void setImmediate(run),
};

/** Milliseconds since an instant that another process may have noted: none where the system's clock was set back in between. */
export const since = (instant: number, clock: Pick<Clock, "now">): number => Math.max(0, clock.now() - instant);

/** XState's clock over ours: one clock for charts, transactions and tests. What cancels a timer is its id. */
export const chartClock = (clock: Clock) => ({
  now: () => clock.now(),
  setTimeout: (run: () => void, milliseconds: number) => clock.after(milliseconds, run),
  clearTimeout: (cancel: (() => void) | undefined) => cancel?.(),
});
