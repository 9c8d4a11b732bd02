/**
 * The entries of one call, in order: the latest ones on a tape, earlier ones packed.
 *
 * Bounds: `MOST_ENTRIES` and `MOST_BYTES`, past which the middle is discarded and counted, since people ask for beginning and end of
 * a call. Equal bytes are a retransmission: only the time is recorded. The entries of an idle call are packed and deflated, the rest
 * is packed when it ends; so are late ones, each by itself.
 */
import type { Entry, Fresh } from "./entries.ts";
import { type Compression, deflated, entriesOn, has, type Packed, pack, unpack } from "./packed.ts";
import { type Ring, Stored } from "./ring.ts";
import type { Tape } from "./tape.ts";
import type { Tapes } from "./tapes.ts";

const MOST_ENTRIES = 400;
const MOST_BYTES = 262_144;
/** First entries, which are never discarded. */
const BEGINNING = 60;
/** Messages after the end of the call: the response to its BYE, the result of its session-terminate. */
export const MOST_LATE = 16;
/** Weight of an entry besides its bytes, for the room that its tape has left. In bytes. */
const ENTRY = 120;
/** Weight of a time at which a message was repeated. */
const REPEAT = 16;

/** Shared by all histories. */
export interface Room<Part> {
  /** Adds a weight to the user's share `part`; returns false if there is no room for it. */
  weigh(part: Part, bytes: number): boolean;
  readonly tapes: Tapes;
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
  /** Undefined while there is nothing to be packed. */
  #tape: Tape | undefined;
  /** The weight of what is on the tape. */
  #fresh = 0;
  /** One piece for each idle period, one for the end, and one for each late entry. */
  #packed: readonly Packed[] = NONE;
  #packedCount = 0;
  #isOver = false;
  #late = 0;

  constructor(room: Room<Part>, part: Part) {
    this.#room = room;
    this.#part = part;
  }

  get entries(): readonly Entry[] {
    const compression = this.#room?.compression;
    if (compression === undefined) return [];
    const packed = this.#packed.flatMap((part) => unpack(part, compression));
    return this.#tape ? [...packed, ...entriesOn(this.#tape, 0)] : packed;
  }

  get length(): number {
    return this.#packedCount + (this.#tape?.count ?? 0);
  }

  /** Entries from an index on. */
  from(place: number): readonly Entry[] {
    if (!this.#tape || place < this.#packedCount) return this.entries.slice(place);
    return entriesOn(this.#tape, place - this.#packedCount);
  }

  /** Indexes of repeated messages, and how often each was repeated. */
  get again(): readonly (readonly [place: number, times: number])[] {
    let before = 0;
    const parts = this.#tape ? [...this.#packed, this.#tape] : this.#packed;
    return parts.flatMap(({ again, count }) => {
      const first = before;
      before += count;
      return again.map(({ place, times }) => [first + place, times.length] as const);
    });
  }

  add(entry: Fresh): void {
    if (!this.#room) return;
    if (this.#isOver) this.#addLate(this.#room, entry);
    else this.#write(this.#room, entry);
  }

  #write(room: Room<Part>, entry: Fresh): void {
    this.#tape ??= room.tapes.take();
    const tape = this.#tape;
    const size = ENTRY + tape.add(entry);
    if (!room.weigh(this.#part, size)) {
      tape.remove(tape.count - 1);
      this.dropped++;
      return;
    }
    this.weight += size;
    this.#fresh += size;
    while ((this.length > MOST_ENTRIES || this.weight > MOST_BYTES) && tape.count > 0)
      this.#discard(room, tape, Math.max(0, Math.min(BEGINNING - this.#packedCount, tape.count - 2)));
  }

  #discard(room: Room<Part>, tape: Tape, place: number): void {
    const size = ENTRY + tape.remove(place);
    this.#fresh -= size;
    this.dropped++;
    this.#weigh(room, -size);
  }

  /** Records that a message was repeated; returns false if it is new. */
  repeats(out: boolean, bytes: Uint8Array, at: number): boolean {
    if (this.#isOver) return this.#hasPacked(bytes); // retransmissions after the end add nothing
    return this.#tape?.repeats(out, bytes, at) ?? false;
  }

  #hasPacked(bytes: Uint8Array): boolean {
    const compression = this.#room?.compression;
    return compression !== undefined && this.#packed.some((part) => has(part, bytes, compression));
  }

  /** Packs the entries if nothing has happened since an instant; returns whether it did. */
  rest(since: number): boolean {
    const [room, tape] = [this.#room, this.#tape];
    if (!room || !tape || tape.count === 0 || tape.last > since) return false;
    // packed entries are never discarded, so half of the room is left to others
    if (this.length > MOST_ENTRIES / 2 || this.weight > MOST_BYTES / 2) return false;
    this.#pack(room, tape, deflated(tape, room.compression));
    return true;
  }

  /** Packs all entries. */
  end(): void {
    const [room, tape] = [this.#room, this.#tape];
    this.#isOver = true;
    if (!room) return;
    if (tape) this.#pack(room, tape, inRing(room, tape));
    this.#weigh(room, ENTRY);
  }

  /** The call is dropped from the journal. */
  forget(): void {
    const room = this.#room;
    if (room) for (const { kept } of this.#packed) if (kept instanceof Stored) room.ring.release(kept);
    if (this.#tape) room?.tapes.release(this.#tape);
    this.#room = undefined;
    this.#tape = undefined;
    this.#packed = NONE;
  }

  #pack(room: Room<Part>, tape: Tape, packed: Packed): void {
    this.#keep(packed);
    this.#weigh(room, weightOf(packed) - this.#fresh);
    this.#fresh = 0;
    this.#tape = undefined;
    room.tapes.release(tape);
  }

  #addLate(room: Room<Part>, entry: Fresh): void {
    const tape = room.tapes.take();
    const size = ENTRY + tape.add(entry);
    if (this.#late >= MOST_LATE || !room.weigh(this.#part, size)) this.dropped++;
    else {
      this.#late++;
      this.weight += size;
      this.#keep(inRing(room, tape));
    }
    room.tapes.release(tape);
  }

  #keep(packed: Packed): void {
    this.#packed = [...this.#packed, packed];
    this.#packedCount += packed.count;
  }

  #weigh(room: Room<Part>, more: number): void {
    this.weight += more;
    room.weigh(this.#part, more);
  }
}

const NONE: readonly Packed[] = [];

function weightOf({ kept, again }: Packed): number {
  return again.reduce((sum, { times }) => sum + REPEAT * times.length, kept.size);
}

const inRing = ({ ring }: Pick<Room<never>, "ring">, tape: Tape): Packed => pack(tape, (bytes) => ring.keep(bytes));
