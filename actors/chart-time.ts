/**
 * The time of all calls' charts: the clock, and one timer for the long waits of held calls: to rest (live-chart.ts), and to
 * ping devices (calls/absence.ts).
 *
 * Rule: a held call has no timer of its own, which would take half a kilobyte.
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

  /** Sets the wait: due after this many milliseconds, replacing an earlier wait. */
  wait(each: Waiting, milliseconds: number): void {
    this.#waiting.set(each, this.clock.now() + milliseconds);
  }

  /** The same, rounded up to a full second: waits that are not urgent wake the gateway up together. */
  waitAtLeast(each: Waiting, milliseconds: number): void {
    this.#waiting.set(each, Math.ceil((this.clock.now() + milliseconds) / SECOND) * SECOND);
  }

  /** Cancels the wait. */
  forget(each: Waiting): void {
    if (each.place >= 0) this.#waiting.set(each, Number.POSITIVE_INFINITY);
  }
}
