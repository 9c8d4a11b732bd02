/**
 * Which changes by the user are refused, and why: one rule for the chart's guards and for the IQ error.
 *
 * XEP-0166 §7.2.16 (tie-break), mapping J36 and J47. Rules: a content-add that crosses the phone's is a tie only in a call from a
 * phone, since there the gateway is the initiator; the number of pending offers is bounded (changes.ts).
 */
import type { ContentSources } from "../../protocol/media/media.ts";
import { hasRoom } from "./changes.ts";
import { type CallContext, own } from "./context.ts";
import type { CallEvent } from "./vocabulary.ts";

/** Whether a content-add by the user crosses one of the phone's, which wins. */
export const isTie = ({ direction, consultation }: CallContext): boolean =>
  direction === "incoming" && consultation !== null && consultation.added.length > 0;

/** Whether no more offers may be pending, or the contents have no room for these sources. */
export const isFull = (context: CallContext, sources?: readonly ContentSources[]): boolean =>
  !hasRoom(context.pendingOffers, own(context), sources);

/** Why a call that the user has not left refuses this change; null for any other event, or if the state is the reason. */
export function whyRefused(context: CallContext, event: CallEvent): "tie-break" | "full" | null {
  switch (event.type) {
    case "jingle.content-add":
      return isTie(context) ? "tie-break" : full(context);
    case "jingle.source":
      return full(context, event.sources);
    case "jingle.hold":
    case "jingle.content-modify":
    case "jingle.content-remove":
    case "jingle.description-info":
    case "jingle.transport-replace":
      return full(context);
    default:
      return null;
  }
}

const full = (context: CallContext, sources?: readonly ContentSources[]): "full" | null =>
  isFull(context, sources) ? "full" : null;
