/**
 * Which call a message belongs to: by Call-ID and our tag on one wire, by sid and who speaks on the other, by its id where it
 * answers an IQ.
 *
 * Rules: what begins a call comes before there is one, so what belongs to nobody yet is remembered for a moment; one Call-ID may be
 * of two calls (a plain proxy brings a call back), and one sid of two as well; a new INVITE or session-initiate never joins a call that is
 * over. Bounds: `MOST_EARLY` messages that belong to nobody, `MOST_ASKED` IQs that wait for an answer.
 */
import type { Element } from "@xmpp/xml";
import { header } from "../protocol/sip/fields.ts";
import { tagOf } from "../protocol/sip/mandatory.ts";
import type { Message } from "../protocol/sip/message.ts";
import { bareJid } from "../protocol/xmpp/jid.ts";
import type { About } from "./call-journal.ts";
import { firstElement, unwrapped } from "./wrapped.ts";

const MOST_EARLY = 256;
const MOST_ASKED = 20_000;

/** Whatever keeps the messages of one call. */
export interface Owner {
  readonly about: About;
  readonly isOver: boolean;
  /** A device of its user came or went. */
  presence?(at: number, device: string, isThere: boolean, stanza: Element): void;
}

/** Puts a message into the journal of its call. */
type Put<Journal> = (journal: Journal) => void;

export class Belongings<Journal extends Owner> {
  readonly #byCallId = new Map<string, Journal[]>();
  readonly #bySession = new Map<string, Journal[]>();
  /** The journals of a user's calls that are not over, by bare JID. */
  readonly #byUser = new Map<string, Journal[]>();
  /** The journals of IQs that wait for their answer. */
  readonly #asked = new Map<string, Journal>();
  /** What belongs to no call yet, the oldest first. */
  #early: { readonly keys: readonly string[]; readonly put: Put<Journal>; readonly iq: string | undefined }[] = [];

  /** A call begins: what came for it already is its own. */
  add(journal: Journal): void {
    const { about } = journal;
    push(this.#byCallId, about.callId, journal);
    push(this.#byUser, about.them, journal);
    push(this.#bySession, sessionOf(about.sid, about.us, about.them), journal);
    const keys = [callKey(about.callId), sessionOf(about.sid, about.us, about.them)];
    const mine = this.#early.filter((each) => each.keys.some((key) => keys.includes(key)));
    this.#early = this.#early.filter((each) => !mine.includes(each));
    for (const { put, iq } of mine) {
      put(journal);
      if (iq !== undefined) this.#ask(iq, journal);
    }
  }

  /** A call is over: nothing that only tells of its user is its own any more. */
  over(journal: Journal): void {
    drop(this.#byUser, journal.about.them, journal);
  }

  /** A call is forgotten; it is over. */
  remove(journal: Journal): void {
    const { about } = journal;
    drop(this.#byCallId, about.callId, journal);
    drop(this.#bySession, sessionOf(about.sid, about.us, about.them), journal);
  }

  /** A message as it was read, or the bytes that we have written. */
  sip(out: boolean, message: Message | Uint8Array, put: Put<Journal>): void {
    const names = message instanceof Uint8Array ? namesWritten(message, out) : namesRead(message, out);
    if (names === undefined) return;
    const found = this.#ofDialog(names, out);
    if (found) put(found);
    else if (!out) this.#keep([callKey(names.callId)], put, undefined);
  }

  /** A stanza of an instant. */
  xmpp(at: number, out: boolean, stanza: Element, put: Put<Journal>): void {
    const { id, type, from = "", to = "" } = stanza.attrs as Record<string, string | undefined>;
    if (stanza.is("presence")) return out ? undefined : this.#presence(at, from, type, stanza);
    const iq = stanza.is("iq") && id !== undefined ? iqKey(id, out ? to : from) : undefined;
    if (iq !== undefined && (type === "result" || type === "error")) return this.#answers(iq, put);
    const said = unwrapped(stanza);
    const proposal = proposalKey(said, out);
    if (proposal !== undefined && said.attrs.type === "error") return this.#answers(proposal, put);
    const inside = firstElement(said);
    const sid = inside?.attrs.sid ?? inside?.attrs.id;
    if (!out && inside?.attrs.action === "existing-session-initiate") return this.#asksForCall(said, sid, iq, put);
    if (typeof sid !== "string") return;
    const session = sessionOf(sid, String(said.attrs.from ?? from), String(said.attrs.to ?? to));
    const begins = !out && (inside?.attrs.action === "session-initiate" || inside?.name === "propose");
    const found = this.#bySession.get(session)?.findLast((journal) => !(begins && journal.isOver));
    if (!found) return this.#keep([session], put, iq);
    put(found);
    if (iq !== undefined) this.#ask(iq, found);
    if (out && proposal !== undefined && inside?.name === "propose") this.#ask(proposal, found);
  }

  /** A device asks for a call that rings, of whomever, its own account too; where it names none, each of the user's is meant. */
  #asksForCall({ attrs }: Element, sid: unknown, iq: string | undefined, put: Put<Journal>): void {
    for (const journal of this.#byUser.get(bareJid(String(attrs.from))) ?? []) {
      if (journal.isOver || (sid !== undefined && sid !== journal.about.sid)) continue;
      put(journal);
      if (iq !== undefined) this.#ask(iq, journal);
    }
  }

  /** Presence is of every call of the user's that lives. */
  #presence(at: number, device: string, type: string | undefined, stanza: Element): void {
    if (type !== undefined && type !== "unavailable" && type !== "error") return;
    for (const journal of this.#byUser.get(bareJid(device)) ?? [])
      journal.presence?.(at, device, type === undefined, stanza);
  }

  #answers(iq: string, put: Put<Journal>): void {
    const journal = this.#asked.get(iq);
    this.#asked.delete(iq);
    if (journal) return put(journal);
    const early = this.#early.find((each) => each.iq === iq);
    if (early) this.#keep(early.keys, put, undefined);
  }

  /** The call of a SIP message: where there are several of one Call-ID, the one whose tag is ours. */
  #ofDialog({ callId, isRequest, ours }: Names, out: boolean): Journal | undefined {
    const all = this.#byCallId.get(callId) ?? [];
    const [only] = all;
    if (only !== undefined && all.length === 1 && only.about.id === ours) return only;
    const mine = ours === undefined ? undefined : all.find(({ about }) => about.id === ours);
    // what is refused before it is of a call (482) has a tag of its own
    if (ours !== undefined && (mine !== undefined || isRequest || !out)) return mine;
    return all.findLast(({ about, isOver }) => !isOver && (about.direction === "outgoing") === (isRequest === out));
  }

  #ask(iq: string, journal: Journal): void {
    if (this.#asked.size >= MOST_ASKED) {
      const [oldest] = this.#asked.keys();
      if (oldest !== undefined) this.#asked.delete(oldest);
    }
    this.#asked.set(iq, journal);
  }

  #keep(keys: readonly string[], put: Put<Journal>, iq: string | undefined): void {
    this.#early.push({ keys, put, iq });
    if (this.#early.length > MOST_EARLY) this.#early.shift();
  }
}

const callKey = (callId: string): string => `sip ${callId}`;
const iqKey = (id: string, other: string): string => `${id}\n${other}`;

/** What an error answers a message of ours by. */
function proposalKey({ name, attrs }: Element, out: boolean): string | undefined {
  if (name !== "message" || attrs.id === undefined) return undefined;
  return iqKey(attrs.id, bareJid(String(out ? attrs.to : attrs.from)));
}

/** A session by its sid and the two bare JIDs, whoever speaks. */
function sessionOf(sid: string, one: string, other: string): string {
  const [first, second] = [bareJid(one), bareJid(other)];
  return first < second ? `${sid}\n${first}\n${second}` : `${sid}\n${second}\n${first}`;
}

/** What a SIP message is known by. */
interface Names {
  readonly callId: string;
  readonly isRequest: boolean;
  /** The tag of our side. */
  readonly ours: string | undefined;
}

/** Our side of a message: From in our requests and in the responses to them. */
const sideOf = (isRequest: boolean, out: boolean): "From" | "To" => (isRequest === out ? "From" : "To");

function namesRead(message: Message, out: boolean): Names | undefined {
  const callId = header(message, "Call-ID");
  const isRequest = message.kind === "request";
  return callId === undefined ? undefined : { callId, isRequest, ours: tagOf(message, sideOf(isRequest, out)) };
}

/** Bytes that are looked at for the fields of a message. */
const MOST_HEAD = 8_192;
const latin1 = new TextDecoder("latin1");

/** Of a message that protocol/sip/write.ts has written: each field is a line, by its registered name. */
function namesWritten(bytes: Uint8Array, out: boolean): Names | undefined {
  const text = latin1.decode(bytes.subarray(0, MOST_HEAD));
  const callId = fieldIn(text, "Call-ID");
  const isRequest = !text.startsWith("SIP/2.0 ");
  const side = fieldIn(text, sideOf(isRequest, out)) ?? "";
  const ours = /;[ \t]*tag[ \t]*=[ \t]*([^\s;,>]+)/i.exec(side)?.[1];
  return callId === undefined ? undefined : { callId, isRequest, ours };
}

function fieldIn(text: string, name: string): string | undefined {
  const before = `\r\n${name}: `;
  const at = text.indexOf(before);
  return at === -1 ? undefined : text.slice(at + before.length, text.indexOf("\r\n", at + before.length));
}

function push<Journal>(table: Map<string, Journal[]>, key: string, journal: Journal): void {
  const list = table.get(key);
  if (list) list.push(journal);
  else table.set(key, [journal]);
}

function drop<Journal>(table: Map<string, Journal[]>, key: string, journal: Journal): void {
  const left = (table.get(key) ?? []).filter((each) => each !== journal);
  if (left.length > 0) table.set(key, left);
  else table.delete(key);
}
