/**
 * The XState actor of one call, which returns for each event whether its chart accepts it.
 *
 * Rules: an event is selected once (machines/stepper/); `accepted` runs between the selection and the effects. Nothing is stored
 * between two events, neither the event nor the step; an actor without running delays can be dropped, and another one
 * continues from its snapshot (XState's persistence): the snapshot alone is a fifth of the actor.
 */
import { Actor, type Snapshot, type StateValue } from "xstate";
import { call } from "../machines/call/call.ts";
import type { CallContext, CallInput } from "../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../machines/call/vocabulary.ts";
import { SteppedLogic, type SteppedSnapshot } from "../machines/stepper/logic.ts";
import type { chartClock } from "./clock.ts";
import type { Transition } from "./watch.ts";

/** An event being delivered; `isTaken` is undefined until the chart has selected it. */
interface Delivery {
  readonly event: CallEvent;
  readonly accepted: (() => void) | undefined;
  isTaken: boolean | undefined;
}

/** A call for another process to continue: the state and context of its chart, and the ends of its delays (milliseconds since 1970). */
export interface SavedChart {
  readonly value: StateValue;
  readonly context: CallContext;
  readonly delays: readonly { readonly id: string; readonly at: number }[];
}

/** The chart's current step: from the selection until the owner has been notified of the new state. */
export interface Step {
  readonly event: string;
  /** The event; undefined at the start. */
  readonly told?: CallEvent;
  /** The transitions that the event has selected. */
  readonly transitions?: readonly { readonly says: Transition }[] | undefined;
}

const BEGINNING: Step = { event: "xstate.init" };
const RESTORED: Step = { event: "restored" };

/** When each delay ends that runs: a list, since there is hardly ever more than one. */
type Delays = SavedChart["delays"];
const NONE: Delays = [];

type CallLogic = SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>;
type ChartClock = ReturnType<typeof chartClock>;
/** The state and context of a call. */
export type CallSnapshot = SteppedSnapshot<CallContext, CallEvent, CallEffect>;

/** The chart by tables; reports once what an event selects. */
const logic: CallLogic = new SteppedLogic(
  call,
  (actor, event, isTaken, transitions) => {
    if (actor instanceof CallActor) actor.selected(event, isTaken, transitions);
  },
  (actor, id, ms) => {
    if (actor instanceof CallActor) actor.delayed(id, ms);
  },
);

/** The snapshot from which XState restores an actor. */
const persisted = ({ value, context }: SavedChart): Snapshot<unknown> =>
  ({ status: "active", output: undefined, error: undefined, value, context }) as Snapshot<unknown>;

/** The full duration of a delay, in milliseconds: its remainder is never longer, even if the system's clock was set back. */
function wholeDelay(id: string, context: CallContext): number {
  const [, delay = 0] = DELAYS.find(([name]) => id.startsWith(`xstate.after.${name}.`)) ?? [];
  return typeof delay === "number" ? delay : delay({ context });
}
const DELAYS = Object.entries(call.implementations.delays) as readonly (readonly [
  name: string,
  delay: number | ((of: { readonly context: CallContext }) => number),
])[];

function runs(delays: Delays, id: string): boolean {
  for (const delay of delays) if (delay.id === id) return true;
  return false;
}

type From = { readonly input: CallInput } | { readonly snapshot: CallSnapshot } | { readonly saved: SavedChart };

export class CallActor extends Actor<CallLogic> {
  #delivery: Delivery | undefined;
  #step: Step | undefined;
  #delays = NONE;
  readonly #now: () => number;
  /** The step reported at the start, and the restored delays. */
  readonly #start: Step | undefined;
  readonly #rearmed: Delays;

  /** An actor, not started yet: of a new call, of a resting one, or of one saved by another process. */
  constructor(from: From, clock: ChartClock) {
    super(logic, {
      ...("saved" in from ? { snapshot: persisted(from.saved) } : (from as { input: CallInput })),
      clock,
    });
    this.#now = clock.now;
    this.#start = "input" in from ? BEGINNING : "saved" in from ? RESTORED : undefined;
    this.#rearmed = "saved" in from ? from.saved.delays : NONE;
  }

  save(): SavedChart {
    const { value, context } = this.getSnapshot();
    return { value, context, delays: this.#delays };
  }

  /** The current step, if any. */
  get step(): Step | undefined {
    return this.#step;
  }

  override start(): this {
    this.#step = this.#start;
    super.start();
    // XState does not restore delays: overdue ones end at once, and leaving the state cancels the others
    for (const { id, at } of this.#rearmed) {
      const left = Math.min(Math.max(0, at - this.#now()), wholeDelay(id, this.getSnapshot().context));
      this.delayed(id, left);
      this.system.scheduler.schedule(this, this, { type: id }, left, id);
    }
    return this;
  }

  /** A delay starts or ends. */
  delayed(id: string, ms: number | undefined): void {
    const others = this.#delays.length === 0 ? NONE : this.#delays.filter((delay) => delay.id !== id);
    this.#delays = ms === undefined ? others : [...others, { id, at: this.#now() + ms }];
  }

  /** Returns whether the event was accepted, or undefined if it is queued behind the effects being performed. */
  deliver(event: CallEvent, accepted?: () => void): boolean | undefined {
    const before = this.#delivery;
    const mine: Delivery = { event, accepted, isTaken: undefined };
    this.#delivery = mine;
    try {
      this.send(event);
    } finally {
      this.#delivery = before;
    }
    if (mine.isTaken === undefined) accepted?.();
    return mine.isTaken;
  }

  /** An event has selected these transitions, which are executed next. */
  selected(event: CallEvent, isTaken: boolean, transitions: NonNullable<Step["transitions"]>): void {
    if (runs(this.#delays, event.type)) this.delayed(event.type, undefined);
    this.#step = isTaken ? { event: event.type, told: event, transitions } : undefined;
    const delivery = this.#delivery;
    if (delivery?.event !== event || delivery.isTaken !== undefined) return;
    delivery.isTaken = isTaken;
    if (isTaken) delivery.accepted?.();
  }

  /** The step is over: its effects are performed, and the owner is notified. */
  rest(): void {
    this.#step = undefined;
  }
}
