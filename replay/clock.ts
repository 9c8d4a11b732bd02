/**
 * A simulated clock that is advanced explicitly.
 *
 * `advance` runs due timers in order of time, and lets the promises of each settle before the next.
 */
import type { Clock } from "../actors/clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export interface SimulatedClock extends Clock {
  advance(milliseconds: number): Promise<void>;
  /** Number of armed timers: a finished play leaves none. */
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

/** Runs pending promise callbacks, and those they schedule. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
