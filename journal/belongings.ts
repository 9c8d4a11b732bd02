/**
 * Finds the call of a message: by Call-ID and our tag in SIP, by sid and bare JIDs in XMPP, by the id of the IQ for an answer.
 *
 * Rules: the first message of a call arrives before the call exists, so messages without a call are kept for a moment; two calls may
 * have the same Call-ID (a plain proxy brings a call back) or the same sid; a new INVITE or session-initiate never joins an ended
 * call. Bounds: `MOST_EARLY` messages without a call, `MOST_ASKED` IQs that wait for an answer.
 */
import { bareJid } from "../protocol/xmpp/jid.ts";
import type { About } from "./call-journal.ts";
import type { SessionNames, SipNames, StanzaNames } from "./names.ts";

const MOST_EARLY = 256;
const MOST_ASKED = 20_000;

/** An object that stores the messages of one call. */
export interface Owner<What> {
  readonly about: About;
  readonly isOver: boolean;
  /** A device of its user came online or went offline. */
  presence?(device: string, isThere: boolean, what: What): void;
}

/** A message without a call yet, and the key of its IQ. */
interface Early<What> {
  /** Its Call-ID, or its sid and the JIDs of our side and the other. */
  readonly of: string | readonly [sid: string, ours: string, theirs: string];
  readonly what: What;
  readonly iq: string | undefined;
}

/** `What` is what is added to the journal of a call for each message. */
export class Belongings<Journal extends Owner<What>, What> {
  readonly #put: (journal: Journal, what: What) => void;
  readonly #byCallId = new Map<string, Journal[]>();
  /** By sid; the JIDs are compared, since a text of all three for each stanza costs more. */
  readonly #bySession = new Map<string, Journal[]>();
  /** The journals of a user's live calls, by bare JID. */
  readonly #byUser = new Map<string, Journal[]>();
  /** The journals of IQs that wait for an answer. */
  readonly #asked = new Map<string, Journal>();
  /** Messages without a call yet, oldest first. */
  #early: Early<What>[] = [];

  constructor(put: (journal: Journal, what: What) => void) {
    this.#put = put;
  }

  /** A call begins: kept messages of it are added. */
  add(journal: Journal): void {
    const { about } = journal;
    push(this.#byCallId, about.callId, journal);
    push(this.#byUser, about.them, journal);
    push(this.#bySession, about.sid, journal);
    if (this.#early.length > 0) this.#takeEarly(journal);
  }

  #takeEarly(journal: Journal): void {
    const others: Early<What>[] = [];
    for (const each of this.#early) {
      if (!isEarlyOf(journal.about, each)) others.push(each);
      else {
        this.#put(journal, each.what);
        if (each.iq !== undefined) this.#ask(each.iq, journal);
      }
    }
    this.#early = others;
  }

  /** A call has ended: messages about its user in general no longer belong to it. */
  over(journal: Journal): void {
    drop(this.#byUser, journal.about.them, journal);
  }

  /** An ended call is forgotten. */
  remove(journal: Journal): void {
    const { about } = journal;
    drop(this.#byCallId, about.callId, journal);
    drop(this.#bySession, about.sid, journal);
  }

  /** A SIP message. */
  sip(out: boolean, names: SipNames, what: What): void {
    const found = this.#ofDialog(names, out);
    if (found) this.#put(found, what);
    else if (!out) this.#keep(names.callId, what, undefined);
  }

  /** A stanza. */
  xmpp(names: StanzaNames, what: What): void {
    if (names.of === "session") this.#session(names, what);
    else if (names.of === "asked") this.#answers(names.key, what);
    else if (names.of === "ringing") this.#asksForCall(names.user, names.sid, names.iq, what);
    else
      for (const journal of this.#byUser.get(bareJid(names.device)) ?? [])
        journal.presence?.(names.device, names.isThere, what);
  }

  #session({ sid, ours, theirs, begins, iq, proposal }: SessionNames, what: What): void {
    const found = this.#ofSession(sid, ours, theirs, begins);
    if (!found) return this.#keep([sid, ours, theirs], what, iq);
    this.#put(found, what);
    if (iq !== undefined) this.#ask(iq, found);
    if (proposal !== undefined) this.#ask(proposal, found);
  }

  /** The latest call of a session; a message that begins one never joins an ended call. */
  #ofSession(sid: string, ours: string, theirs: string, begins: boolean): Journal | undefined {
    const all = this.#bySession.get(sid) ?? NONE;
    for (let at = all.length - 1; at >= 0; at--) {
      const journal = all[at] as Journal;
      if (isBetween(journal.about, ours, theirs) && !(begins && journal.isOver)) return journal;
    }
    return undefined;
  }

  /** A device asks about a ringing call, in a stanza to any address; without a sid, each of the user's calls is meant. */
  #asksForCall(user: string, sid: unknown, iq: string | undefined, what: What): void {
    for (const journal of this.#byUser.get(user) ?? []) {
      if (journal.isOver || (sid !== undefined && sid !== journal.about.sid)) continue;
      this.#put(journal, what);
      if (iq !== undefined) this.#ask(iq, journal);
    }
  }

  #answers(iq: string, what: What): void {
    const journal = this.#asked.get(iq);
    this.#asked.delete(iq);
    if (journal) return this.#put(journal, what);
    for (const early of this.#early) if (early.iq === iq) return this.#keep(early.of, what, undefined);
  }

  /** The call of a SIP message; of several with one Call-ID, the one with our tag. */
  #ofDialog(names: SipNames, out: boolean): Journal | undefined {
    const all = this.#byCallId.get(names.callId);
    const only = all?.[0];
    return all?.length === 1 && only?.about.id === names.ours ? only : all && ofTag(all, names, out);
  }

  #ask(iq: string, journal: Journal): void {
    if (this.#asked.size >= MOST_ASKED) {
      const [oldest] = this.#asked.keys();
      if (oldest !== undefined) this.#asked.delete(oldest);
    }
    this.#asked.set(iq, journal);
  }

  #keep(of: Early<What>["of"], what: What, iq: string | undefined): void {
    this.#early.push({ of, what, iq });
    if (this.#early.length > MOST_EARLY) this.#early.shift();
  }
}

function ofTag<Journal extends Owner<never>>(all: readonly Journal[], { isRequest, ours }: SipNames, out: boolean) {
  const mine = ours === undefined ? undefined : all.find(({ about }) => about.id === ours);
  // a response from before the call exists (482) has a tag of its own
  if (ours !== undefined && (mine !== undefined || isRequest || !out)) return mine;
  return all.findLast(({ about, isOver }) => !isOver && (about.direction === "outgoing") === (isRequest === out));
}

const NONE: readonly never[] = [];

function isEarlyOf(about: About, { of }: Pick<Early<unknown>, "of">): boolean {
  if (typeof of === "string") return of === about.callId;
  const [sid, ours, theirs] = of;
  return sid === about.sid && isBetween(about, ours, theirs);
}

/** Whether a call is between these two, in either direction: what is sent on behalf of a user has them the other way round. */
const isBetween = ({ us, them }: About, ours: string, theirs: string): boolean =>
  (isOf(ours, us) && isOf(theirs, them)) || (isOf(theirs, us) && isOf(ours, them));

const SLASH = 47;

/** Whether both JIDs have the same bare one; no text is made for the usual spelling. */
function isOf(jid: string, other: string): boolean {
  const { length } = other;
  if (jid.startsWith(other) && (jid.length === length || jid.charCodeAt(length) === SLASH)) return true;
  return bareJid(jid) === bareJid(other);
}

function push<Journal>(table: Map<string, Journal[]>, key: string, journal: Journal): void {
  const list = table.get(key);
  if (list) list.push(journal);
  else table.set(key, [journal]);
}

function drop<Journal>(table: Map<string, Journal[]>, key: string, journal: Journal): void {
  const list = table.get(key) ?? [];
  if (list.length > 1)
    table.set(
      key,
      list.filter((each) => each !== journal),
    );
  else if (list[0] === journal) table.delete(key);
}
