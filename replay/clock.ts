/**
 * A clock that stands still until it is told to go on.
 *
 * `advance` runs what falls due in order of time, and lets the promises of each have their turn before the next.
 */
import type { Clock } from "../actors/clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export interface SimulatedClock extends Clock {
  advance(milliseconds: number): Promise<void>;
  /** How many timers are armed: a finished play leaves none. */
  readonly armed: number;
}

export function createClock(start = 1_000_000): SimulatedClock {
  let now = start;
  const timers = new Set<Timer>();

  const nextUntil = (end: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) if (timer.at <= end && (next === undefined || timer.at < next.at)) next = timer;
    return next;
  };

  const after = (milliseconds: number, run: () => void): (() => void) => {
    const timer = { at: now + Math.max(0, milliseconds), run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };

  return {
    now: () => now,
    after,
    round: (run) => void after(0, run),
    get armed() {
      return timers.size;
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
        await settle();
      }
      now = end;
    },
  };
}

/** Lets promises that are ready run, and those that they make ready. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
