/**
 * The journal of one call: what happened, in order, and the row that the list shows.
 *
 * Bounds: `MOST_ENTRIES` and `MOST_BYTES`, past which the middle gives way and is counted, since how a call began and how it
 * ended is what people ask for. The same bytes again are a retransmission: their times are kept, not they. What a call that rests
 * has said so far is packed, as all is at its end: a held call takes half of the room, and what comes later is added to it.
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import {
  type Entry,
  entryOf,
  type LiveEntry,
  messagesOf,
  type Packed,
  pack,
  saidByAll,
  type Transition,
  unpack,
  weightOf,
} from "./entries.ts";
import { leavesOf } from "./states.ts";
import { type CallRow, type Failure, phaseOf } from "./view.ts";

const MOST_ENTRIES = 400;
const MOST_BYTES = 262_144;
/** Entries from the beginning that never give way. */
const BEGINNING = 60;
/** Times of a message that came again: a transaction repeats no more often. */
const MOST_REPEATS = 20;
/** Messages that come and go when the call is over: the answer to its BYE, the result of its session-terminate. */
const MOST_LATE = 16;
/** How far back a retransmission is looked for. */
const RECENT = 16;
/** What an entry weighs beside its message; a stanza before it is written. In bytes. */
const ENTRY = 120;
const STANZA = 1_200;
const STARTING = leavesOf("starting");
const ENDED = leavesOf("ended");
/** The live entries of calls that are over: nothing is ever added. */
const NONE: LiveEntry[] = [];
const sizeOf = (stanza: Element | string): number => (typeof stanza === "string" ? stanza.length : STANZA);

/** What a call is known by; see actors/watch.ts. */
export interface About {
  readonly id: string;
  readonly callId: string;
  readonly sid: string;
  readonly us: string;
  readonly them: string;
  readonly from: string;
  readonly to: string;
  readonly direction: "outgoing" | "incoming";
  readonly trunk?: string | undefined;
}

/** What the record of a call says of its end; see actors/watch.ts. */
export type Ended = { readonly [name in keyof Failure]: Failure[name] | undefined };

/** Who is told that something has changed. */
export interface Listener {
  now(): number;
  /** The entry weighs so much; false when there is no room for it. */
  weigh(bytes: number): boolean;
  stepped(journal: CallJournal, before: readonly string[], event: string, at: number): void;
  refused(journal: CallJournal, event: string): void;
  answered(): void;
  changed(journal: CallJournal): void;
  over(journal: CallJournal): void;
}

export class CallJournal {
  readonly about: About;
  readonly begun: number;
  rang: number | undefined;
  answered: number | undefined;
  state: readonly string[] = STARTING;
  /** Since when it is in its states. */
  since: number;
  /** The states that it was in last, before it ended. */
  last: readonly string[] = [];
  /** Entries that gave way. */
  dropped = 0;
  /** What it weighs, in bytes. */
  weight = 0;
  #listener: Listener | undefined;
  #endedAt: number | undefined;
  #why: string | undefined;
  #failure: Failure | undefined;
  /** What came last; all of what came before it is packed. */
  #live: LiveEntry[] = [];
  #liveWeight = 0;
  readonly #packed: Packed[] = [];
  #packedCount = 0;
  #late: Entry[] | undefined;
  /** Devices of the user's that have gone offline since. */
  #away: Set<string> | undefined;

  constructor(about: About, begun: number, listener: Listener) {
    this.about = about;
    this.begun = begun;
    this.since = begun;
    this.#listener = listener;
  }

  get isOver(): boolean {
    return this.#endedAt !== undefined;
  }

  /** What happened, in order. */
  get entries(): readonly Entry[] {
    return [...this.#packed.flatMap(unpack), ...this.#live.map(entryOf), ...(this.#late ?? [])];
  }

  /** How many entries there are. */
  get length(): number {
    return this.#packedCount + this.#live.length + (this.#late?.length ?? 0);
  }

  /** What happened from a place on. */
  entriesFrom(place: number): readonly Entry[] {
    if (this.isOver || place < this.#packedCount) return this.entries.slice(place);
    return this.#live.slice(place - this.#packedCount).map(entryOf);
  }

  /** The places of messages that came again, and how often. */
  get again(): (readonly [place: number, times: number])[] {
    return this.#all.flatMap((entry, place) => {
      const times = "again" in entry ? (entry.again?.length ?? 0) : 0;
      return times > 0 ? [[place, times] as const] : [];
    });
  }

  get #all(): readonly (LiveEntry | Entry)[] {
    return this.#packed.length > 0 ? this.entries : this.#live;
  }

  step(event: string, after: StateValue, transitions: readonly Transition[]): void {
    const listener = this.#listener;
    if (!listener || this.isOver) return;
    const before = this.state;
    const at = listener.now();
    const { guards, actions } = saidByAll(transitions);
    this.#add({ kind: "step", at, event, after, guards, actions });
    this.#enter(leavesOf(after), at);
    listener.stepped(this, before, event, at);
  }

  refused(event: string, why: string): void {
    const listener = this.#listener;
    if (!listener || this.isOver) return;
    this.#add({ kind: "step", at: listener.now(), event, after: null, guards: [], actions: [], refused: why });
    listener.refused(this, event);
  }

  effect(effect: string): void {
    if (this.#listener && !this.isOver) this.#add({ kind: "effect", at: this.#listener.now(), effect });
  }

  /** What the media relay has made of an SDP, or why it has not. */
  relay(made: { readonly sdp: string } | { readonly failed: string }): void {
    if (this.isOver) return;
    this.#add({ kind: "relay", at: this.#now(), ...made }, "sdp" in made ? made.sdp.length : made.failed.length);
  }

  /** A SIP message; bytes that were seen lately are counted where they stand. */
  sip(out: boolean, bytes: Uint8Array, transport: string, host: string, port: number, at = this.#now()): void {
    if (this.isOver && this.#hasPacked(bytes)) return; // what a transaction repeats after the end adds nothing
    const known = this.#recent(out, bytes);
    if (known) known.again = [...(known.again ?? []), at].slice(-MOST_REPEATS);
    else this.#add({ kind: "sip", at, out, transport, host, port, bytes, again: undefined }, bytes.length);
    this.#listener?.changed(this);
  }

  /** A stanza, as its text where that is at hand: what is read or written anyhow, and lighter than the element. */
  xmpp(out: boolean, stanza: Element | string, at = this.#now()): void {
    this.#add({ kind: "xmpp", at, out, stanza }, sizeOf(stanza));
    this.#listener?.changed(this);
  }

  /** A device of the user's comes online or goes: told while the call looks for devices, and where one had gone. */
  presence(device: string, isThere: boolean, stanza: Element): void {
    if (this.isOver || (isThere && this.answered !== undefined && !this.#away?.has(device))) return;
    this.#away ??= new Set();
    if (isThere) this.#away.delete(device);
    else if (this.#away.size < MOST_LATE) this.#away.add(device);
    this.xmpp(false, stanza);
  }

  /** The XMPP stream is lost, or is there again. */
  stream(isUp: boolean): void {
    if (!this.isOver) this.#add({ kind: "stream", at: this.#now(), isUp });
    this.#listener?.changed(this);
  }

  /** Nobody asks for it any more. */
  forget(): void {
    this.#listener = undefined;
  }

  /** Packs all that is known, and lets go of what the call had. */
  ended(why: string, end?: Ended): void {
    const listener = this.#listener;
    if (!listener || this.isOver) return;
    this.#endedAt = listener.now();
    this.#why = why;
    if (end && isFailure(why)) this.#failure = failureOf(end);
    this.#enter(ENDED, this.#endedAt);
    this.#pack(listener);
    this.#live = NONE;
    this.#away = undefined;
    listener.weigh(ENTRY);
    this.weight += ENTRY;
    listener.over(this);
  }

  /** Packs what has happened so far, if nothing has happened since an instant; whether it has. */
  rest(since: number): boolean {
    const [first, last] = [this.#live[0], this.#live.at(-1)];
    const listener = this.#listener;
    if (!first || !last || !listener || last.at > since) return false;
    // what is packed never gives way, so a half is left to what may
    if (this.length > MOST_ENTRIES / 2 || this.weight > MOST_BYTES / 2) return false;
    this.#pack(listener);
    return true;
  }

  #pack(listener: Listener): void {
    const packed = pack(this.#live);
    const more = weightOf(packed) - this.#liveWeight;
    this.#packed.push(packed);
    this.#packedCount += this.#live.length;
    this.#live = [];
    this.#liveWeight = 0;
    this.weight += more;
    listener.weigh(more);
  }

  get row(): CallRow {
    const { id, from, to, direction, sid, callId, trunk } = this.about;
    const { begun, rang, answered, state } = this;
    const [ended, why, failure] = [this.#endedAt, this.#why, this.#failure];
    return {
      id,
      from,
      to,
      direction,
      sid,
      callId,
      begun,
      state,
      phase: phaseOf(state[0] ?? "starting"),
      ...(trunk === undefined ? {} : { trunk }),
      ...(rang === undefined ? {} : { rang }),
      ...(answered === undefined ? {} : { answered }),
      ...(ended === undefined ? {} : { ended }),
      ...(why === undefined ? {} : { why }),
      failed: why !== undefined && isFailure(why),
      ...(failure === undefined ? {} : { failure }),
    };
  }

  #now(): number {
    return this.#listener?.now() ?? this.#endedAt ?? this.begun;
  }

  /** What comes after the end is made bytes at once, for the call has let go of all else. */
  #addLate(live: LiveEntry): void {
    const entry = entryOf(live);
    const weight = ENTRY + (entry.kind === "wire" ? entry.bytes.length : 0);
    this.#late ??= [];
    if (this.#late.length >= MOST_LATE || !this.#listener?.weigh(weight)) this.dropped++;
    else {
      this.weight += weight;
      this.#late.push(entry.kind === "wire" ? { ...entry, bytes: entry.bytes.slice() } : entry);
    }
  }

  #enter(state: readonly string[], at: number): void {
    this.state = state;
    const [first = ""] = state;
    if (first !== "ended") this.last = state;
    if (first.endsWith(".ringing")) this.rang ??= at;
    if (phaseOf(first) !== "up" || this.answered !== undefined) return;
    this.answered = at;
    this.#listener?.answered();
  }

  #add(entry: LiveEntry, size = 0): void {
    if (this.isOver) return this.#addLate(entry);
    if (!this.#listener?.weigh(ENTRY + size)) {
      this.dropped++;
      return;
    }
    this.weight += ENTRY + size;
    this.#liveWeight += ENTRY + size;
    this.#live.push(entry);
    while (this.length > MOST_ENTRIES || this.weight > MOST_BYTES) {
      const at = Math.min(Math.max(0, BEGINNING - this.#packedCount), this.#live.length - 2);
      const [gone] = this.#live.splice(at, 1);
      if (gone === undefined) return;
      this.#lighten(gone);
    }
  }

  #lighten(gone: LiveEntry): void {
    const size = ENTRY + sizeIn(gone);
    this.weight -= size;
    this.#liveWeight -= size;
    this.dropped++;
    this.#listener?.weigh(-size);
  }

  #hasPacked(bytes: Uint8Array): boolean {
    const late = this.#late?.some((entry) => entry.kind === "wire" && isSame(entry.bytes, bytes)) ?? false;
    return late || this.#packed.some((part) => messagesOf(part).some((message) => isSame(message, bytes)));
  }

  #recent(out: boolean, bytes: Uint8Array) {
    for (let at = this.#live.length - 1; at >= Math.max(0, this.#live.length - RECENT); at--) {
      const entry = this.#live[at];
      if (entry?.kind === "sip" && entry.out === out && isSame(entry.bytes, bytes)) return entry;
    }
    return undefined;
  }
}

/** What a live entry weighs beside what each does. */
function sizeIn(entry: LiveEntry): number {
  if (entry.kind === "sip") return entry.bytes.length;
  if (entry.kind === "relay") return (entry.sdp ?? entry.failed ?? "").length;
  return entry.kind === "xmpp" ? sizeOf(entry.stanza) : 0;
}

/** Whether a call ended for another reason than that somebody had enough of it. */
const isFailure = (why: string): boolean => why !== "success" && why !== "cancel";

const failureOf = ({ status, phrase, reason, timer, advice }: Ended): Failure => ({
  ...(status === undefined ? {} : { status }),
  ...(phrase === undefined ? {} : { phrase }),
  ...(reason === undefined ? {} : { reason }),
  ...(timer === undefined ? {} : { timer }),
  ...(advice === undefined ? {} : { advice }),
});

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let at = one.length - 1; at >= 0; at--) if (one[at] !== other[at]) return false;
  return true;
}
