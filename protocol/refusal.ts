/**
 * A refusal: a fault in a peer's message, and how to answer it in SIP and in Jingle.
 *
 * Readers throw nothing else; the caller answers with its SIP or its Jingle part. RFC 3261 §21.4 (status), §20.43 (Warning) ·
 * XEP-0166 §7.4 (reasons), RFC 6120 §8.3 (stanza errors)
 */

/** The SIP side of a refusal: a final status and, if the RFC has one, a Warning code (RFC 3261 §20.43). */
export interface SipFace {
  readonly status: number;
  readonly warning?: number;
}

/** The Jingle side: a stanza error for the IQ, or a reason that ends the new session. */
export interface JingleFace {
  readonly condition?: string;
  readonly type?: "cancel" | "modify" | "wait" | "auth";
  /** Application-specific condition in `urn:xmpp:jingle:errors:1`. */
  readonly detail?: string;
  /** A XEP-0166 §7.4 reason: the IQ is acknowledged, and the session is terminated with this reason. */
  readonly reason?: string;
}

/** Why a peer's message is refused, in words, and its equivalents in SIP and in Jingle. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly sip: SipFace;
  readonly jingle: JingleFace;

  constructor(text: string, sip: SipFace, jingle: JingleFace = { condition: "bad-request", type: "modify" }) {
    super(text);
    this.sip = sip;
    this.jingle = jingle;
  }
}

/** What cannot be read: 400 to a phone, bad-request to a user (XEP-0166 §7.2). */
export const unreadable = (text: string): Refusal => new Refusal(text, { status: 400 });

/** Jingle that can be read but not mapped: 488 to a phone; the session ends with this reason. */
export const unmappable = (text: string, reason: string): Refusal => new Refusal(text, { status: 488 }, { reason });

/** The result of a reader, or its refusal as a value; any other error is a fault of ours and is rethrown. */
export function attempt<Value>(read: () => Value): Value | Refusal;
/** The same of a reader with what it reads: where a function for each would be garbage. */
export function attempt<Of, Value>(read: (of: Of) => Value, of: Of): Value | Refusal;
export function attempt<Of, Value>(read: (of: Of) => Value, of?: Of): Value | Refusal {
  try {
    return read(of as Of);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
