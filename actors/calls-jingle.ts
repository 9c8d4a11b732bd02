/**
 * What a Jingle action means to a call that exists.
 *
 * XEP-0166 §7.2, XEP-0167 §8, XEP-0176 §5. Rules: the IQ is answered exactly once, a result before anything is said to the
 * phone; what is not understood is refused by name. The existing-session-initiate is the predecessor's: an IQ get by
 * which another window of the same user asks for the offer that rings. Left out on purpose: contents that are added or
 * removed, and ICE restarts, which are refused by name.
 */
import type { Element } from "@xmpp/xml";
import type { UserEvent } from "../machines/vocabulary.ts";
import { settleAccept } from "../protocol/answer.ts";
import { readJingle, readReason } from "../protocol/jingle.ts";
import { readNamedSources, readSenders } from "../protocol/jingle-changes.ts";
import { RTP_INFO } from "../protocol/namespaces.ts";
import { Refusal } from "../protocol/refusal.ts";
import { readTransportInfo } from "../protocol/trickle.ts";
import type { Call } from "./call.ts";

/** What changes nothing for the phone: it has had its 180, and SIP has no word for mute. */
const NEEDS_NOTHING = new Set(["ringing", "mute", "unmute"]);

/** XEP-0167 §8.3: whether the user keeps the other side waiting from now on. */
const HOLDS: Readonly<Record<string, boolean>> = { hold: true, unhold: false, active: false };

/** Does what the action asks. `accepted` answers the IQ, before any effect; with a refusal it has not run. */
export function deliverJingle(call: Call, jingle: Element, device: string, accepted: () => void): Refusal | undefined {
  if (jingle.attrs.action === "session-info") return sessionInfo(call, jingle, device, accepted);
  try {
    return call.deliver(eventOf(call, jingle, device), accepted);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function eventOf(call: Call, jingle: Element, device: string): UserEvent {
  const { action } = jingle.attrs;
  switch (action) {
    case "session-accept":
      return { type: "jingle.session-accept", device, media: settleAccept(call.offer, readJingle(jingle)) };
    case "session-terminate":
      return { type: "jingle.session-terminate", device, reason: readReason(jingle) };
    case "transport-info":
      return { type: "jingle.transport-info", device, update: readTransportInfo(jingle) };
    case "existing-session-initiate":
      return { type: "jingle.existing-session-initiate", device };
    case "content-modify":
      return { type: "jingle.content-modify", device, changes: readSenders(jingle) };
    case "source-add":
    case "source-remove":
    case "source-update":
      return { type: "jingle.source", device, action, sources: readNamedSources(jingle) };
    default:
      throw new Refusal(`the action ${JSON.stringify(action)} is not known here`, { status: 400 });
  }
}

/** XEP-0166 §6.8: an empty session-info is a ping; an unknown payload is refused by name (§7.2.11). */
function sessionInfo(call: Call, jingle: Element, device: string, accepted: () => void): Refusal | undefined {
  const [info] = jingle.getChildElements();
  const holds = info?.getNS() === RTP_INFO ? HOLDS[info.getName()] : undefined;
  if (holds !== undefined) return call.deliver({ type: "jingle.hold", device, holds }, accepted);
  if (info === undefined || (info.getNS() === RTP_INFO && NEEDS_NOTHING.has(info.getName()))) {
    accepted();
    return undefined;
  }
  return new Refusal(
    `session-info ${info.getName()} is not understood`,
    { status: 500 },
    { condition: "feature-not-implemented", type: "modify", detail: "unsupported-info" },
  );
}
