/**
 * One living call: its chart as an XState actor in a system of its own, with a side to the phone and a side to the user.
 *
 * Rules: what the chart cannot take now is refused, never dropped; effects go to the side that speaks them; a call that
 * throws, wherever it does (guard.ts), ends alone, with a 500 or BYE to the phone and general-error to the user, and
 * everybody else goes on.
 */
import { type Actor, createActor, type StateValue } from "xstate";
import { call as chart } from "../../machines/call/call.ts";
import { hasRoom } from "../../machines/call/changes.ts";
import {
  agreed,
  type CallInput,
  type Consultation,
  lastMessages,
  newContext,
  own,
  remote,
} from "../../machines/call/context.ts";
import type { CallEffect, CallEvent, PhoneEffect, UserEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import type { Request } from "../../protocol/sip/message.ts";
import type { chartClock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Phone } from "../phone/phone.ts";
import type { ServerTransaction } from "../sip/user.ts";
import type { User } from "./user.ts";

export interface CallNeeds {
  readonly clock: ReturnType<typeof chartClock>;
  readonly log: Log;
  /** Told once, when nothing more will be said. */
  readonly ended: (call: Call) => void;
}

/** What is known of a call that is over. Its chart is let go of, since transactions remember the call for another 32 seconds. */
const ended = chart.resolveState({
  value: "ended",
  context: newContext({
    ...{ direction: "outgoing", offer: { contents: [], groups: [] }, devices: [], isOnline: false, messages: "none" },
    ...{ peerTrickles: false, profile: "deployed", retryAudioOnly: false, ringTimeout: 0, gatherTimeout: 0 },
    ...{ renegotiateTimeout: 0, jmiTimeout: 0 },
  }),
});

export class Call {
  readonly phone: Phone;
  readonly user: User;
  /** Until the call is over. */
  #actor: Actor<typeof chart> | undefined;
  readonly #log: Log;
  readonly #ended: (call: Call) => void;
  #logged = "";
  /** What the log tells of an end that comes as a final response, or as an error of the user's server: of this step alone. */
  #ending: { status?: number; phrase?: string; condition?: string } = {};
  #watched = false;

  constructor(input: CallInput, sides: { phone: Phone; user: User }, needs: CallNeeds) {
    this.phone = sides.phone;
    this.user = sides.user;
    this.#log = needs.log;
    this.#ended = needs.ended;
    this.#actor = createActor(chart, { input, clock: needs.clock });
    this.#actor.on("*", (effect) => this.#perform(effect));
    this.#actor.subscribe({
      next: () => this.#entered(),
      complete: () => {
        const why = this.#snapshot.output?.why?.condition;
        this.#finish(why ?? this.#ending.condition ?? "success");
      },
      error: (error) => this.#fail(error),
    });
  }

  /** A line for each new state; events that leave the call where it is say nothing, the end is told by `call.ended`. */
  #entered(): void {
    const { state } = this;
    if (this.#snapshot.status !== "active") return;
    if (state !== this.#logged) this.#log({ level: "info", event: "call.state", state });
    this.#logged = state;
    this.#ending = {};
    if (!this.#watched && this.#snapshot.hasTag("answered")) {
      this.#watched = true;
      this.user.watch();
    }
  }

  get #over(): boolean {
    return this.#actor === undefined;
  }

  get #snapshot() {
    return this.#actor?.getSnapshot() ?? ended;
  }

  start(): void {
    this.guard(() => this.#actor?.start());
  }

  /** The state as words ("outgoing.ringing"), for logs and refusals. */
  get state(): string {
    return stateWords(this.#snapshot.value);
  }

  /** What the responder answers: the initiator's description, without what the user has changed since. */
  get offer(): Media {
    return this.isIncoming ? this.remote : agreed(this.#snapshot.context);
  }

  /** The user's description, and the phone's (the offer, until there is an answer). */
  get local(): Media {
    return own(this.#snapshot.context);
  }

  get remote(): Media {
    return remote(this.#snapshot.context);
  }

  /** The phone's description with what it offers just now: its candidates are read by it. */
  get heard(): Media {
    return this.consultation?.offer ?? this.remote;
  }

  /** Whether either side has described a content of this name, be it refused. */
  knows(name: string): boolean {
    const { leftOut } = this.#snapshot.context;
    return [...this.local.contents, ...this.heard.contents, ...leftOut].some((content) => content.name === name);
  }

  /** What the user is asked about an offer of the phone's, while it waits. */
  get consultation(): Consultation | null {
    return this.#snapshot.context.consultation;
  }

  /** The full JIDs that are party to the call now. */
  get devices(): readonly string[] {
    return this.#snapshot.context.devices;
  }

  /** Whether a phone has placed the call. */
  get isIncoming(): boolean {
    return this.#snapshot.context.direction === "incoming";
  }

  /** Whether nobody has answered yet. */
  get unanswered(): boolean {
    return this.#snapshot.hasTag("unanswered");
  }

  /** Whether the user has left (or the call is over), so that Jingle knows no such session any more. */
  get userLeft(): boolean {
    const snapshot = this.#snapshot;
    return snapshot.hasTag("ending") || snapshot.status !== "active";
  }

  /**
   * Hands the event to the chart, or says why the call cannot take it now. `accepted` runs before any effect of it, so
   * that an answer which is due at once goes out first.
   */
  deliver(event: CallEvent, accepted?: () => void): Refusal | undefined {
    const snapshot = this.#snapshot;
    if (this.#over || !snapshot.can(event)) return this.#outOfOrder(event);
    accepted?.();
    if (event.type === "sip.invite.failure") this.#ending = { status: event.status, phrase: event.phrase };
    if ("condition" in event) this.#ending = { condition: event.condition };
    this.guard(() => this.#actor?.send(event));
    return undefined;
  }

  /** Ends the call from our side, whatever the chart is at: both sides are told, once. */
  abandon(reason: Reason): void {
    if (this.#over) return;
    const { devices, userLeft } = this;
    const { context } = this.#snapshot;
    this.#finish(reason.condition);
    this.#last(() => {
      this.phone.abandon(reason);
      if (!userLeft) this.user.perform({ type: "jingle.send.session-terminate", to: devices, reason });
      for (const effect of lastMessages(context, reason)) this.user.perform(effect);
    });
  }

  /** A device of the user came online while a proposal waits for one: it is offered the call, as if it had asked. */
  available(device: string): void {
    const waits = this.isIncoming && this.unanswered && this.#snapshot.context.messages === "proposed";
    if (waits && !this.devices.includes(device)) this.deliver({ type: "jingle.existing-session-initiate", device });
  }

  /** A device of the user went offline: while ringing it is out at once, later it is asked (XEP-0166 §6.7). */
  unavailable(device: string): void {
    if (!this.devices.includes(device)) return;
    const condition = "recipient-unavailable";
    if (this.isIncoming && this.unanswered) this.deliver({ type: "jingle.refused", device, condition });
    else if (!this.userLeft) this.user.unavailable(device);
  }

  #outOfOrder(event: CallEvent): Refusal {
    const text = `${event.type} does not fit a call that is ${this.state}`;
    // XEP-0166 §7.2.16: both sides want the same, and we speak for the initiator
    if (event.type === "jingle.content-add" && this.consultation)
      return new Refusal(text, { status: 500 }, { condition: "conflict", type: "cancel", detail: "tie-break" });
    if (!this.userLeft && this.#isFull(event))
      return new Refusal(
        "too many changes wait for the phone",
        { status: 500 },
        { condition: "resource-constraint", type: "wait" },
      );
    const jingle = this.userLeft
      ? ({ condition: "item-not-found", type: "cancel", detail: "unknown-session" } as const)
      : ({ condition: "unexpected-request", type: "wait", detail: "out-of-order" } as const);
    return new Refusal(text, { status: this.#over ? 481 : 500 }, jingle);
  }

  /** Whether a change is refused because no more can wait, or be kept. */
  #isFull(event: CallEvent): boolean {
    const { pendingOffers } = this.#snapshot.context;
    return !hasRoom(pendingOffers, this.local, event.type === "jingle.source" ? event.sources : []);
  }

  #perform(effect: CallEffect): void {
    if (effect.type === "sip.send.failure") this.#ending.status = effect.failure.status;
    this.guard(() => {
      if (effect.type.startsWith("sip.")) this.phone.perform(effect as PhoneEffect);
      else this.user.perform(effect as UserEffect);
    });
  }

  /** A request inside one of the phone's dialogs. */
  request(request: Request, transaction: ServerTransaction): void {
    if (!this.guard(() => this.phone.request(request, transaction))) transaction.respond(responseTo(request, 500));
  }

  /** Runs what this call does; a fault in it ends the call, and gives false. */
  guard(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** A fault of ours: this call ends and nobody else notices. */
  #fail(error: unknown): void {
    if (this.#over) return this.#log({ level: "error", event: "call.fault", error: String(error) });
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#log({ level: "error", event: "call.failed", state: this.state, error: text });
    this.abandon({ condition: "general-error", text: "the gateway failed" });
  }

  /** What is done when the call is over already: a fault in it can only be logged. */
  #last(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log({ level: "error", event: "call.abandoned", error: String(error) });
    }
  }

  #finish(why: string): void {
    const actor = this.#actor;
    if (!actor) return;
    this.#actor = undefined;
    actor.stop();
    this.#last(() => {
      this.phone.stop();
      this.user.stop();
    });
    const { status, phrase } = this.#ending;
    this.#log({ level: "info", event: "call.ended", why, status, phrase, state: this.#logged });
    this.#ended(this);
  }
}

/** The value of a state as words: parents before children, the regions of a parallel state one after the other. */
export function stateWords(value: StateValue): string {
  if (typeof value === "string") return value;
  const inner = Object.values(value).map((each) => (each === undefined ? "" : stateWords(each)));
  const names = Object.keys(value);
  return names.length === 1 ? `${names[0]}.${inner[0]}` : inner.join(".");
}
