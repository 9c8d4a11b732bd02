/**
 * The entries of one call, in order: the latest ones live, earlier ones packed.
 *
 * Bounds: `MOST_ENTRIES` and `MOST_BYTES`, past which the middle is discarded and counted, since people ask for beginning and end of
 * a call. Equal bytes are a retransmission: only the time is recorded. The entries of an idle call are packed and deflated, the rest
 * is packed when it ends; late entries are appended.
 */
import type { Element } from "@xmpp/xml";
import { type Entry, entryOf, type LiveEntry } from "./entries.ts";
import { type Compression, deflated, has, isEqual, type Packed, pack, unpack } from "./packed.ts";
import type { Kept, Ring } from "./ring.ts";

const MOST_ENTRIES = 400;
const MOST_BYTES = 262_144;
/** First entries, which are never discarded. */
const BEGINNING = 60;
/** Recorded times of a repeated message: no transaction repeats more often. */
const MOST_REPEATS = 20;
/** Messages after the end of the call: the response to its BYE, the result of its session-terminate. */
export const MOST_LATE = 16;
/** Number of entries searched for the original of a retransmission. */
const RECENT = 16;
/** Weight of an entry without its message, and of a stanza before it is written. In bytes. */
const ENTRY = 120;
const STANZA = 1_200;
/** The live entries of ended calls: nothing is ever added. */
const NONE: LiveEntry[] = [];

/** Shared by all histories. */
export interface Room<Part> {
  /** Adds a weight to the user's share `part`; returns false if there is no room for it. */
  weigh(part: Part, bytes: number): boolean;
  /** Stores the entries packed at the end of a call. */
  readonly ring: Ring;
  readonly compression: Compression;
}

export class History<Part> {
  /** Number of discarded entries. */
  dropped = 0;
  /** Weight in bytes. */
  weight = 0;
  /** Undefined after `forget`. */
  #room: Room<Part> | undefined;
  readonly #part: Part;
  #live: LiveEntry[] = [];
  #liveWeight = 0;
  /** One piece for each idle period, and one for the end. */
  #packed: readonly Packed[] = [];
  #packedCount = 0;
  /** Indexes of repeated messages that are packed, and how often each was repeated. */
  #packedAgain: readonly Again[] = NEVER;
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

  /** Entries from an index on. */
  from(place: number): readonly Entry[] {
    if (this.#live === NONE || place < this.#packedCount) return this.entries.slice(place);
    return this.#live.slice(place - this.#packedCount).map(entryOf);
  }

  /** Indexes of repeated messages, and how often each was repeated. */
  get again(): readonly Again[] {
    const again = againIn(this.#live, this.#packedCount);
    return this.#packedAgain.length === 0 ? again : [...this.#packedAgain, ...again];
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

  /** Records that a recent message was repeated; returns false if it is new. */
  repeats(out: boolean, bytes: Uint8Array, at: number): boolean {
    if (this.#live === NONE && this.#hasPacked(bytes)) return true; // retransmissions after the end add nothing
    const known = this.#recent(out, bytes);
    if (known === undefined) return false;
    known.again = [...(known.again ?? []), at].slice(-MOST_REPEATS);
    return true;
  }

  /** Packs the entries if nothing has happened since an instant; returns whether it did. */
  rest(since: number): boolean {
    const last = this.#live.at(-1);
    const room = this.#room;
    if (!last || !room || last.at > since) return false;
    // packed entries are never discarded, so half of the room is left to others
    if (this.length > MOST_ENTRIES / 2 || this.weight > MOST_BYTES / 2) return false;
    this.#pack(room, deflated(this.#live, room.compression));
    return true;
  }

  /** Packs all entries and releases the live data. */
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

  /** The call is dropped from the journal. */
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

  /** Late entries are serialized at once, since the call has released its live data. */
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
const NEVER: readonly Again[] = [];

function againIn(entries: readonly LiveEntry[], from: number): readonly Again[] {
  if (!entries.some((entry) => entry.kind === "sip" && entry.again)) return NEVER;
  return entries.flatMap((entry, place) =>
    entry.kind === "sip" && entry.again ? [[from + place, entry.again.length] as const] : [],
  );
}

/** Weight of a live entry beyond the fixed part. */
function sizeIn(entry: LiveEntry): number {
  if (entry.kind === "sip") return entry.bytes.length;
  if (entry.kind === "relay") return (entry.sdp ?? entry.failed ?? "").length;
  return entry.kind === "xmpp" ? sizeOf(entry.stanza) : 0;
}

const sizeOf = (stanza: Element | string): number => (typeof stanza === "string" ? stanza.length : STANZA);
