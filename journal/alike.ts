/**
 * Deflates the packed entries of idle calls with the first of them as the dictionary: the calls of a gateway share most of their header
 * fields, elements and addresses.
 *
 * Rule: the first entries deflated are the preset dictionary (RFC 1950 §2.2) of all, and stay in memory, since inflating needs them. If
 * the first call is unlike the others, nothing is gained or lost; the same on Deno, whose zlib ignores the dictionary in both directions.
 * Bound: `MOST` bytes of it, the distance that deflate looks back.
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
