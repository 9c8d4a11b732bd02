/**
 * The XState actor of one call, which returns for each event whether its chart takes it.
 *
 * Rules: an event is selected once (machines/stepper/); `accepted` runs between the selection and the effects. Nothing is kept
 * between two events, neither the event nor the step; an actor that waits for nothing but events can be let go, and another one
 * goes on from its snapshot (XState's persisting): the snapshot alone is a fifth of the actor.
 */
import { Actor } from "xstate";
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

/** What the chart is doing: from the selection until the owner has heard of the new state. */
export interface Step {
  readonly event: string;
  /** The event; none at the start. */
  readonly told?: CallEvent;
  /** What the event has selected. */
  readonly transitions?: readonly { readonly says: Transition }[] | undefined;
}

const BEGINNING: Step = { event: "xstate.init" };

type CallLogic = SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>;
type ChartClock = ReturnType<typeof chartClock>;
/** Where a call is and what it knows. */
export type CallSnapshot = SteppedSnapshot<CallContext, CallEvent, CallEffect>;

/** The chart by tables, which say once what an event selects. */
const logic: CallLogic = new SteppedLogic(call, (actor, event, isTaken, transitions) => {
  if (actor instanceof CallActor) actor.selected(event, isTaken, transitions);
});

export class CallActor extends Actor<CallLogic> {
  #delivery: Delivery | undefined;
  #step: Step | undefined;

  readonly #isNew: boolean;

  /** An actor that is not started yet: of a call that begins, or of one that goes on. */
  constructor(from: { readonly input: CallInput } | { readonly snapshot: CallSnapshot }, clock: ChartClock) {
    super(logic, { ...(from as { readonly input: CallInput }), clock });
    this.#isNew = "input" in from;
  }

  /** The step that is taken now, if one is. */
  get step(): Step | undefined {
    return this.#step;
  }

  override start(): this {
    if (this.#isNew) this.#step = BEGINNING;
    return super.start();
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
