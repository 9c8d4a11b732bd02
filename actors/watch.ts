/**
 * What actors report to an observer: calls, the events of their charts, and the bytes on both wires.
 *
 * Rules: without an observer a report costs one comparison; with one, it passes existing values, and nothing is written or copied for
 * it; an observer never throws and never answers. `journal/` implements this, `main.ts` connects the two; actors import neither
 * journal nor page.
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import type { Message } from "../protocol/sip/message.ts";

/** What a call is known by. */
export interface CallAbout {
  /** Our tag in the phone's dialog. */
  readonly id: string;
  readonly callId: string;
  readonly sid: string;
  /** The JID we speak from, and the user's bare JID. */
  readonly us: string;
  readonly them: string;
  /** Who calls whom, as Jingle names them. */
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  /** Of a call that goes on in another process: what was before, in milliseconds since 1970. */
  readonly before?: {
    readonly begun: number;
    readonly rang?: number | undefined;
    readonly answered?: number | undefined;
  };
  /** The trunk that it goes by; none: the proxy. */
  readonly trunk?: string | undefined;
}

/** A transition that was taken: XState's own definition, or one like it. */
export interface Transition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}

/** What the media relay has made of an SDP, or why it has not. */
export type Relayed = { readonly sdp: string } | { readonly failed: string };

/** One call is watched until its end. */
export interface CallWatch {
  /** The chart has taken an event, and is there now. */
  step(event: string, after: StateValue, transitions: readonly Transition[]): void;
  /** The chart has not taken an event; why, in words. */
  refused(event: string, why: string): void;
  /** A side is asked to say this. */
  effect(type: string): void;
  /** The media relay has made this of an SDP. */
  relay(made: Relayed): void;
  /** The call is over; nothing follows. `why` is the condition of its reason, `end` all that its record says. */
  ended(why: string, end: CallEnd): void;
}

/** How a call ends that the gateway ends by itself, whatever its chart is at; reported as an event that leads to its end. */
export type Abandonment =
  | "operator.hangs-up"
  | "gateway.stops"
  | "gateway.restarts"
  | "gateway.fails"
  | "call.lasts-too-long";

/** Who has ended a call. */
export type Party = "user" | "phone" | "gateway" | "operator";

/** How a call went and why it ended; instants in milliseconds since 1970. */
export interface CallEnd {
  readonly begun: number;
  readonly rang?: number | undefined;
  readonly answered?: number | undefined;
  readonly ended: number;
  /** Who has hung up or refused. */
  readonly by: Party;
  /** Whether one of the peers has said why it ended, or the gateway has found it by itself. */
  readonly origin: "local" | "remote";
  /** The final SIP response to the INVITE, or to what ended the call; none where no response was on the wire. */
  readonly status?: number | undefined;
  readonly phrase?: string | undefined;
  /** The condition of the Jingle reason (XEP-0166 §7.4). */
  readonly why: string;
  /** Why, in words. */
  readonly reason?: string | undefined;
  /** The timer that ran out: `Timer B`, or a delay of the chart. */
  readonly timer?: string | undefined;
  /** What would help. */
  readonly advice?: string | undefined;
}

/** A message that was refused before there was a call. */
interface RefusedCall {
  readonly wire: "sip" | "xmpp";
  readonly status: number | string;
  /** Why, in words. */
  readonly why?: string | undefined;
}

export interface Watch {
  /** A call begins; undefined when there is no room to watch it. */
  begun(about: CallAbout): CallWatch | undefined;
  /** A SIP message came or goes, retransmissions too; as it was read, where it came. */
  sip(out: boolean, bytes: Uint8Array, transport: string, host: string, port: number, message?: Message): void;
  /** A stanza came or goes; its text, where it is at hand. */
  xmpp(out: boolean, stanza: Element, text?: string): void;
  /** The XMPP stream is lost, or is there again. */
  stream(isUp: boolean): void;
  refusedCall(call: RefusedCall): void;
}
