/**
 * A living call as its two sides see it: questions about the state and the context of its chart (live-chart.ts).
 *
 * Rule: once the call is over there is no snapshot, and every answer is that of a call with nothing in it.
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
  /** The chart as it stands; undefined once the call is over. */
  protected abstract get snapshot(): CallSnapshot | undefined;

  get over(): boolean {
    return this.snapshot === undefined;
  }

  /** The state as words ("outgoing.ringing"), for logs and refusals. */
  get state(): string {
    return this.snapshot ? stateWords(this.snapshot.value) : "ended";
  }

  /** Whether the chart is not at its end. */
  get active(): boolean {
    return this.snapshot?.status === "active";
  }

  get answered(): boolean {
    return this.snapshot?.configuration.tags.has("answered") ?? false;
  }

  /** Whether the phone has a dialog that outlives us: it is answered, or is to be hung up. */
  get hasDialog(): boolean {
    return this.answered || /^ending\.(?:hangingUp|leaving)$/.test(this.state);
  }

  /** All that the chart knows: another object where any of it has changed. */
  get known(): unknown {
    return this.snapshot?.context;
  }

  /** Whether nobody has answered yet. */
  get unanswered(): boolean {
    return this.snapshot?.configuration.tags.has("unanswered") ?? false;
  }

  /** Whether the user has left (or the call is over), so that Jingle knows no such session any more. */
  get userLeft(): boolean {
    return !this.active || (this.snapshot?.configuration.tags.has("ending") ?? true);
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

  get #context(): CallContext | undefined {
    return this.snapshot?.context;
  }
}

/** The value of a state as words: parents before children, the regions of a parallel state one after the other. */
export const stateWords = (value: StateValue): string => (typeof value === "string" ? value : wordsOf(value));

/** The values of a chart are the same few objects in all calls. */
const wordsOf = onceEach((value: Exclude<StateValue, string>): string => {
  const inner = Object.values(value).map((each) => (each === undefined ? "" : stateWords(each)));
  const names = Object.keys(value);
  return names.length === 1 ? `${names[0]}.${inner[0]}` : inner.join(".");
});
