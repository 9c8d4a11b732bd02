/**
 * The identifiers in a message, by which its call is found (belongings.ts): Call-ID and our tag in SIP; sid, JIDs and the id of the IQ in XMPP.
 *
 * Rule: they are read when the message is reported, since what was parsed of it does not outlive it then; those of a sent SIP message are searched
 * in its bytes.
 */
import type { Element } from "@xmpp/xml";
import { header } from "../protocol/sip/fields.ts";
import { tagOf } from "../protocol/sip/mandatory.ts";
import type { Message } from "../protocol/sip/message.ts";
import { bareJid } from "../protocol/xmpp/jid.ts";
import { firstElement, unwrapped } from "./wrapped.ts";

/** The identifiers of a SIP message. */
export interface SipNames {
  readonly callId: string;
  readonly isRequest: boolean;
  /** The tag of our side. */
  readonly ours: string | undefined;
}

/** The identifiers of a stanza, by the kind of call that it belongs to. */
export type StanzaNames =
  /** Every live call of a user whose device comes online or goes offline. */
  | { readonly of: "user"; readonly device: string; readonly isThere: boolean }
  /** The call of the message that it answers. */
  | { readonly of: "asked"; readonly key: string }
  /** The ringing calls of a device that asks about them; without a sid, each of them. */
  | { readonly of: "ringing"; readonly user: string; readonly sid: unknown; readonly iq: string | undefined }
  | SessionNames;

export interface SessionNames {
  readonly of: "session";
  readonly sid: string;
  readonly ours: string;
  readonly theirs: string;
  /** Whether it may be the first message of a call. */
  readonly begins: boolean;
  /** The keys of what answers it. */
  readonly iq: string | undefined;
  readonly proposal: string | undefined;
}

/** The identifiers of a stanza; undefined if it can belong to no call. */
export function namesOfStanza(stanza: Element, out: boolean): StanzaNames | undefined {
  const { id, type, from = "", to = "" } = stanza.attrs as Record<string, string | undefined>;
  if (stanza.is("presence")) return out ? undefined : presenceOf(from, type);
  const iq = stanza.is("iq") && id !== undefined ? keyOf(id, out ? to : from) : undefined;
  if (iq !== undefined && (type === "result" || type === "error")) return { of: "asked", key: iq };
  const said = unwrapped(stanza);
  const message = messageKey(said, out);
  if (message !== undefined && said.attrs.type === "error") return { of: "asked", key: message };
  const inside = firstElement(said);
  const sid: unknown = inside?.attrs.sid ?? inside?.attrs.id;
  if (!out && inside?.attrs.action === "existing-session-initiate")
    return { of: "ringing", user: bareJid(String(said.attrs.from)), sid, iq };
  if (typeof sid !== "string") return undefined;
  const sender = String(said.attrs.from ?? from);
  const receiver = String(said.attrs.to ?? to);
  return {
    ...{ of: "session", sid, ours: out ? sender : receiver, theirs: out ? receiver : sender },
    ...{ begins: !out && (inside?.attrs.action === "session-initiate" || inside?.name === "propose") },
    ...{ iq, proposal: out && inside?.name === "propose" ? message : undefined },
  };
}

function presenceOf(device: string, type: string | undefined): StanzaNames | undefined {
  if (type !== undefined && type !== "unavailable" && type !== "error") return undefined;
  return { of: "user", device, isThere: type === undefined };
}

/** The key by which what answers a stanza is found. */
const keyOf = (id: string, other: string): string => `${id}\n${other}`;

/** The key of a message, which is answered by an error only. */
function messageKey({ name, attrs }: Element, out: boolean): string | undefined {
  if (name !== "message" || attrs.id === undefined) return undefined;
  return keyOf(attrs.id, bareJid(String(out ? attrs.to : attrs.from)));
}

/** Our side of a message: From in our requests and in the responses to them. */
const sideOf = (isRequest: boolean, out: boolean): "From" | "To" => (isRequest === out ? "From" : "To");

/** The identifiers of a message as read. */
export function namesRead(message: Message, out: boolean): SipNames | undefined {
  const callId = header(message, "Call-ID");
  const isRequest = message.kind === "request";
  return callId === undefined ? undefined : { callId, isRequest, ours: tagOf(message, sideOf(isRequest, out)) };
}

/** Bytes searched for the fields of a message. */
const MOST_HEAD = 8_192;
const LINE_BREAK = 10;
const decoder = new TextDecoder("latin1");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const RESPONSE = bytesOf("SIP/2.0 ");
const CALL_ID = bytesOf("Call-ID: ");
const FROM = bytesOf("From: ");
const TO = bytesOf("To: ");

/** The identifiers in a message written by protocol/sip/write.ts: one line for each field, with its registered name. */
export function namesWritten(bytes: Uint8Array, out: boolean): SipNames | undefined {
  const isRequest = !startsWith(bytes, 0, RESPONSE);
  const side = sideOf(isRequest, out) === "From" ? FROM : TO;
  let callId: string | undefined;
  let ours: string | undefined;
  for (let at = nextLine(bytes, 0); at > 0 && at < MOST_HEAD; at = nextLine(bytes, at)) {
    if (startsWith(bytes, at, CALL_ID)) callId ??= lineAt(bytes, at + CALL_ID.length);
    else if (startsWith(bytes, at, side)) ours ??= tagIn(lineAt(bytes, at + side.length));
    if (callId !== undefined && ours !== undefined) break;
  }
  return callId === undefined ? undefined : { callId, isRequest, ours };
}

/** Where the next line begins; 0 if there is none. */
const nextLine = (bytes: Uint8Array, from: number): number => bytes.indexOf(LINE_BREAK, from) + 1;

function startsWith(bytes: Uint8Array, from: number, start: Uint8Array): boolean {
  for (let at = 0; at < start.length; at++) if (bytes[from + at] !== start[at]) return false;
  return true;
}

/** A line from a place on, without its CRLF. */
function lineAt(bytes: Uint8Array, from: number): string {
  return decoder.decode(bytes.subarray(from, nextLine(bytes, from) - 2));
}

const TAG = ";tag=";

function tagIn(side: string): string | undefined {
  const at = side.lastIndexOf(TAG);
  const tag = side.slice(at + TAG.length);
  if (at >= 0 && !/[\s;,>]/.test(tag)) return tag;
  return /;[ \t]*tag[ \t]*=[ \t]*([^\s;,>]+)/i.exec(side)?.[1];
}
