/**
 * Hands events to the actor of a call, and says of each whether the chart takes it.
 *
 * Rules: an event is selected once (machines/stepper/); `accepted` runs between the selection and the effects.
 */
import { type Actor, createActor } from "xstate";
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

/** What is delivered now, and the step that is taken: charts tell their owners before the next one. */
let delivery: Delivery | undefined;
let step: Step = { event: "" };

export interface Step {
  readonly event: string;
  /** The event; none at the start. */
  readonly told?: CallEvent;
  /** What the event has selected. */
  readonly transitions?: readonly { readonly says: Transition }[];
}

/** The chart by tables, which say once what an event selects. */
const logic = new SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>(call, (event, isTaken, transitions) => {
  step = { event: event.type, told: event, transitions };
  if (delivery?.event !== event || delivery.isTaken !== undefined) return;
  delivery.isTaken = isTaken;
  if (isTaken) delivery.accepted?.();
});

export type CallActor = Actor<typeof logic>;

/** An actor of the chart, not started yet. */
export const callActor = (input: CallInput, clock: ReturnType<typeof chartClock>): CallActor =>
  createActor(logic, { input, clock });

/** Starts an actor. */
export function start(actor: CallActor): void {
  const before = step;
  step = { event: "xstate.init" };
  try {
    actor.start();
  } finally {
    step = before;
  }
}

/** Sends the event; gives whether it was taken, or undefined when it comes after what is performed now. */
export function send(actor: CallActor, event: CallEvent, accepted?: () => void): boolean | undefined {
  const mine: Delivery = { event, accepted, isTaken: undefined };
  const before = { delivery, step };
  delivery = mine;
  try {
    actor.send(event);
  } finally {
    ({ delivery, step } = before);
  }
  if (mine.isTaken === undefined) accepted?.();
  return mine.isTaken;
}

/** The step that is taken now. */
export const stepNow = (): Step => step;
