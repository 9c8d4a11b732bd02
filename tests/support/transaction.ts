/** One transaction chart, run by both interpreters on a simulated clock. */
import { type AnyActorLogic, assign, createActor, createMachine, getNextTransitions } from "xstate";
import { getSimplePaths } from "xstate/graph";
import { TransactionRecord, Transactions } from "../../actors/sip/transactions.ts";
import {
  beginTiming,
  changes,
  delays,
  type Timing,
  type TransactionChart,
  type TransactionEvent,
} from "../../machines/transactions/transaction.ts";
import { createClock, type SimulatedClock } from "../../replay/clock.ts";

export interface Running {
  readonly clock: SimulatedClock;
  tell(event: TransactionEvent): void;
  state(): string;
  /** The effects, each with its time in milliseconds since the start. */
  readonly effects: string[];
}

/** The chart in the production interpreter: the table interpreter. */
export function runTable(chart: TransactionChart, reliable: boolean): Running {
  const clock = createClock(0);
  const effects: string[] = [];
  const transactions = new Transactions(clock, {
    perform: (_, effect) => void effects.push(`${clock.now()} ${effect}`),
    over: () => {},
  });
  const record = new TransactionRecord(chart, reliable, clock.now());
  transactions.begin(record);
  return { clock, effects, tell: (event) => transactions.tell(record, event), state: () => record.state };
}

/** The chart in XState. */
export function runXState(chart: TransactionChart, reliable: boolean): Running {
  const clock = createClock(0);
  const effects: string[] = [];
  const timers = new Map<number, () => void>();
  let last = 0;
  const machine = machineOf(chart, reliable, clock, (effect) => effects.push(`${clock.now()} ${effect}`));
  const actor = createActor(machine as unknown as AnyActorLogic, {
    clock: {
      setTimeout(run: () => void, milliseconds: number) {
        timers.set(++last, clock.after(milliseconds, run));
        return last;
      },
      clearTimeout: (id: number) => timers.get(id)?.(),
    },
  }).start();
  return {
    clock,
    effects,
    tell: (event) => actor.send({ type: event } as never),
    state: () => (actor.getSnapshot() as { value: string }).value,
  };
}

/** Every loop-free path through the chart to its end: events, and delays as "after <name>". */
export function walksOf(chart: TransactionChart): string[][] {
  const machine = machineOf(chart, false, createClock(0), () => {});
  const paths = getSimplePaths(machine, {
    events: (state) => getNextTransitions(state).map((transition) => ({ type: transition.eventType })),
    toState: (state) => state.status === "done",
    serializeState: (state) => JSON.stringify(state.value),
  });
  return paths.map((path) =>
    path.steps.slice(1).map((step) => step.event.type.replace(/^xstate\.after\.(.*)\..*\..*$/, "after $1")),
  );
}

function machineOf(
  chart: TransactionChart,
  reliable: boolean,
  clock: SimulatedClock,
  perform: (effect: string) => void,
) {
  const named = Object.values(chart.states).flatMap((state) => [
    ...(state.entry ?? []),
    ...Object.values({ ...state.on, ...state.after }).flatMap((step) => step.actions ?? []),
  ]);
  const effects = Object.fromEntries(named.map((name) => [name, () => perform(name)]));
  const assigns = Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [
      name,
      assign(({ context }) => change(context as unknown as Timing, clock.now())),
    ]),
  );
  return createMachine({ ...chart, context: beginTiming(reliable, clock.now()) } as never).provide({
    actions: { ...effects, ...assigns } as never,
    delays: Object.fromEntries(
      Object.entries(delays).map(([name, delay]) => [
        name,
        ({ context }: { context: unknown }) => Math.max(0, delay(context as Timing, clock.now())),
      ]),
    ) as never,
  });
}
