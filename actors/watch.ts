/**
 * What actors report to an observer: calls, the events of their charts, and the bytes on both wires.
 *
 * Rules: without an observer a report costs one comparison; with one, existing values are passed, and nothing is written or copied for
 * it; an observer never throws and never answers. `journal/` implements this, `main.ts` connects the two; actors import neither
 * journal nor page.
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import type { Message } from "../protocol/sip/message.ts";

/** The identification of a call. */
export interface CallAbout {
  /** Our tag in the phone's dialog. */
  readonly id: string;
  readonly callId: string;
  readonly sid: string;
  /** The JID we send from, and the user's bare JID. */
  readonly us: string;
  readonly them: string;
  /** Caller and callee, as in Jingle. */
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  /** Of a call continued from another process: its earlier instants, in milliseconds since 1970. */
  readonly before?: {
    readonly begun: number;
    readonly rang?: number | undefined;
    readonly answered?: number | undefined;
  };
  /** The trunk of the call; undefined: the proxy. */
  readonly trunk?: string | undefined;
}

/** An executed transition: XState's own definition, or an equivalent. */
export interface Transition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}

/** The SDP rewritten by the media relay, or why it failed. */
export type Relayed = { readonly sdp: string } | { readonly failed: string };

/** Reports about one call until its end. */
export interface CallWatch {
  /** The chart has accepted an event, and is in this state now. */
  step(event: string, after: StateValue, transitions: readonly Transition[]): void;
  /** The chart has refused an event; `why` in words. */
  refused(event: string, why: string): void;
  /** A side performs this effect. */
  effect(type: string): void;
  /** The media relay has rewritten an SDP, or failed to. */
  relay(made: Relayed): void;
  /** The call is over; nothing follows. `why` is the condition of its reason, `end` its whole record. */
  ended(why: string, end: CallEnd): void;
}

/** How the gateway itself ends a call, in any state of its chart; reported as an event that leads to the end. */
export type Abandonment =
  | "operator.hangs-up"
  | "gateway.stops"
  | "gateway.restarts"
  | "gateway.fails"
  | "call.lasts-too-long";

/** Who ended a call. */
export type Party = "user" | "phone" | "gateway" | "operator";

/** The course of a call and why it ended; instants in milliseconds since 1970. */
export interface CallEnd {
  readonly begun: number;
  readonly rang?: number | undefined;
  readonly answered?: number | undefined;
  readonly ended: number;
  /** Who hung up or refused. */
  readonly by: Party;
  /** Whether a peer sent the reason for the end, or the gateway detected it. */
  readonly origin: "local" | "remote";
  /** The final SIP response to the INVITE, or to the request that ended the call; undefined if no response was on the wire. */
  readonly status?: number | undefined;
  readonly phrase?: string | undefined;
  /** The condition of the Jingle reason (XEP-0166 §7.4). */
  readonly why: string;
  /** Why, in words. */
  readonly reason?: string | undefined;
  /** The timer that fired: `Timer B`, or a delay of the chart. */
  readonly timer?: string | undefined;
  /** Advice for the operator. */
  readonly advice?: string | undefined;
}

/** A message refused before there was a call. */
interface RefusedCall {
  readonly wire: "sip" | "xmpp";
  readonly status: number | string;
  /** Why, in words. */
  readonly why?: string | undefined;
}

export interface Watch {
  /** A call starts; undefined if there is no room to watch it. */
  begun(about: CallAbout): CallWatch | undefined;
  /** A SIP message was received or sent, including retransmissions; `message` as read, if it was received. */
  sip(out: boolean, bytes: Uint8Array, transport: string, host: string, port: number, message?: Message): void;
  /** A stanza was received or sent; its text, if available. */
  xmpp(out: boolean, stanza: Element, text?: string): void;
  /** The XMPP stream is lost, or up again. */
  stream(isUp: boolean): void;
  refusedCall(call: RefusedCall): void;
}
