/**
 * A live call as its two sides see it: queries about the state and the context of its chart (live-chart.ts).
 *
 * Rule: once the call is over there is no snapshot, and every query returns the value for an empty call.
 */
import type { StateValue } from "xstate";
import { agreed, type CallContext, type Consultation, lastMessages, own, remote } from "../machines/call/context.ts";
import type { UserEffect } from "../machines/call/vocabulary.ts";
import type { Media } from "../protocol/media/media.ts";
import type { Reason } from "../protocol/reasons.ts";
import { onceEach } from "../protocol/text.ts";
import type { CallSnapshot } from "./call-actor.ts";

const NOTHING: Media = { contents: [], groups: [] };

export abstract class CallView {
  /** The current snapshot of the chart; undefined once the call is over. */
  protected abstract get snapshot(): CallSnapshot | undefined;

  get over(): boolean {
    return this.snapshot === undefined;
  }

  /** The state's name ("outgoing.ringing"), for logs and refusals. */
  get state(): string {
    return this.snapshot ? stateWords(this.snapshot.value) : "ended";
  }

  /** Whether the chart has not ended. */
  get active(): boolean {
    return this.snapshot?.status === "active";
  }

  get answered(): boolean {
    return this.snapshot?.configuration.tags.has("answered") ?? false;
  }

  /** Whether the phone has a dialog that outlives us: it is answered, or must be hung up. */
  get hasDialog(): boolean {
    return this.answered || /^ending\.(?:hangingUp|leaving)$/.test(this.state);
  }

  /** The chart's context: a different object after every change. */
  get known(): unknown {
    return this.snapshot?.context;
  }

  /** Whether nobody has answered yet. */
  get unanswered(): boolean {
    return this.snapshot?.configuration.tags.has("unanswered") ?? false;
  }

  /** Whether the user has left (or the call is over), so that there is no Jingle session any more. */
  get userLeft(): boolean {
    return !this.active || (this.snapshot?.configuration.tags.has("ending") ?? true);
  }

  /** The reason for the end, as far as the chart knows. */
  get why(): Reason | null {
    return this.#context?.why ?? null;
  }

  /** Whether media go through a relay. */
  get relayed(): boolean {
    return this.#context?.relayed ?? false;
  }

  /** Whether a phone is the caller. */
  get isIncoming(): boolean {
    return this.#context?.direction === "incoming";
  }

  /** Whether a device of the user's that comes online is offered the call. */
  get waitsForDevices(): boolean {
    return this.isIncoming && this.unanswered && this.#context?.messages === "proposed";
  }

  /** The full JIDs in the call now. */
  get devices(): readonly string[] {
    return this.#context?.devices ?? [];
  }

  /** The offer to answer: the initiator's description, without later changes by the user. */
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

  /** The open consultation of the user about an offer of the phone's, if any. */
  get consultation(): Consultation | null {
    return this.#context?.consultation ?? null;
  }

  /** The phone's description including its open offer: its candidates are read against it. */
  get offered(): Media {
    return this.consultation?.offer ?? this.remote;
  }

  /** Whether either side has described a content with this name, even a refused one. */
  knows(name: string): boolean {
    const leftOut = this.#context?.leftOut ?? [];
    return [...this.local.contents, ...this.offered.contents, ...leftOut].some((content) => content.name === name);
  }

  /** The Jingle Messages to the user's devices at the end of the call. */
  lastMessages(reason: Reason): UserEffect[] {
    return this.#context ? lastMessages(this.#context, reason) : [];
  }

  get #context(): CallContext | undefined {
    return this.snapshot?.context;
  }
}

/** The name of a state value: parents before children, the regions of a parallel state one after the other. */
export const stateWords = (value: StateValue): string => (typeof value === "string" ? value : wordsOf(value));

/** State values are the same few objects in all calls. */
const wordsOf = onceEach((value: Exclude<StateValue, string>): string => {
  const inner = Object.values(value).map((each) => (each === undefined ? "" : stateWords(each)));
  const names = Object.keys(value);
  return names.length === 1 ? `${names[0]}.${inner[0]}` : inner.join(".");
});
