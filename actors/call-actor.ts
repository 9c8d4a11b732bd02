/**
 * The XState actor of one call, which returns for each event whether its chart takes it.
 *
 * Rules: an event is selected once (machines/stepper/); `accepted` runs between the selection and the effects. Nothing is kept
 * between two events, neither the event nor the step; an actor that waits for nothing but events can be let go, and another one
 * goes on from its snapshot (XState's persisting): the snapshot alone is a fifth of the actor.
 */
import { Actor, type Snapshot, type StateValue } from "xstate";
import { call } from "../machines/call/call.ts";
import type { CallContext, CallInput } from "../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../machines/call/vocabulary.ts";
import { SteppedLogic, type SteppedSnapshot } from "../machines/stepper/logic.ts";
import type { chartClock } from "./clock.ts";
import type { Transition } from "./watch.ts";

/** An event on its way through the chart; `isTaken` is undefined until the chart comes to it. */
interface Delivery {
  readonly event: CallEvent;
  readonly accepted: (() => void) | undefined;
  isTaken: boolean | undefined;
}

/** A call as another process can go on with it: where its chart is, what it knows, and when its delays end (milliseconds since 1970). */
export interface SavedChart {
  readonly value: StateValue;
  readonly context: CallContext;
  readonly delays: readonly { readonly id: string; readonly at: number }[];
}

/** What the chart is doing: from the selection until the owner has heard of the new state. */
export interface Step {
  readonly event: string;
  /** The event; none at the start. */
  readonly told?: CallEvent;
  /** What the event has selected. */
  readonly transitions?: readonly { readonly says: Transition }[] | undefined;
}

const BEGINNING: Step = { event: "xstate.init" };
const RESTORED: Step = { event: "restored" };

const NONE: ReadonlyMap<string, number> = new Map();

type CallLogic = SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>;
type ChartClock = ReturnType<typeof chartClock>;
/** Where a call is and what it knows. */
export type CallSnapshot = SteppedSnapshot<CallContext, CallEvent, CallEffect>;

/** The chart by tables, which say once what an event selects. */
const logic: CallLogic = new SteppedLogic(
  call,
  (actor, event, isTaken, transitions) => {
    if (actor instanceof CallActor) actor.selected(event, isTaken, transitions);
  },
  (actor, id, ms) => {
    if (actor instanceof CallActor) actor.delayed(id, ms);
  },
);

/** What XState restores an actor from. */
const persisted = ({ value, context }: SavedChart): Snapshot<unknown> =>
  ({ status: "active", output: undefined, error: undefined, value, context }) as Snapshot<unknown>;

/** How long a delay lasts as a whole, in milliseconds: what is left of it is no more, though the system's clock was set back. */
function wholeDelay(id: string, context: CallContext): number {
  const [, delay = 0] = DELAYS.find(([name]) => id.startsWith(`xstate.after.${name}.`)) ?? [];
  return typeof delay === "number" ? delay : delay({ context });
}
const DELAYS = Object.entries(call.implementations.delays) as readonly (readonly [
  name: string,
  delay: number | ((of: { readonly context: CallContext }) => number),
])[];

type From = { readonly input: CallInput } | { readonly snapshot: CallSnapshot } | { readonly saved: SavedChart };

export class CallActor extends Actor<CallLogic> {
  #delivery: Delivery | undefined;
  #step: Step | undefined;
  /** When each delay ends that runs. */
  #delays: ReadonlyMap<string, number> = NONE;
  readonly #now: () => number;
  /** What is told of the start, and the delays that run on from then. */
  readonly #start: Step | undefined;
  readonly #rearmed: SavedChart["delays"];

  /** An actor that is not started yet: of a call that begins, of one that goes on, or of one that another process has saved. */
  constructor(from: From, clock: ChartClock) {
    super(logic, {
      ...("saved" in from ? { snapshot: persisted(from.saved) } : (from as { input: CallInput })),
      clock,
    });
    this.#now = clock.now;
    this.#start = "input" in from ? BEGINNING : "saved" in from ? RESTORED : undefined;
    this.#rearmed = "saved" in from ? from.saved.delays : [];
  }

  save(): SavedChart {
    const { value, context } = this.getSnapshot();
    return { value, context, delays: Array.from(this.#delays, ([id, at]) => ({ id, at })) };
  }

  /** The step that is taken now, if one is. */
  get step(): Step | undefined {
    return this.#step;
  }

  override start(): this {
    this.#step = this.#start;
    super.start();
    // XState does not restore delays: what has fallen due meanwhile ends at once, and leaving the state cancels the others
    for (const { id, at } of this.#rearmed) {
      const left = Math.min(Math.max(0, at - this.#now()), wholeDelay(id, this.getSnapshot().context));
      this.delayed(id, left);
      this.system.scheduler.schedule(this, this, { type: id }, left, id);
    }
    return this;
  }

  /** A delay begins or ends. */
  delayed(id: string, ms: number | undefined): void {
    const delays = new Map(this.#delays);
    if (ms === undefined) delays.delete(id);
    else delays.set(id, this.#now() + ms);
    this.#delays = delays.size === 0 ? NONE : delays;
  }

  /** Gives whether the event was taken, or undefined when it comes after what is performed now. */
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

  /** An event has selected these transitions, and takes them next. */
  selected(event: CallEvent, isTaken: boolean, transitions: NonNullable<Step["transitions"]>): void {
    if (this.#delays.has(event.type)) this.delayed(event.type, undefined);
    this.#step = isTaken ? { event: event.type, told: event, transitions } : undefined;
    const delivery = this.#delivery;
    if (delivery?.event !== event || delivery.isTaken !== undefined) return;
    delivery.isTaken = isTaken;
    if (isTaken) delivery.accepted?.();
  }

  /** The step is over: its effects are performed, and the owner knows of it. */
  rest(): void {
    this.#step = undefined;
  }
}
