/**
 * Reads SIP messages from bytes (RFC 3261 §7, §18.3).
 *
 * Reading is lazy: the header is split into fields (head.ts), and only Content-Length is parsed. Rules: limits are
 * checked first; the work is linear in the bytes; the only exception is `Malformed`.
 */
import { contentLength, type Fault, headEnd, readHead } from "./head.ts";
import { type Field, LIMITS, Malformed, type Message, type Request } from "./message.ts";
import { COPIED } from "./names.ts";

/** Bytes read of a message that is too large, for answering it. */
const ANSWERED = 16_384;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const LF = 10;
const CR = 13;
const SPACE = 32;

/** Reads the message in a datagram, or in a frame of a stream. Throws `Malformed` only. */
export function readMessage(bytes: Uint8Array): Message {
  if (bytes.length > LIMITS.bytes) {
    const { start, headers } = readHead(bytes.subarray(0, ANSWERED));
    throw new Malformed("message too large", 413, answerable(start.method, start.uri, headers));
  }
  const from = skipBlankLines(bytes);
  const end = headEnd(bytes, from);
  const head = readHead(bytes.subarray(from, end ?? bytes.length));
  const { start, headers } = head;
  const length = contentLength(headers);
  const rest = end === undefined ? 0 : bytes.length - end;
  const fault = start.fault ?? head.fault ?? bodyFault(end, length, rest);
  if (fault) throw new Malformed(...fault, answerable(start.method, start.uri, headers));
  // RFC 3261 §18.3: bytes after the body of a datagram are discarded; without Content-Length the body is the rest
  const body = rest === 0 ? "" : utf8.decode(bytes.subarray(end, end! + (length ?? rest)));
  if (start.method === "") return { kind: "response", status: start.status, phrase: start.phrase, headers, body };
  return { kind: "request", method: start.method, uri: start.uri, headers, body };
}

/** Whether these are the bytes of a request of this method. */
export function isRequest(bytes: Uint8Array, method: string): boolean {
  const from = skipBlankLines(bytes);
  if (bytes[from + method.length] !== SPACE) return false;
  for (let at = 0; at < method.length; at++) if (bytes[from + at] !== method.charCodeAt(at)) return false;
  return true;
}

/** The number of CR and LF bytes before the start line (RFC 3261 §7.5). */
function skipBlankLines(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  return at;
}

function bodyFault(end: number | undefined, length: number | undefined, rest: number): Fault | undefined {
  if (end === undefined) return ["no empty line after the header", 400];
  if (length === undefined || length <= rest) return undefined;
  if (end + length > LIMITS.bytes) return ["message too large", 413];
  return [Number.isNaN(length) ? "unreadable Content-Length" : "body shorter than Content-Length", 400];
}

/** Whether all fields that a response copies are present (RFC 3261 §8.2.6.2). */
function isAnswerable(headers: readonly Field[]): boolean {
  for (const name of COPIED) if (!headers.some((field) => field[0] === name)) return false;
  return true;
}

/** The request, if it can be answered and is not an ACK. */
export function answerable(method: string, uri: string, headers: readonly Field[]): Request | undefined {
  if (!isAnswerable(headers) || method === "" || method === "ACK") return undefined;
  return { kind: "request", method, uri, headers, body: "" };
}
