/**
 * What happened to one call, in order: what came last as it was at hand, what came before it packed.
 *
 * Bounds: `MOST_ENTRIES` and `MOST_BYTES`, past which the middle gives way and is counted, since how a call began and how it
 * ended is what people ask for. The same bytes again are a retransmission: their times are kept, not they. What a call that rests
 * has said so far is packed and deflated, what was left at its end is packed; what comes later is added to it.
 */
import type { Element } from "@xmpp/xml";
import { type Entry, entryOf, type LiveEntry } from "./entries.ts";
import { type Compression, deflated, has, isEqual, type Packed, pack, unpack } from "./packed.ts";
import type { Kept, Ring } from "./ring.ts";

const MOST_ENTRIES = 400;
const MOST_BYTES = 262_144;
/** Entries from the beginning that never give way. */
const BEGINNING = 60;
/** Times of a message that came again: a transaction repeats no more often. */
const MOST_REPEATS = 20;
/** Messages that come and go when the call is over: the answer to its BYE, the result of its session-terminate. */
export const MOST_LATE = 16;
/** How far back a retransmission is looked for. */
const RECENT = 16;
/** What an entry weighs beside its message; a stanza before it is written. In bytes. */
const ENTRY = 120;
const STANZA = 1_200;
/** The live entries of calls that are over: nothing is ever added. */
const NONE: LiveEntry[] = [];

/** Where all histories are kept. */
export interface Room<Part> {
  /** An entry weighs so much; false when there is no room for it. `part` is its user's. */
  weigh(part: Part, bytes: number): boolean;
  /** For what is packed at the end of a call. */
  readonly ring: Ring;
  readonly compression: Compression;
}

export class History<Part> {
  /** Entries that gave way. */
  dropped = 0;
  /** What it weighs, in bytes. */
  weight = 0;
  /** Undefined once nobody asks for it any more. */
  #room: Room<Part> | undefined;
  readonly #part: Part;
  #live: LiveEntry[] = [];
  #liveWeight = 0;
  /** Each is packed by itself: at each rest, and at the end. */
  #packed: readonly Packed[] = [];
  #packedCount = 0;
  /** The places of packed messages that came again, and how often. */
  #packedAgain: readonly Again[] = [];
  #inRing: Kept | undefined;
  #late: Entry[] | undefined;

  constructor(room: Room<Part>, part: Part) {
    this.#room = room;
    this.#part = part;
  }

  get entries(): readonly Entry[] {
    return [...this.#unpacked, ...this.#live.map(entryOf), ...(this.#late ?? [])];
  }

  get #unpacked(): Entry[] {
    const compression = this.#room?.compression;
    return compression ? this.#packed.flatMap((part) => unpack(part, compression)) : [];
  }

  get length(): number {
    return this.#packedCount + this.#live.length + (this.#late?.length ?? 0);
  }

  /** What happened from a place on. */
  from(place: number): readonly Entry[] {
    if (this.#live === NONE || place < this.#packedCount) return this.entries.slice(place);
    return this.#live.slice(place - this.#packedCount).map(entryOf);
  }

  /** The places of messages that came again, and how often. */
  get again(): readonly Again[] {
    return [...this.#packedAgain, ...againIn(this.#live, this.#packedCount)];
  }

  add(entry: LiveEntry): void {
    if (this.#live === NONE) return this.#addLate(entry);
    const size = ENTRY + sizeIn(entry);
    if (!this.#room?.weigh(this.#part, size)) {
      this.dropped++;
      return;
    }
    this.weight += size;
    this.#liveWeight += size;
    this.#live.push(entry);
    while (this.length > MOST_ENTRIES || this.weight > MOST_BYTES) {
      const at = Math.min(Math.max(0, BEGINNING - this.#packedCount), this.#live.length - 2);
      const [gone] = this.#live.splice(at, 1);
      if (gone === undefined) return;
      this.#lighten(ENTRY + sizeIn(gone));
    }
  }

  /** Notes that a message that was seen lately has come again; false where it was not. */
  repeats(out: boolean, bytes: Uint8Array, at: number): boolean {
    if (this.#live === NONE && this.#hasPacked(bytes)) return true; // what a transaction repeats after the end adds nothing
    const known = this.#recent(out, bytes);
    if (known === undefined) return false;
    known.again = [...(known.again ?? []), at].slice(-MOST_REPEATS);
    return true;
  }

  /** Packs what has happened so far, if nothing has happened since an instant; whether it has. */
  rest(since: number): boolean {
    const last = this.#live.at(-1);
    const room = this.#room;
    if (!last || !room || last.at > since) return false;
    // what is packed never gives way, so a half is left to what may
    if (this.length > MOST_ENTRIES / 2 || this.weight > MOST_BYTES / 2) return false;
    this.#pack(room, deflated(this.#live, room.compression));
    return true;
  }

  /** Packs all that is known, and lets go of what the call had. */
  end(): void {
    const room = this.#room;
    if (!room) return;
    const keep = (bytes: Uint8Array): Uint8Array => {
      this.#inRing = room.ring.keep(bytes);
      return this.#inRing.bytes;
    };
    if (this.#live.length > 0) this.#pack(room, pack(this.#live, keep));
    this.#live = NONE;
    this.#weigh(room, ENTRY);
  }

  /** Nobody asks for it any more. */
  forget(): void {
    if (this.#inRing) this.#room?.ring.release(this.#inRing);
    this.#room = undefined;
    this.#packed = [];
  }

  #pack(room: Room<Part>, packed: Packed): void {
    this.#packedAgain = this.again;
    this.#packed = [...this.#packed, packed];
    this.#packedCount += this.#live.length;
    const more = packed.bytes.length - this.#liveWeight;
    this.#live = [];
    this.#liveWeight = 0;
    this.#weigh(room, more);
  }

  #weigh(room: Room<Part>, more: number): void {
    this.weight += more;
    room.weigh(this.#part, more);
  }

  #lighten(size: number): void {
    this.weight -= size;
    this.#liveWeight -= size;
    this.dropped++;
    this.#room?.weigh(this.#part, -size);
  }

  /** What comes after the end is made bytes at once, for the call has let go of all else. */
  #addLate(live: LiveEntry): void {
    const entry = entryOf(live);
    const weight = ENTRY + (entry.kind === "wire" ? entry.bytes.length : 0);
    this.#late ??= [];
    if (this.#late.length >= MOST_LATE || !this.#room?.weigh(this.#part, weight)) this.dropped++;
    else {
      this.weight += weight;
      this.#late.push(entry.kind === "wire" ? { ...entry, bytes: entry.bytes.slice() } : entry);
    }
  }

  #hasPacked(bytes: Uint8Array): boolean {
    const late = this.#late?.some((entry) => entry.kind === "wire" && isEqual(entry.bytes, bytes)) ?? false;
    const compression = this.#room?.compression;
    return late || (compression !== undefined && this.#packed.some((part) => has(part, bytes, compression)));
  }

  #recent(out: boolean, bytes: Uint8Array) {
    for (let at = this.#live.length - 1; at >= Math.max(0, this.#live.length - RECENT); at--) {
      const entry = this.#live[at];
      if (entry?.kind === "sip" && entry.out === out && isEqual(entry.bytes, bytes)) return entry;
    }
    return undefined;
  }
}

type Again = readonly [place: number, times: number];

const againIn = (entries: readonly LiveEntry[], from: number): Again[] =>
  entries.flatMap((entry, place) =>
    entry.kind === "sip" && entry.again ? [[from + place, entry.again.length] as const] : [],
  );

/** What a live entry weighs beside what each does. */
function sizeIn(entry: LiveEntry): number {
  if (entry.kind === "sip") return entry.bytes.length;
  if (entry.kind === "relay") return (entry.sdp ?? entry.failed ?? "").length;
  return entry.kind === "xmpp" ? sizeOf(entry.stanza) : 0;
}

const sizeOf = (stanza: Element | string): number => (typeof stanza === "string" ? stanza.length : STANZA);
