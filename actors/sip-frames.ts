/**
 * Cuts a byte stream into SIP messages by their Content-Length: RFC 3261 §18.3, §7.5 (empty lines before a message).
 *
 * Rules: what waits for its rest is never more than one message of the greatest size; a stream that cannot be cut any
 * further (no Content-Length, two that differ, too much) is at fault and has to be closed, for nobody knows where the
 * next message begins. Each byte is looked at a bounded number of times, in however small pieces it comes.
 */
import { LIMITS } from "../protocol/sip.ts";

const CR = 13;
const LF = 10;
const latin1 = new TextDecoder("latin1");

export class SipFrames {
  #bytes = new Uint8Array(4_096);
  #end = 0;
  /** How far the end of the header was looked for already. */
  #seen = 0;
  /** The length of the message that waits for its rest, once its header is whole. */
  #length: number | undefined;

  /** Whether part of a message waits for its rest. */
  get unfinished(): boolean {
    return this.#end > 0;
  }

  /** Hands each whole message to `take`; gives what is wrong with the stream when it is at fault. */
  push(bytes: Uint8Array, take: (message: Uint8Array) => void): string | undefined {
    for (let at = 0; at < bytes.length; ) {
      const room = Math.min(bytes.length - at, LIMITS.bytes);
      this.#append(bytes.subarray(at, at + room));
      at += room;
      const fault = this.#cut(take);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #cut(take: (message: Uint8Array) => void): string | undefined {
    for (;;) {
      if (this.#length === undefined) {
        this.#skipEmptyLines();
        const header = this.#headerEnd();
        if (header < 0) return this.#end > LIMITS.bytes ? "a header without an end" : undefined;
        const body = contentLength(latin1.decode(this.#bytes.subarray(0, header)));
        if (body === undefined) return "no usable Content-Length";
        if (header + body > LIMITS.bytes) {
          take(this.#bytes.slice(0, header)); // so that it can be answered 413
          return "a message too large";
        }
        this.#length = header + body;
      }
      if (this.#end < this.#length) return undefined;
      const message = this.#bytes.slice(0, this.#length);
      this.#drop(this.#length);
      this.#length = undefined;
      take(message);
    }
  }

  #append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#end + bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #drop(count: number): void {
    this.#bytes.copyWithin(0, count, this.#end);
    this.#end -= count;
    this.#seen = 0;
  }

  #skipEmptyLines(): void {
    let start = 0;
    while (start < this.#end && (this.#bytes[start] === CR || this.#bytes[start] === LF)) start++;
    if (start > 0) this.#drop(start);
  }

  /** Where the body begins, or -1 as long as the empty line is not there. */
  #headerEnd(): number {
    for (let at = this.#seen; at + 3 < this.#end; at++) {
      if (this.#bytes[at] !== CR || this.#bytes[at + 1] !== LF) continue;
      if (this.#bytes[at + 2] === CR && this.#bytes[at + 3] === LF) return at + 4;
    }
    this.#seen = Math.max(0, this.#end - 3);
    return -1;
  }
}

function contentLength(header: string): number | undefined {
  const found = [...header.matchAll(/\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*?)[ \t]*(?=\r\n)/gi)].map(
    (m) => m[1],
  );
  const [first] = found;
  if (first === undefined || !/^\d{1,9}$/.test(first) || found.some((value) => value !== first)) return undefined;
  return Number(first);
}
