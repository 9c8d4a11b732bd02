/**
 * The XState actor of one call, which returns for each event whether its chart takes it.
 *
 * Rules: an event is selected once (machines/stepper/); `accepted` runs between the selection and the effects. Nothing is kept
 * between two events, neither the event nor the step.
 */
import { Actor } from "xstate";
import { call } from "../machines/call/call.ts";
import type { CallContext, CallInput } from "../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../machines/call/vocabulary.ts";
import { SteppedLogic } from "../machines/stepper/logic.ts";
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

/** The chart by tables, which say once what an event selects. */
const logic: CallLogic = new SteppedLogic(call, (actor, event, isTaken, transitions) => {
  if (actor instanceof CallActor) actor.selected(event, isTaken, transitions);
});

export class CallActor extends Actor<CallLogic> {
  #delivery: Delivery | undefined;
  #step: Step | undefined;

  /** An actor that is not started yet. */
  constructor(input: CallInput, clock: ReturnType<typeof chartClock>) {
    super(logic, { input, clock });
  }

  /** The step that is taken now, if one is. */
  get step(): Step | undefined {
    return this.#step;
  }

  override start(): this {
    this.#step = BEGINNING;
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
