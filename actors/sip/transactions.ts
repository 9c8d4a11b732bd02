/**
 * The interpreter of transaction charts: steps plain records, all with one timer of the clock.
 *
 * It behaves as XState does with the same literal (tests/machines/transactions/transaction.test.ts walks every path through both),
 * at a hundredth of the cost: a record is a chart, the name of a state, the timing, and the instants at which its delays end.
 *
 * Rules: the new state and its deadlines are set before any effect is performed, so an effect may cause the next event at
 * once; the effects of one step keep their order; lingering records are removed in groups, up to `TOGETHER` later, since each
 * timer wakes the process.
 */
import {
  beginTiming,
  changes,
  delays,
  type Timing,
  type TransactionAction,
  type TransactionChange,
  type TransactionChart,
  type TransactionDelay,
  type TransactionEffect,
  type TransactionEvent,
  type TransactionState,
  type TransactionStep,
} from "../../machines/transactions/transaction.ts";
import { onceEach } from "../../protocol/text.ts";
import type { Clock } from "../clock.ts";
import { type Timed, Timers } from "../timers.ts";

/** A transaction as plain data. */
export interface TransactionRecord extends Timed {
  readonly chart: TransactionChart;
  state: string;
  timing: Timing;
  /** The end of each delay of the state, in the chart's order. */
  ends: readonly number[];
}

/** A transaction that has not started. */
export function newRecord(chart: TransactionChart, reliable: boolean, now: number): TransactionRecord {
  const timing = beginTiming(reliable, now);
  return { chart, state: chart.initial, timing, ends: [], deadline: Number.POSITIVE_INFINITY, place: -1 };
}

function isOver(record: TransactionRecord): boolean {
  return stateOf(record).type === "final";
}

/** The event of a response with this status: from the wire for a client, from the user for a server. */
export function eventOf(status: number): TransactionEvent {
  if (status < 200) return "response.provisional";
  return status < 300 ? "response.success" : "response.failure";
}

/** Performs the effects of the transactions. */
export interface TransactionOwner<Transaction> {
  perform(record: Transaction, effect: TransactionEffect): void;
  /** Called once, after the last effect. */
  over(record: Transaction): void;
}

export class Transactions<Transaction extends TransactionRecord> {
  readonly #clock: Clock;
  readonly #owner: TransactionOwner<Transaction>;
  readonly #timers: Timers<Transaction>;

  constructor(clock: Clock, owner: TransactionOwner<Transaction>) {
    this.#clock = clock;
    this.#owner = owner;
    this.#timers = new Timers(clock, (record) => this.#fallDue(record));
  }

  /** Enters the first state. */
  begin(record: Transaction): void {
    this.#arm(record);
    this.#performAll(record, stateOf(record).entry ?? []);
  }

  /** Passes an event to a transaction; an event without a transition in its state is ignored. */
  tell(record: Transaction, event: TransactionEvent): void {
    const step = stateOf(record).on?.[event];
    if (step !== undefined) this.#take(record, step);
  }

  /** Drops all deadlines. */
  stop(): void {
    this.#timers.clear();
  }

  #fallDue(record: Transaction): void {
    const state = stateOf(record);
    const delay = delaysOf(state)[record.ends.indexOf(record.deadline)];
    const step = delay && state.after?.[delay];
    if (step !== undefined) this.#take(record, step);
  }

  #take(record: Transaction, step: TransactionStep): void {
    const effects: TransactionEffect[] = [];
    for (const action of step.actions ?? [])
      if (!this.#change(record, action)) effects.push(action as TransactionEffect);
    const enters = step.target !== undefined && (step.reenter === true || step.target !== record.state);
    if (enters && step.target !== undefined) {
      record.state = step.target;
      effects.push(...(stateOf(record).entry ?? []));
      this.#arm(record);
    }
    const over = enters && isOver(record);
    this.#performAll(record, effects);
    if (over) this.#owner.over(record);
  }

  #change(record: Transaction, action: TransactionAction): boolean {
    if (!(action in changes)) return false;
    record.timing = changes[action as TransactionChange](record.timing, this.#clock.now());
    return true;
  }

  /** Starts the delays of the new state. */
  #arm(record: Transaction): void {
    const now = this.#clock.now();
    const state = stateOf(record);
    const ends = delaysOf(state).map((name) => now + Math.max(0, delays[name](record.timing, now)));
    record.ends = isLingering(state) ? ends.map((end) => (end > now ? together(end) : end)) : ends;
    this.#timers.set(record, Math.min(...record.ends));
  }

  #performAll(record: Transaction, effects: readonly TransactionEffect[]): void {
    for (const effect of effects) this.#owner.perform(record, effect);
  }
}

/** Whether a state only waits for its end, so that a short delay changes nothing. */
const isLingering = onceEach((state: TransactionState) => {
  const steps = Object.values(state.after ?? {});
  return steps.length > 0 && steps.every((step) => step.target === "terminated" && step.actions === undefined);
});

/** Milliseconds. */
const TOGETHER = 250;
const together = (end: number): number => Math.ceil(end / TOGETHER) * TOGETHER;

const delaysOf = onceEach((state: TransactionState) => Object.keys(state.after ?? {}) as readonly TransactionDelay[]);

function stateOf(record: TransactionRecord): TransactionState {
  return record.chart.states[record.state]!;
}
