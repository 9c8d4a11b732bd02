/**
 * The chart of one live call: an XState actor in a system of its own, shared by both sides of the call.
 *
 * Rules: an event is selected once; a peer's message that the chart cannot accept now is refused, never dropped; `accepted` runs
 * before any effect of an event; a fault, in the chart or in code run by `guard` and `after`, goes to the owner, who ends the call.
 * Once stopped, it holds no chart and no context. A chart without running delays rests after a while (chart-time.ts):
 * only its snapshot is stored, and the next event recreates its actor. call-view.ts answers queries about the call.
 */
import type { CallInput } from "../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../machines/call/vocabulary.ts";
import type { Refusal } from "../protocol/refusal.ts";
import { CallActor, type CallSnapshot, type SavedChart, type Step } from "./call-actor.ts";
import { CallView } from "./call-view.ts";
import type { ChartTime, Waiting } from "./chart-time.ts";
import { notTaken } from "./not-taken.ts";
import type { Abandonment, CallEnd, CallWatch, Relayed } from "./watch.ts";

/** The owner of a chart; `next`, `complete` and `error` are XState's names of observer callbacks. */
export interface ChartOwner {
  /** Performs an effect of the chart. Never throws. */
  perform(effect: CallEffect): void;
  /** An event was accepted. */
  next(): void;
  /** Saved state outside the chart has changed. */
  changed(): void;
  /** The chart has ended. */
  complete(): void;
  /** A fault of ours. */
  error(fault: unknown): void;
}

/** Milliseconds without an event after which a call rests: what follows an answer (ACK, candidates) has come by then. */
const QUIET = 2_000;

export class LiveChart extends CallView implements Waiting {
  /** Undefined while the call rests, and once it is over. */
  #actor: CallActor | undefined;
  /** The snapshot of a resting call. */
  #rested: CallSnapshot | undefined;
  /** The time at which it rests, for ChartTime. */
  deadline = Number.POSITIVE_INFINITY;
  place = -1;
  #owner: ChartOwner | undefined;
  /** Observer, if any (watch.ts), and the last step reported to it. */
  #watch: CallWatch | undefined;
  #told: Step | undefined;
  /** Also times the other long waits of the call. */
  readonly time: ChartTime;
  /** Messages to send once the call is saved. */
  #held: (() => void)[] | undefined;
  /** The number of unconfirmed notifications of the end, and the callback once all are confirmed. */
  #owed = 0;
  #paid: (() => void) | undefined;

  /** `saved` is the state to continue from, unless the call is new. */
  constructor(input: CallInput, time: ChartTime, saved?: SavedChart) {
    super();
    this.time = time;
    this.#actor = new CallActor(saved ? { saved } : { input }, time.chart);
  }

  /** The state for another process; undefined once the call is over. */
  save(): SavedChart | undefined {
    const { snapshot } = this;
    if (snapshot?.status !== "active") return undefined;
    return this.#actor?.save() ?? { value: snapshot.value, context: snapshot.context, delays: [] };
  }

  /** Holds back all messages of this call until it is saved. */
  hold(): void {
    this.#held ??= [];
  }

  /** Sends now, or once the call is saved. */
  say(run: () => void): void {
    if (this.#held) this.#held.push(run);
    else run();
  }

  /** Sends the messages held back, in order. */
  release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const run of held ?? []) this.guard(run);
  }

  /** Registers a notification of the end that may be confirmed after the call is over; call the returned function once, to confirm it. */
  owes(): () => void {
    this.#owed++;
    return () => {
      this.#owed--;
      this.#settleUp();
    };
  }

  /** Runs `run` once all notifications of the end are confirmed, possibly at once. */
  whenPaid(run: () => void): void {
    this.#paid = run;
    this.#settleUp();
  }

  #settleUp(): void {
    if (this.#owed > 0) return;
    this.#paid?.();
    this.#paid = undefined;
  }

  /** Saved state of a side has changed: the call is saved again. */
  changed(): void {
    this.#owner?.changed();
  }

  /** Reports to this observer until the call is over; undefined for none. */
  watchBy(watch: CallWatch | undefined): void {
    this.#watch = watch;
  }

  start(owner: ChartOwner): void {
    const actor = this.#actor;
    if (!actor) return;
    this.#owner = owner;
    this.#observe(actor);
    this.guard(() => actor.start());
  }

  #observe(actor: CallActor): void {
    actor.on("*", (effect) => {
      this.tell();
      this.#watch?.effect(effect.type);
      this.#owner?.perform(effect);
    });
    actor.subscribe(this);
  }

  /** The chart has a new state; XState's observer callback. */
  next(): void {
    const actor = this.#actor;
    this.tell();
    this.#owner?.next();
    if (!this.active) return;
    actor?.rest();
    this.#told = undefined;
    if (this.snapshot?.configuration.isTimed) this.time.forget(this);
    else this.time.waitAtLeast(this, QUIET);
  }

  /** The call rests: nothing has happened for a while, and no delay runs. */
  due(): void {
    this.#rested = this.#actor?.getSnapshot();
    this.#actor = undefined;
  }

  /** The actor, recreated if the call rests; undefined once it is over. */
  #awake(): CallActor | undefined {
    const snapshot = this.#rested;
    if (snapshot === undefined) return this.#actor;
    const actor = new CallActor({ snapshot }, this.time.chart).start();
    this.#observe(actor);
    this.#actor = actor;
    this.#rested = undefined;
    return actor;
  }

  /** The chart has ended; XState's observer callback. */
  complete(): void {
    this.#owner?.complete();
  }

  /** A fault in the chart, or in what the call does; XState's observer callback. */
  error(fault: unknown): void {
    this.#fault(fault);
  }

  /** The current step, if any. */
  get step(): Step | undefined {
    return this.#actor?.step;
  }

  /** Reports the current step to the observer, if any: once, and before its effects. */
  tell(): void {
    const { step } = this;
    if (this.#watch === undefined || this.#actor === undefined || step === undefined || this.#told === step) return;
    this.#told = step;
    this.#watch.step(
      step.event,
      this.#actor.getSnapshot().value,
      (step.transitions ?? []).map(({ says }) => says),
    );
  }

  /** The call's media relay has answered. */
  madeByRelay(made: Relayed): void {
    this.#watch?.relay(made);
  }

  /** The call is ended from outside the chart: reported as a step to its end. */
  abandoned(event: Abandonment): void {
    this.tell();
    this.#watch?.step(event, "ended", []);
  }

  /** Stops the chart and releases the observer. */
  stop(end: CallEnd): void {
    this.release();
    const actor = this.#actor;
    this.tell();
    this.#watch?.ended(end.why, end);
    this.#watch = undefined;
    this.#actor = undefined;
    this.#rested = undefined;
    this.time.forget(this);
    actor?.stop();
  }

  /**
   * Delivers now and returns the refusal, if any. An event caused by an effect while that is performed (a BYE without a
   * dialog) is queued instead: it counts as accepted, and is ignored if it does not fit. No peer's message comes that way, since
   * effects write to the wires and read nothing.
   */
  deliver(event: CallEvent, accepted?: () => void): Refusal | undefined {
    const actor = this.#awake();
    if (!actor) return this.#notTaken(event);
    try {
      return actor.deliver(event, accepted) === false ? this.#refuse(event) : undefined;
    } catch (fault) {
      this.#fault(fault);
      return undefined;
    }
  }

  /** Runs code of the call; a fault in it ends the call, and returns false. */
  guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (fault) {
      this.#fault(fault);
      return false;
    }
  }

  #fault(fault: unknown): void {
    if (!this.#owner) throw fault;
    this.#owner.error(fault);
  }

  /** Runs once after this many milliseconds, under the guard, unless the returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void {
    return this.time.clock.after(milliseconds, () => void this.guard(run));
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.time.clock.now();
  }

  #refuse(event: CallEvent): Refusal {
    const refusal = this.#notTaken(event);
    // a client's result without consequences is not a refused message
    if (event.type !== "jingle.acknowledged") this.#watch?.refused(event.type, refusal.message);
    return refusal;
  }

  protected get snapshot(): CallSnapshot | undefined {
    return this.#rested ?? this.#actor?.getSnapshot();
  }

  #notTaken(event: CallEvent): Refusal {
    return notTaken(event, { context: this.snapshot?.context, userLeft: this.userLeft, state: this.state });
  }
}
