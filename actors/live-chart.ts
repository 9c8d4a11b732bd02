/**
 * The chart of one living call: an XState actor in a system of its own, which both sides of the call are handed.
 *
 * Rules: an event is selected once; a peer's message that the chart cannot take now is refused, never dropped; `accepted` runs
 * before any effect of an event; a fault, in the chart or in what `guard` and `after` run, goes to the owner, who ends the call.
 * Once stopped, it has no chart, and nothing of the call's context.
 */
import type { StateValue } from "xstate";
import {
  agreed,
  type CallContext,
  type CallInput,
  type Consultation,
  lastMessages,
  own,
  remote,
} from "../machines/call/context.ts";
import type { CallEffect, CallEvent, UserEffect } from "../machines/call/vocabulary.ts";
import type { Media } from "../protocol/media/media.ts";
import type { Reason } from "../protocol/reasons.ts";
import type { Refusal } from "../protocol/refusal.ts";
import { CallActor, type Step } from "./call-actor.ts";
import type { Clock, chartClock } from "./clock.ts";
import { notTaken } from "./not-taken.ts";
import type { CallEnd, CallWatch } from "./watch.ts";

/** The owner of a chart; `next`, `complete` and `error` are XState's words for what it observes. */
export interface ChartOwner {
  /** Does what the chart asks for. Never throws. */
  perform(effect: CallEffect): void;
  /** An event was taken. */
  next(): void;
  /** The chart has come to its end. */
  complete(): void;
  /** A fault of ours. */
  error(fault: unknown): void;
}

/** What the charts of all calls are timed by. */
export interface ChartTime {
  readonly clock: Clock;
  readonly chart: ReturnType<typeof chartClock>;
}

const NOTHING: Media = { contents: [], groups: [] };

export class LiveChart {
  /** Until the call is over. */
  #actor: CallActor | undefined;
  #owner: ChartOwner | undefined;
  /** Observer, if any (watch.ts), and the step that was last reported to it. */
  #watch: CallWatch | undefined;
  #told: Step | undefined;
  readonly #time: ChartTime;

  constructor(input: CallInput, time: ChartTime) {
    this.#time = time;
    this.#actor = new CallActor(input, time.chart);
  }

  /** From now on, and until the call is over, the observer is told what happens; undefined if nobody looks. */
  watchBy(watch: CallWatch | undefined): void {
    this.#watch = watch;
  }

  start(owner: ChartOwner): void {
    const actor = this.#actor;
    if (!actor) return;
    this.#owner = owner;
    actor.on("*", (effect) => {
      this.tell();
      this.#watch?.effect(effect.type);
      owner.perform(effect);
    });
    actor.subscribe(this);
    this.guard(() => actor.start());
  }

  /** The chart has a new state; XState's word, for the actor. */
  next(): void {
    const actor = this.#actor;
    this.tell();
    this.#owner?.next();
    if (this.active) actor?.rest();
  }

  /** The chart has come to its end; XState's word, for the actor. */
  complete(): void {
    this.#owner?.complete();
  }

  /** A fault in the chart; XState's word, for the actor. */
  error(fault: unknown): void {
    this.#fault(fault);
  }

  /** The step that is taken now, if one is. */
  get step(): Step | undefined {
    return this.#actor?.step;
  }

  /** Reports the step that is taken to the observer, if any: once, and before its effects. */
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

  /** Takes nothing any more, and lets go of the observer. */
  stop(end: CallEnd): void {
    const actor = this.#actor;
    this.tell();
    this.#watch?.ended(end.why, end);
    this.#watch = undefined;
    this.#actor = undefined;
    actor?.stop();
  }

  /**
   * Delivers now and returns the refusal, if any. An event that comes of an effect while that is performed (a BYE without a
   * dialog) is queued instead: it counts as accepted, and is ignored if it does not fit. No peer's message comes that way, since
   * effects write to the wires and read nothing.
   */
  deliver(event: CallEvent, accepted?: () => void): Refusal | undefined {
    const actor = this.#actor;
    if (!actor) return this.#notTaken(event);
    let isTaken: boolean | undefined;
    this.guard(() => {
      isTaken = actor.deliver(event, accepted);
    });
    return isTaken === false ? this.#refuse(event) : undefined;
  }

  /** Runs what the call does; a fault in it ends the call, and gives false. */
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

  /** Runs once after so many milliseconds, under the guard, unless it is cancelled by the function given back. */
  after(milliseconds: number, run: () => void): () => void {
    return this.#time.clock.after(milliseconds, () => void this.guard(run));
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#time.clock.now();
  }

  get over(): boolean {
    return this.#actor === undefined;
  }

  /** The state as words ("outgoing.ringing"), for logs and refusals. */
  get state(): string {
    return this.#actor ? stateWords(this.#actor.getSnapshot().value) : "ended";
  }

  /** Whether the chart is not at its end. */
  get active(): boolean {
    return this.#actor?.getSnapshot().status === "active";
  }

  get answered(): boolean {
    return this.#actor?.getSnapshot().configuration.tags.has("answered") ?? false;
  }

  /** Whether nobody has answered yet. */
  get unanswered(): boolean {
    return this.#actor?.getSnapshot().configuration.tags.has("unanswered") ?? false;
  }

  /** Whether the user has left (or the call is over), so that Jingle knows no such session any more. */
  get userLeft(): boolean {
    return !this.active || (this.#actor?.getSnapshot().configuration.tags.has("ending") ?? true);
  }

  /** Why the call has ended, as far as the chart knows. */
  get why(): Reason | null {
    return this.#context?.why ?? null;
  }

  /** Whether the media go by a relay. */
  get relayed(): boolean {
    return this.#context?.relayed ?? false;
  }

  /** Whether a phone has placed the call. */
  get isIncoming(): boolean {
    return this.#context?.direction === "incoming";
  }

  /** Whether a device of the user's that comes online is to be offered the call. */
  get waitsForDevices(): boolean {
    return this.isIncoming && this.unanswered && this.#context?.messages === "proposed";
  }

  /** The full JIDs that are party to the call now. */
  get devices(): readonly string[] {
    return this.#context?.devices ?? [];
  }

  /** What the responder answers: the initiator's description, without what the user has changed since. */
  get offer(): Media {
    const context = this.#context;
    if (!context) return NOTHING;
    return this.isIncoming ? remote(context) : agreed(context);
  }

  /** The user's description. */
  get local(): Media {
    return this.#context ? own(this.#context) : NOTHING;
  }

  /** The phone's description (the offer, until there is an answer). */
  get remote(): Media {
    return this.#context ? remote(this.#context) : NOTHING;
  }

  /** What the user is asked about an offer of the phone's, while it waits. */
  get consultation(): Consultation | null {
    return this.#context?.consultation ?? null;
  }

  /** The phone's description with what it offers just now: its candidates are read by it. */
  get offered(): Media {
    return this.consultation?.offer ?? this.remote;
  }

  /** Whether either side has described a content of this name, be it refused. */
  knows(name: string): boolean {
    const leftOut = this.#context?.leftOut ?? [];
    return [...this.local.contents, ...this.offered.contents, ...leftOut].some((content) => content.name === name);
  }

  /** What the user's devices hear by message when the call ends. */
  lastMessages(reason: Reason): UserEffect[] {
    return this.#context ? lastMessages(this.#context, reason) : [];
  }

  #refuse(event: CallEvent): Refusal {
    const refusal = this.#notTaken(event);
    // an answer of a client's that is no news is nothing that anybody was refused
    if (event.type !== "jingle.acknowledged") this.#watch?.refused(event.type, refusal.message);
    return refusal;
  }

  get #context(): CallContext | undefined {
    return this.#actor?.getSnapshot().context;
  }

  #notTaken(event: CallEvent): Refusal {
    return notTaken(event, { context: this.#context, userLeft: this.userLeft, state: this.state });
  }
}

/** The value of a state as words: parents before children, the regions of a parallel state one after the other. */
export function stateWords(value: StateValue): string {
  if (typeof value === "string") return value;
  const inner = Object.values(value).map((each) => (each === undefined ? "" : stateWords(each)));
  const names = Object.keys(value);
  return names.length === 1 ? `${names[0]}.${inner[0]}` : inner.join(".");
}
