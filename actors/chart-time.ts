/**
 * What the charts of all calls are timed by: the clock, and when a chart that waits for nothing but events comes to rest (live-chart.ts).
 *
 * Rule: charts come to rest together, once a second at most, so that a call that is held wakes nobody up for itself.
 */
import { type Clock, chartClock } from "./clock.ts";
import { type Timed, Timers } from "./timers.ts";

/** How long nothing has happened to a call that rests, in milliseconds: what follows an answer (ACK, candidates) has come. */
const QUIET = 2_000;
const TOGETHER = 1_000;

/** A chart that can rest. */
interface Resting extends Timed {
  rest(): void;
}

export class ChartTime {
  readonly clock: Clock;
  readonly chart: ReturnType<typeof chartClock>;
  readonly #resting: Timers<Resting>;

  constructor(clock: Clock) {
    this.clock = clock;
    this.chart = chartClock(clock);
    this.#resting = new Timers(clock, (chart) => chart.rest());
  }

  /** A chart waits for nothing but events: it rests if none comes. */
  quiet(chart: Resting): void {
    this.#resting.set(chart, Math.ceil((this.clock.now() + QUIET) / TOGETHER) * TOGETHER);
  }

  /** It does not rest now. */
  stirs(chart: Resting): void {
    if (chart.place >= 0) this.#resting.set(chart, Number.POSITIVE_INFINITY);
  }
}
