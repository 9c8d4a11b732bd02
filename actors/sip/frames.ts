/**
 * Frames a byte stream into SIP messages by their Content-Length: RFC 3261 §18.3, §7.5 (empty lines before a message).
 *
 * Rules: at most one message of the maximum size is buffered, and the buffer of a large one is given back after it; a stream whose next message cannot be framed (no
 * Content-Length, two that differ, too large) is faulty and must be closed: nothing more is read from it. Folded
 * lines and bare LF are accepted, as in datagrams. The work is linear in the bytes, however small the pieces are.
 */
import { contentLength, headEnd, readHead } from "../../protocol/sip/head.ts";
import { LIMITS } from "../../protocol/sip/message.ts";

const CR = 13;
const LF = 10;
/** The line breaks of a ping, in bytes. */
const PING_LENGTH = 4;

/** Bytes of a buffer for the next message, and of one that is kept between messages. */
const INITIAL = 4_096;
const MOST_KEPT = 16_384;

export class SipFrames {
  #bytes = new Uint8Array(INITIAL);
  #end = 0;
  /** The offset up to which the end of the header has been searched for. */
  #seen = 0;
  /** The length of the incomplete message, once its header is complete. */
  #length: number | undefined;
  #fault: string | undefined;
  #pongs = 0;
  #pings = 0;
  /** The line breaks since the last message, of which no ping is made yet. */
  #breaks = 0;

  /** Whether the last message is incomplete. */
  get unfinished(): boolean {
    return this.#end > 0;
  }

  /** Bytes of memory for the next message. */
  get size(): number {
    return this.#bytes.length;
  }

  /** Counts single empty lines between messages: answers to keep-alives (RFC 5626 §3.5.1). */
  get pongs(): number {
    return this.#pongs;
  }

  /** Counts double empty lines between messages, in however many pieces: keep-alives (RFC 5626 §3.5.1). */
  get pings(): number {
    return this.#pings;
  }

  /** Passes each complete message to `take`; returns the fault of the stream, if any. */
  push(bytes: Uint8Array, take: (message: Uint8Array) => void): string | undefined {
    for (let at = 0; at < bytes.length && this.#fault === undefined; ) {
      const room = Math.min(bytes.length - at, LIMITS.bytes);
      this.#append(bytes.subarray(at, at + room));
      at += room;
      this.#fault = this.#cut(take);
    }
    if (this.#fault !== undefined) {
      this.#bytes = new Uint8Array(0);
      this.#end = 0;
    }
    return this.#fault;
  }

  #cut(take: (message: Uint8Array) => void): string | undefined {
    for (;;) {
      if (this.#length === undefined) {
        this.#skipEmptyLines();
        const header = headEnd(this.#bytes.subarray(0, this.#end), this.#seen);
        if ((header ?? this.#end) > LIMITS.bytes) return "header too large";
        this.#seen = Math.max(0, this.#end - 2); // keeps the line break that the next one completes to an empty line
        if (header === undefined) return undefined;
        const fault = this.#measure(header, take);
        if (fault !== undefined) return fault;
      }
      const length = this.#length;
      if (length === undefined || this.#end < length) return undefined;
      const message = this.#bytes.slice(0, length);
      this.#drop(length);
      this.#length = undefined;
      take(message);
    }
  }

  /** Determines the length of a message with a complete header; without a valid one, only the header is passed on, to be refused. */
  #measure(header: number, take: (message: Uint8Array) => void): string | undefined {
    const head = readHead(this.#bytes.subarray(0, header));
    const body = contentLength(head.headers);
    if (body !== undefined && header + body <= LIMITS.bytes) {
      this.#length = header + body;
      return undefined;
    }
    // 400 or 413; a header without any Content-Length is not passed on: it would read as a message without a body
    if (body !== undefined || head.fault !== undefined) take(this.#bytes.slice(0, header));
    return body !== undefined && body > 0 ? "message too large" : "missing or invalid Content-Length";
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
    if (this.#bytes.length <= MOST_KEPT || this.#end > INITIAL) return;
    const smaller = new Uint8Array(INITIAL);
    smaller.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = smaller;
  }

  #skipEmptyLines(): void {
    let start = 0;
    while (start < this.#end && (this.#bytes[start] === CR || this.#bytes[start] === LF)) start++;
    if (start === 2) this.#pongs++;
    this.#breaks += start;
    if (this.#breaks >= PING_LENGTH) this.#pings++;
    if (start < this.#end || this.#breaks >= PING_LENGTH) this.#breaks = 0;
    if (start > 0) this.#drop(start);
  }
}
