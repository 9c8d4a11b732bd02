/**
 * What is known of a call, as plain JSON: what the list, the chart, the ladder and the exports show.
 *
 * Rules: states are the full names of leaf states, two where the chart is parallel; times are milliseconds; a message is whole,
 * with its secrets hidden, and stands at the step that it caused or that it came of.
 */

/** The four hues of a call: somebody is asked, it is up, one side has left, it is over. */
export type Phase = "asking" | "up" | "ending" | "over";

const PHASES: Readonly<Record<string, Phase>> = {
  starting: "asking",
  outgoing: "asking",
  incoming: "asking",
  accepting: "up",
  established: "up",
  ending: "ending",
};

/** The phase of a state of the call chart, by its name; states of other charts are of none, and read as over. */
export function phaseOf(state: string): Phase {
  const end = state.indexOf(".");
  return PHASES[end === -1 ? state : state.slice(0, end)] ?? "over";
}

/** What is known of why a call failed: all but the condition is for people. */
export interface Failure {
  /** The final SIP response that ended it. */
  readonly status?: number;
  readonly phrase?: string;
  /** Why, in words. */
  readonly reason?: string;
  /** The timer that ran out. */
  readonly timer?: string;
  /** What would help. */
  readonly advice?: string;
}

/** A row of the list of calls. */
export interface CallRow {
  /** Our tag in the phone's dialog: the one name that no other call has. */
  readonly id: string;
  /** Who calls whom: JIDs, as Jingle names them. */
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  readonly sid: string;
  readonly callId: string;
  /** The trunk that it goes by; none: the proxy. */
  readonly trunk?: string;
  /** Milliseconds since 1970. */
  readonly begun: number;
  readonly rang?: number;
  readonly answered?: number;
  readonly ended?: number;
  readonly state: readonly string[];
  readonly phase: Phase;
  /** The condition of the reason that it ended for (XEP-0166 §7.4). */
  readonly why?: string;
  /** Whether it ended for another reason than success or cancel. */
  readonly failed: boolean;
  readonly failure?: Failure;
}

/** One event, and what the chart made of it. */
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
  /** What the two sides were asked to say. */
  readonly effects: readonly string[];
  /** Why the chart did not take the event. */
  readonly refused?: string;
  /** The message that came, by its place in `messages`. */
  readonly came?: number;
  /** The messages that went out. */
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
  /** What it is, in a few words: `200 OK ·sdp`, `session-info (ringing)`. */
  readonly label: string;
  /** A request, an answer, or a refusal. */
  readonly kind: "ask" | "ok" | "bad";
  /** How often it was sent again. */
  readonly again: number;
  /** The step that it belongs to, by its place in `steps`. */
  readonly step: number;
  /** The whole message; a secret is `‹hidden 69e6›`, an equal one looks equal. */
  readonly text: string;
}

/** What the media relay has made of an SDP, its secrets hidden, or why it has not. */
export interface RelayView {
  /** Since the call began. */
  readonly at: number;
  readonly sdp?: string;
  readonly failed?: string;
  /** The place of the message that follows it. */
  readonly message: number;
}

/** The XMPP stream is lost, or is there again. */
export interface StreamView {
  /** Since the call began. */
  readonly at: number;
  readonly isUp: boolean;
  /** The step before it, by its place in `steps`. */
  readonly step: number;
}

/** A call with all that happened. */
export interface CallView extends CallRow {
  readonly steps: readonly StepView[];
  readonly messages: readonly MessageView[];
  readonly streams: readonly StreamView[];
  readonly relayed: readonly RelayView[];
  /** How much was left out, because the call had more than may be kept. */
  readonly dropped: number;
}
