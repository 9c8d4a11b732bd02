/**
 * The refusal of an event that the chart of a call does not accept now: SIP 481 and 500, and Jingle's own errors.
 *
 * XEP-0166 §7.2.16, §10, RFC 3261 §12.2.2. Rule: once the user has left, every Jingle request gets unknown-session.
 */
import type { CallContext } from "../machines/call/context.ts";
import { whyRefused } from "../machines/call/refused-changes.ts";
import type { CallEvent } from "../machines/call/vocabulary.ts";
import { Refusal } from "../protocol/refusal.ts";

/** The state of a call that does not accept an event; `context` is undefined once the call is over. */
export interface CallNow {
  readonly context: CallContext | undefined;
  readonly userLeft: boolean;
  /** "established.consulting.talking" */
  readonly state: string;
}

export function notTaken(event: CallEvent, { context, userLeft, state }: CallNow): Refusal {
  const text = `${event.type} does not fit a call that is ${state}`;
  if (context === undefined || userLeft)
    return new Refusal(
      text,
      { status: context === undefined ? 481 : 500 },
      { condition: "item-not-found", type: "cancel", detail: "unknown-session" },
    );
  switch (whyRefused(context, event)) {
    case "tie-break":
      return new Refusal(text, { status: 500 }, { condition: "conflict", type: "cancel", detail: "tie-break" });
    case "full":
      return new Refusal(
        "too many changes wait for the phone",
        { status: 500 },
        { condition: "resource-constraint", type: "wait" },
      );
    default:
      return new Refusal(
        text,
        { status: 500 },
        { condition: "unexpected-request", type: "wait", detail: "out-of-order" },
      );
  }
}
