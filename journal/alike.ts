/**
 * Deflates the packed entries of idle calls by what they have in common with the first of them: the calls of a gateway have most of
 * their header fields, elements and addresses in common.
 *
 * Rule: the first bytes are the dictionary of all (RFC 1950 §2.2, preset dictionary), and stay, since what was deflated needs it. If the
 * first call is like no other, nothing is gained and nothing lost; nor on Deno, whose zlib ignores a dictionary in both directions.
 * Bound: `MOST` bytes of it, what deflate looks back at.
 */
import type { Compression } from "./packed.ts";

const MOST = 32_768;

/** Deflate and inflate with a preset dictionary: node:zlib, passed in by main.ts. */
export interface Zlib {
  deflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array;
}

export class Alike implements Compression {
  readonly #zlib: Zlib;
  #first: Uint8Array | undefined;

  constructor(zlib: Zlib) {
    this.#zlib = zlib;
  }

  deflate(bytes: Uint8Array): Uint8Array {
    this.#first ??= bytes.slice(0, MOST);
    return this.#zlib.deflate(bytes, this.#first);
  }

  inflate(bytes: Uint8Array): Uint8Array {
    return this.#zlib.inflate(bytes, this.#first ?? bytes);
  }
}
