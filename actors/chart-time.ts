/**
 * What the charts of all calls are timed by: the clock, and one timer for what each call waits for as long as it is held: to rest (live-chart.ts), to
 * ask its devices whether they are there (calls/absence.ts).
 *
 * Rule: a held call keeps no timer of its own, which would be half a kilobyte.
 */
import { type Clock, chartClock } from "./clock.ts";
import { type Timed, Timers } from "./timers.ts";

const SECOND = 1_000;

/** Something that a held call waits for. */
export interface Waiting extends Timed {
  due(): void;
}

export class ChartTime {
  readonly clock: Clock;
  readonly chart: ReturnType<typeof chartClock>;
  readonly #waiting: Timers<Waiting>;

  constructor(clock: Clock) {
    this.clock = clock;
    this.chart = chartClock(clock);
    this.#waiting = new Timers(clock, (each) => each.due());
  }

  /** It is due after so many milliseconds, and not when it was due before. */
  wait(each: Waiting, milliseconds: number): void {
    this.#waiting.set(each, this.clock.now() + milliseconds);
  }

  /** The same at the full second after that: what has time wakes the gateway up together. */
  waitAtLeast(each: Waiting, milliseconds: number): void {
    this.#waiting.set(each, Math.ceil((this.clock.now() + milliseconds) / SECOND) * SECOND);
  }

  /** It waits no longer. */
  forget(each: Waiting): void {
    if (each.place >= 0) this.#waiting.set(each, Number.POSITIVE_INFINITY);
  }
}
