/**
 * The entries of a live call, written one after another into one byte array; packed.ts reads them.
 *
 * Each has a head (heads.ts) and is followed by the message; a refused step, a relayed SDP, the loss of the stream, and what has no number
 * (numbered.ts) as JSON or text. Equal SIP messages are written once, and the times of the others kept beside. Tapes are used again
 * (tapes.ts): one object for a call, and none for an entry.
 */
import type { Fresh, Said } from "./entries.ts";
import { HEAD, kindAt, numberAt, sizeAt, TICKS, writeHead } from "./heads.ts";
import { effects, places, steps, UNNUMBERED } from "./numbered.ts";

/** The kinds of entries; of a sent message one more. */
export const KINDS = { step: 0, effect: 1, other: 2, xmpp: 4, sip: 6 } as const;

/** A small call, its six SIP messages and eight stanzas, has 6 kB. */
const FIRST = 8_192;
/** Recorded times of a repeated message: no transaction repeats more often. */
const MOST_REPEATS = 20;

/** The times at which the SIP message at a place came again. */
export interface Again {
  readonly place: number;
  readonly times: readonly number[];
}
export const NEVER: readonly Again[] = [];

const encoder = new TextEncoder();

export class Tape {
  #bytes = new Uint8Array(FIRST);
  #end = 0;
  /** Number of entries. */
  count = 0;
  /** The times of the first entry and of the latest. */
  start = 0;
  last = 0;
  /** A bit for the size of each SIP message, modulo 32: what has no bit here is none of them. */
  sizes = 0;
  again: readonly Again[] = NEVER;

  /** What is written; overwritten by what follows `clear`. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  /** Bytes of room. */
  get room(): number {
    return this.#bytes.length;
  }

  clear(): void {
    this.#end = 0;
    this.count = 0;
    this.sizes = 0;
    this.again = NEVER;
  }

  /** Returns the memory at once, not when it is collected: a process that rests collects late. The tape is not used again. */
  drop(): void {
    this.clear();
    this.#bytes.buffer.transfer(0);
  }

  /** Writes an entry; returns its size. */
  add(entry: Fresh): number {
    const from = this.#end;
    this.#reserve(HEAD);
    this.#end += HEAD;
    if (this.count === 0) this.start = entry.at;
    this.last = entry.at;
    this.count++;
    if (entry.kind === "sip") this.#sip(from, entry);
    else if (entry.kind === "xmpp") {
      this.#text(entry.stanza);
      this.#head(from, KINDS.xmpp + Number(entry.out), 0);
    } else if (entry.kind === "effect") {
      const number = effects.numberOf(entry);
      if (number === UNNUMBERED) this.#text(entry.effect);
      this.#head(from, KINDS.effect, number);
    } else {
      const number = entry.kind === "step" && entry.refused === undefined ? steps.numberOf(entry) : UNNUMBERED;
      if (number === UNNUMBERED) this.#text(JSON.stringify(entry));
      this.#head(from, number === UNNUMBERED ? KINDS.other : KINDS.step, number);
    }
    return this.#end - from;
  }

  #sip(from: number, entry: Said & { kind: "sip" }): void {
    const { out, bytes } = entry;
    const number = places.numberOf(entry);
    if (number === UNNUMBERED) this.#text(`${entry.transport} ${entry.host} ${entry.port}\n`);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    this.sizes |= bitOf(bytes.length);
    this.#head(from, KINDS.sip + Number(out), number);
  }

  /** Removes the entry at a place; returns its size. */
  remove(place: number): number {
    let from = 0;
    for (let at = 0; at < place; at++) from = this.#after(from);
    const size = this.#after(from) - from;
    this.#bytes.copyWithin(from, from + size, this.#end);
    this.#end -= size;
    this.count--;
    if (this.again.length > 0)
      this.again = this.again
        .filter((each) => each.place !== place)
        .map((each) => (each.place > place ? { ...each, place: each.place - 1 } : each));
    return size;
  }

  /** Records that a SIP message was repeated; returns false if it is new. */
  repeats(out: boolean, message: Uint8Array, at: number): boolean {
    if ((this.sizes & bitOf(message.length)) === 0) return false;
    let from = 0;
    for (let place = 0; place < this.count; place++) {
      const next = this.#after(from);
      if (kindAt(this.#bytes, from) === KINDS.sip + Number(out) && this.#isAt(from, next, message)) {
        this.#repeat(place, at);
        return true;
      }
      from = next;
    }
    return false;
  }

  #repeat(place: number, at: number): void {
    const times = this.again.find((each) => each.place === place)?.times ?? [];
    const others = this.again.filter((each) => each.place !== place);
    this.again = [...others, { place, times: [...times, at].slice(-MOST_REPEATS) }];
  }

  /** Whether the message of an entry is this one. */
  #isAt(from: number, to: number, message: Uint8Array): boolean {
    const bytes = this.#bytes;
    const hasAddress = numberAt(bytes, from) === UNNUMBERED;
    const start = hasAddress ? bytes.indexOf(LINE_BREAK, from + HEAD) + 1 : from + HEAD;
    if (to - start !== message.length) return false;
    for (let at = message.length - 1; at >= 0; at--) if (bytes[start + at] !== message[at]) return false;
    return true;
  }

  /** The place after an entry. */
  #after(from: number): number {
    return from + HEAD + sizeAt(this.#bytes, from);
  }

  #head(from: number, kind: number, number: number): void {
    const ticks = Math.round((this.last - this.start) * TICKS);
    writeHead(this.#bytes, from, kind, number, ticks, this.#end - from - HEAD);
  }

  #text(text: string): void {
    this.#reserve(text.length);
    let { read, written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end));
    if (read < text.length) {
      this.#reserve(text.length * 3); // the most in UTF-8
      ({ read, written } = encoder.encodeInto(text, this.#bytes.subarray(this.#end)));
    }
    this.#end += written;
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + size));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}

/** After an address. */
export const LINE_BREAK = 10;

/** The bit of a size in `sizes`. */
export const bitOf = (size: number): number => 1 << (size & 31);
