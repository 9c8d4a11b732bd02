/**
 * Bencode (BEP 3), as used by rtpengine's ng protocol: dictionaries, lists, integers and UTF-8 strings.
 *
 * Rules: dictionary keys are written in sorted order, without undefined values; one value must fill all the bytes; depth and
 * length of numbers are bounded, and nothing is read past the end. Left out: byte strings that are not UTF-8, which ng does not
 * use; they are read with U+FFFD.
 */
import { unreadable } from "./refusal.ts";

/** A dictionary. */
export interface Bencodes {
  readonly [key: string]: Bencoded | undefined;
}
export type Bencoded = string | number | readonly Bencoded[] | Bencodes;

/** Deepest nesting accepted; rtpengine's answers have six levels. */
const DEEPEST = 16;
/** Longest number or length, in characters with its sign. */
const LONGEST = 17;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function writeBencode(value: Bencoded): Uint8Array {
  return encoder.encode(written(value));
}

function written(value: Bencoded): string {
  if (typeof value === "string") return `${encoder.encode(value).length}:${value}`;
  if (typeof value === "number") return `i${Math.trunc(value)}e`;
  if (isList(value)) return `l${value.map(written).join("")}e`;
  const pairs = Object.keys(value)
    .sort()
    .flatMap((key) => {
      const item = value[key];
      return item === undefined ? [] : [written(key) + written(item)];
    });
  return `d${pairs.join("")}e`;
}

const isList = (value: Bencoded): value is readonly Bencoded[] => Array.isArray(value);

/** Reads one value that fills the bytes. Throws `Refusal` on anything else. */
export function readBencode(bytes: Uint8Array): Bencoded {
  const reader = new Reader(bytes);
  const value = reader.read(0);
  return reader.isAtEnd ? value : reader.wrong();
}

/** The characters that mark types. */
const [INTEGER, LIST, DICTIONARY, END, COLON] = [0x69, 0x6c, 0x64, 0x65, 0x3a];

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  wrong(): never {
    throw unreadable(`no bencode at ${this.#at}`);
  }

  read(depth: number): Bencoded {
    if (depth > DEEPEST) return this.wrong();
    if (this.#takes(INTEGER)) return this.#number(END);
    if (this.#takes(LIST)) return this.#list(depth);
    return this.#takes(DICTIONARY) ? this.#dictionary(depth) : this.#text();
  }

  #list(depth: number): Bencoded[] {
    const items: Bencoded[] = [];
    while (!this.#takes(END)) items.push(this.read(depth + 1));
    return items;
  }

  #dictionary(depth: number): Bencodes {
    const pairs: [string, Bencoded][] = [];
    while (!this.#takes(END)) pairs.push([this.#text(), this.read(depth + 1)]);
    return Object.fromEntries(pairs);
  }

  #text(): string {
    const length = this.#number(COLON);
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) return this.wrong();
    const text = decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    return text;
  }

  /** Reads the number up to this character and consumes both. */
  #number(end: number): number {
    const to = this.#bytes.subarray(this.#at, this.#at + LONGEST + 1).indexOf(end);
    const digits = to < 0 ? "" : decoder.decode(this.#bytes.subarray(this.#at, this.#at + to));
    if (!/^(?:0|-?[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(Number(digits))) return this.wrong();
    this.#at += to + 1;
    return Number(digits);
  }

  /** Consumes this character if it is next, and returns whether it was. */
  #takes(character: number): boolean {
    const is = this.#bytes[this.#at] === character;
    if (is) this.#at++;
    return is;
  }
}
