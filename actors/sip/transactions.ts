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

const NO_ENDS: readonly number[] = [];

/** A transaction as plain data. */
export class TransactionRecord implements Timed {
  readonly chart: TransactionChart;
  state: string;
  timing: Timing;
  /** The end of each delay of the state, in the chart's order. */
  ends: readonly number[] = NO_ENDS;
  deadline = Number.POSITIVE_INFINITY;
  place = -1;

  /** One that has not started. */
  constructor(chart: TransactionChart, reliable: boolean, now: number) {
    this.chart = chart;
    this.state = chart.initial;
    this.timing = beginTiming(reliable, now);
  }
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
    this.#performAll(record, stateOf(record).entry);
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
    const { actions, target, reenter } = step;
    for (const action of actions ?? NONE)
      if (isChange(action)) record.timing = changes[action](record.timing, this.#clock.now());
    const enters = target !== undefined && (reenter === true || target !== record.state);
    if (enters) {
      record.state = target;
      this.#arm(record);
    }
    // an effect may take the next step at once
    const state = stateOf(record);
    this.#performAll(record, actions);
    if (!enters) return;
    this.#performAll(record, state.entry);
    if (state.type === "final") this.#owner.over(record);
  }

  /** Starts the delays of the new state. */
  #arm(record: Transaction): void {
    const now = this.#clock.now();
    const state = stateOf(record);
    const lingers = isLingering(state);
    const ends: number[] = [];
    let first = Number.POSITIVE_INFINITY;
    for (const name of delaysOf(state)) {
      const end = now + Math.max(0, delays[name](record.timing, now));
      const at = lingers && end > now ? together(end) : end;
      ends.push(at);
      first = Math.min(first, at);
    }
    record.ends = ends;
    this.#timers.set(record, first);
  }

  /** Of a list of actions, what is not a change of the record. */
  #performAll(record: Transaction, actions: readonly TransactionAction[] = NONE): void {
    for (const action of actions) if (!isChange(action)) this.#owner.perform(record, action);
  }
}

const NONE: readonly TransactionAction[] = [];
const isChange = (action: TransactionAction): action is TransactionChange => action in changes;

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
