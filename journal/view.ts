/**
 * A call as plain JSON, as shown by the list, the chart, the ladder and the exports.
 *
 * Rules: states are the full names of leaf states, two if the chart is parallel; times are milliseconds; a message has its full
 * text, with its secrets hidden, and belongs to the step that it caused or resulted from.
 */

/** The four colours of a call: an answer is awaited, it is established, one side has left, it has ended. */
export type Phase = "asking" | "up" | "ending" | "over";

const PHASES: Readonly<Record<string, Phase>> = {
  starting: "asking",
  outgoing: "asking",
  incoming: "asking",
  accepting: "up",
  established: "up",
  ending: "ending",
};

/** The phase of a state of the call chart, by its name; states of other charts count as over. */
export function phaseOf(state: string): Phase {
  const end = state.indexOf(".");
  return PHASES[end === -1 ? state : state.slice(0, end)] ?? "over";
}

/** Why a call failed: everything except the condition is for people. */
export interface Failure {
  /** The final SIP response that ended it. */
  readonly status?: number;
  readonly phrase?: string;
  /** The reason, in words. */
  readonly reason?: string;
  /** The timer that expired. */
  readonly timer?: string;
  /** The remedy. */
  readonly advice?: string;
}

/** A row of the list of calls. */
export interface CallRow {
  /** Our tag in the phone's dialog: the only identifier that is unique. */
  readonly id: string;
  /** Caller and callee: JIDs, as in Jingle. */
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  readonly sid: string;
  readonly callId: string;
  /** The trunk it uses; missing: the proxy. */
  readonly trunk?: string;
  /** Milliseconds since 1970. */
  readonly begun: number;
  readonly rang?: number;
  readonly answered?: number;
  readonly ended?: number;
  readonly state: readonly string[];
  readonly phase: Phase;
  /** The condition of its reason (XEP-0166 §7.4). */
  readonly why?: string;
  /** Whether it ended for another reason than success or cancel. */
  readonly failed: boolean;
  readonly failure?: Failure;
}

/** One event, and the chart's reaction. */
export interface StepView {
  /** 1, 2, …: the number on the scrubber and on the states. */
  readonly n: number;
  /** Since the call began. */
  readonly at: number;
  /** The event, `after <delay>`, or `begins`. */
  readonly event: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The condition that decided, in the chart's words. */
  readonly guard?: string;
  /** The chart's actions. */
  readonly actions: readonly string[];
  /** The effects emitted for the two sides. */
  readonly effects: readonly string[];
  /** Why the chart did not accept the event. */
  readonly refused?: string;
  /** The received message, by its index in `messages`. */
  readonly came?: number;
  /** The sent messages, by their indexes. */
  readonly said: readonly number[];
}

/** One message on either wire. */
export interface MessageView {
  readonly n: number;
  /** Since the call began. */
  readonly at: number;
  readonly wire: "sip" | "xmpp";
  readonly out: boolean;
  /** Transport and address of the other side: `udp 192.0.2.2:5060`, or `xmpp`. */
  readonly peer: string;
  /** Its label: `200 OK ·sdp`, `session-info (ringing)`. */
  readonly label: string;
  /** A request, an answer, or a refusal. */
  readonly kind: "ask" | "ok" | "bad";
  /** How often it was repeated. */
  readonly again: number;
  /** The step it belongs to, by its index in `steps`. */
  readonly step: number;
  /** The full text; a secret is `‹hidden 69e6›`, equal ones look equal. */
  readonly text: string;
}

/** The SDP that the media relay returned, its secrets hidden, or why it failed. */
export interface RelayView {
  /** Since the call began. */
  readonly at: number;
  readonly sdp?: string;
  readonly failed?: string;
  /** The index of the message that follows it. */
  readonly message: number;
}

/** The XMPP stream is lost or restored. */
export interface StreamView {
  /** Since the call began. */
  readonly at: number;
  readonly isUp: boolean;
  /** The step before it, by its index in `steps`. */
  readonly step: number;
}

/** A call with its whole history. */
export interface CallView extends CallRow {
  readonly steps: readonly StepView[];
  readonly messages: readonly MessageView[];
  readonly streams: readonly StreamView[];
  readonly relayed: readonly RelayView[];
  /** Number of entries discarded because the call had too many. */
  readonly dropped: number;
}
