/**
 * Jingle Message Initiation: XEP-0353 0.8 (2026-02), the messages before and after a session.
 *
 *   caller                     callee's devices
 *     │ propose ──────────────▶│ all of them, by the bare JID; sleeping ones are woken by push
 *     │◀────────────── ringing │ each that rings
 *     │◀────────────── proceed │ the one that accepts; the others learn of it by carbons (XEP-0280)
 *     │ session-initiate ─────▶│ its sid is the id
 *     │ finish ───────────────▶│ after the call, for archives
 *
 * Rules: every message is of type chat and may be stored (§3); retract, reject and finish have a reason (§3, 0.7). Left
 * out on purpose: `accept`, which a client sends to its own account, and tie-breaking: a user's call to a phone and the
 * phone's call to the user are two separate calls, and both proceed.
 */
import type { Element } from "@xmpp/xml";
import type { Reason } from "../reasons.ts";
import { xml } from "../xmpp/element.ts";
import { JINGLE, JINGLE_MESSAGE, RTP } from "../xmpp/namespaces.ts";
import { readReason, reasonElement } from "./jingle.ts";

const NICK = "http://jabber.org/protocol/nick"; // XEP-0172 §4.2
const HINTS = "urn:xmpp:hints"; // XEP-0334
/** COMPAT Dino 0.4: the implied reason of a message without one (required since version 0.7). */
const MEANT = { reject: "decline", retract: "cancel", finish: "success" } as const;
/** A longer id is not accepted. */
const LONGEST_ID = 256;

/** `media` of each proposed content: audio, video. */
export interface Propose {
  readonly type: "propose";
  readonly id: string;
  readonly media: readonly string[];
  /** Display name of the caller (XEP-0172); ignored in a device's own proposal. */
  readonly nick?: string;
}
interface Taken<Type extends "ringing" | "proceed"> {
  readonly type: Type;
  readonly id: string;
}
interface Ended<Type extends "reject" | "retract" | "finish"> {
  readonly type: Type;
  readonly id: string;
  readonly reason: Reason;
}
export type Retract = Ended<"retract">;
/** The answer of a device to a proposal. */
export type Response = Taken<"ringing"> | Taken<"proceed"> | Ended<"reject">;
export type JingleMessage = Propose | Response | Retract | Ended<"finish">;

/** Whether a message stanza is a Jingle message. */
export const isJingleMessage = (message: Element): boolean => payloadOf(message) !== undefined;

const payloadOf = (message: Element): Element | undefined =>
  message.getChildElements().find((child) => child.getNS() === JINGLE_MESSAGE);

/** Reads a message stanza; undefined if it is no Jingle message or has no valid id. */
export function readJingleMessage(message: Element): JingleMessage | undefined {
  const payload = payloadOf(message);
  const id = String(payload?.attrs.id ?? "");
  if (!payload || id === "" || id.length > LONGEST_ID) return undefined;
  const type = payload.getName();
  switch (type) {
    case "propose":
      return { type, id, media: payload.getChildren("description", RTP).map(({ attrs }) => String(attrs.media ?? "")) };
    case "ringing":
    case "proceed":
      return { type, id };
    case "reject":
    case "retract":
    case "finish":
      return {
        type,
        id,
        reason: payload.getChild("reason", JINGLE) ? readReason(payload) : { condition: MEANT[type] },
      };
    default:
      return undefined;
  }
}

/** Writes a message stanza. Its own id contains the session's, so that an error response can be matched. */
export function writeJingleMessage(
  to: { readonly from: string; readonly to: string },
  message: JingleMessage,
): Element {
  const payload = xml(message.type, { xmlns: JINGLE_MESSAGE, id: message.id }, ...inside(message));
  const { from, to: target } = to;
  const attributes = { type: "chat", id: `${message.type}-${message.id}`, from, to: target };
  const nick = message.type === "propose" && message.nick ? [xml("nick", { xmlns: NICK }, message.nick)] : [];
  return xml("message", attributes, payload, ...nick, xml("store", { xmlns: HINTS }));
}

function inside(message: JingleMessage): Element[] {
  if (message.type === "propose") return message.media.map((media) => xml("description", { xmlns: RTP, media }));
  if (!("reason" in message)) return [];
  const reason = reasonElement(message.reason);
  reason.attrs.xmlns = JINGLE;
  return [reason];
}

/** The session whose propose this error answers; undefined if there is none. */
export function refusedProposal(error: Element): string | undefined {
  const [, id] = /^propose-(.+)$/s.exec(String(error.attrs.id ?? "")) ?? [];
  return id;
}
