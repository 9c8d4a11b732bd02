/**
 * What a Jingle action means to a call that exists.
 *
 * XEP-0166 §7.2, XEP-0167 §8, XEP-0176 §5. Rules: the IQ is answered exactly once, a result before anything is said to the
 * phone; what is not understood is refused by name; what cannot be mapped is answered by a result, then turned down in Jingle's own
 * words. The existing-session-initiate is the predecessor's: an IQ get by
 * which another window of the same user asks for the offer that rings.
 */
import type { Element } from "@xmpp/xml";
import type { UserEvent } from "../../machines/call/vocabulary.ts";
import {
  readCodecs,
  readContentNames,
  readNamedSources,
  readNames,
  readSenders,
  readTransports,
} from "../../protocol/jingle/changes.ts";
import { readDtmfElement } from "../../protocol/jingle/dtmf.ts";
import { readJingle, readReason } from "../../protocol/jingle/jingle.ts";
import { readTransportInfo } from "../../protocol/jingle/transport-info.ts";
import { answerFromAccept } from "../../protocol/media/answer.ts";
import type { Media } from "../../protocol/media/media.ts";
import { MOST } from "../../protocol/media/values.ts";
import { Refusal, unreadable } from "../../protocol/refusal.ts";
import { DTMF, RTP_INFO } from "../../protocol/xmpp/namespaces.ts";
import type { Call } from "./call.ts";

/** What changes nothing for the phone: it has had its 180, and SIP has no word for mute. */
const NEEDS_NOTHING = new Set(["ringing", "mute", "unmute"]);

/** XEP-0167 §8.3: whether the user keeps the other side waiting from now on. */
const HOLDS: Readonly<Record<string, boolean>> = { hold: true, unhold: false, active: false };

/** Does what the action asks. `accepted` answers the IQ, before any effect; with a refusal it has not run. */
export function deliverJingle(call: Call, jingle: Element, device: string, accepted: () => void): Refusal | undefined {
  try {
    if (jingle.attrs.action === "session-info") return sessionInfo(call, jingle, device, accepted);
    return call.deliver(eventOf(call, jingle, device), accepted);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.jingle.reason === undefined) return error;
    const event = turnedDown(jingle, device, error);
    // the session is over on both sides: the device hears of it as of a session that could not begin (calls.ts)
    return call.deliver(event, accepted) ?? (event.type === "jingle.session-terminate" ? error : undefined);
  }
}

/** What becomes of an action with an application or transport that is not known here: a content, or the session is refused. */
function turnedDown(jingle: Element, device: string, { jingle: said, message }: Refusal): UserEvent {
  const contents = readContentNames(jingle);
  if (jingle.attrs.action === "content-add") return { type: "jingle.content-add.unmappable", device, contents };
  const names = contents.map(({ name }) => name);
  if (jingle.attrs.action === "transport-replace")
    return { type: "jingle.transport-replace.unmappable", device, names };
  const reason = { condition: said.reason ?? "general-error", text: message };
  return { type: "jingle.session-terminate", device, reason };
}

function eventOf(call: Call, jingle: Element, device: string): UserEvent {
  const { action } = jingle.attrs;
  switch (action) {
    case "session-accept":
      return {
        type: "jingle.session-accept",
        device,
        media: answerFromAccept(call.offer, readJingle(jingle, "answer")),
      };
    case "session-terminate":
      return { type: "jingle.session-terminate", device, reason: readReason(jingle) };
    case "transport-info":
      namesKnown(call, readNames(jingle));
      return { type: "jingle.transport-info", device, update: readTransportInfo(jingle) };
    case "existing-session-initiate":
      return { type: "jingle.existing-session-initiate", device };
    case "content-modify":
      return { type: "jingle.content-modify", device, changes: known(call, readSenders(jingle)) };
    case "content-add":
      return { type: "jingle.content-add", device, media: added(call, jingle) };
    case "content-remove":
      return { type: "jingle.content-remove", device, names: namesKnown(call, readNames(jingle)) };
    case "content-accept":
      return { type: "jingle.content-accept", device, media: accepted(call, jingle) };
    case "content-reject":
      return { type: "jingle.content-reject", device, names: readNames(jingle) };
    case "description-info":
      return { type: "jingle.description-info", device, changes: known(call, readCodecs(jingle)) };
    case "transport-replace":
      return { type: "jingle.transport-replace", device, transports: known(call, readTransports(jingle)) };
    case "source-add":
    case "source-remove":
    case "source-update":
      return { type: "jingle.source", device, action, sources: known(call, readNamedSources(jingle, call.local)) };
    case "transport-accept":
    case "transport-reject":
      throw new Refusal("no transport was replaced", { status: 500 }, outOfOrder);
    default:
      throw new Refusal(`the action ${JSON.stringify(action)} is not known here`, { status: 400 });
  }
}

/** Both look the same from outside: no such session, and a session of somebody else. */
export const unknownSession = new Refusal(
  "no such session",
  { status: 481 },
  { condition: "item-not-found", type: "cancel", detail: "unknown-session" },
);
const outOfOrder = { condition: "unexpected-request", type: "wait", detail: "out-of-order" } as const;

/** Changes of contents that are there; one that is not is refused by name. */
function known<Change extends { readonly name: string }>(call: Call, changes: Change[]): Change[] {
  namesKnown(
    call,
    changes.map(({ name }) => name),
  );
  return changes;
}

function namesKnown(call: Call, names: string[]): string[] {
  const stranger = names.find((name) => !call.knows(name));
  if (stranger !== undefined) throw unreadable(`there is no content '${stranger}'`);
  return names;
}

/** Contents that come: none of them is there already, and there are not too many by then. */
function added(call: Call, jingle: Element): Media {
  const media = readJingle(
    jingle,
    "offer",
    call.local.contents.map(({ name }) => name),
  );
  const there = call.local.contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
  const twice = media.contents.find(({ name }) => there.includes(name));
  if (twice) throw unreadable(`there is a content '${twice.name}' already`);
  if (call.local.contents.length + media.contents.length > MOST.contents) throw unreadable("too many contents");
  return media;
}

/** The contents of a content-accept, as the answer to what the phone has offered. */
function accepted(call: Call, jingle: Element): Media {
  const asked = call.consultation;
  const accept = readJingle(
    jingle,
    "answer",
    call.heard.contents.map(({ name }) => name),
  );
  const names = accept.contents.map(({ name }) => name);
  const contents = asked?.offer.contents.filter(({ name }) => names.includes(name) && asked.added.includes(name)) ?? [];
  if (contents.length < names.length) throw new Refusal("a content that was not offered", { status: 500 }, outOfOrder);
  return { ...answerFromAccept({ contents, groups: [] }, accept), groups: accept.groups };
}

/** XEP-0166 §6.8: an empty session-info is a ping; an unknown payload is refused by name (§7.2.11). */
function sessionInfo(call: Call, jingle: Element, device: string, accepted: () => void): Refusal | undefined {
  const [info] = jingle.getChildElements();
  const holds = info?.getNS() === RTP_INFO ? HOLDS[info.getName()] : undefined;
  if (info?.getNS() === DTMF && info.getName() === "dtmf") return pressed(call, info, device, accepted);
  // until a device accepts there is nobody whom it keeps waiting
  const isNoNews = holds === false && call.isIncoming && call.unanswered;
  if (holds !== undefined && !isNoNews) return call.deliver({ type: "jingle.hold", device, holds }, accepted);
  if (call.userLeft) return unknownSession;
  if (info === undefined || isNoNews || (info.getNS() === RTP_INFO && NEEDS_NOTHING.has(info.getName()))) {
    accepted();
    return undefined;
  }
  return new Refusal(
    `session-info ${info.getName()} is not understood`,
    { status: 500 },
    { condition: "feature-not-implemented", type: "modify", detail: "unsupported-info" },
  );
}

/** XEP-0181: a key of a phone. */
function pressed(call: Call, dtmf: Element, device: string, accepted: () => void): Refusal | undefined {
  return call.deliver({ type: "jingle.dtmf", device, tone: readDtmfElement(dtmf) }, accepted);
}
