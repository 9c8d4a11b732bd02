/**
 * SIP messages (RFC 3261 §7): bytes to values and back.
 *
 * Reading is lazy: the start line and the lines of the header are told apart, and nothing in them is understood but
 * Content-Length; fields.ts and uri.ts read the values that somebody asks for. Rules: limits come before work,
 * work is linear in the bytes, and what cannot be read is `Malformed` and no other exception. Both CRLF and LF end a line.
 *
 * Left out on purpose: bytes that are not UTF-8 are read as U+FFFD (§7.3.1 knows no other encoding), so a binary body
 * does not survive; a gateway that reads SDP only has no use for one.
 */
import { Refusal } from "../refusal.ts";
import { canonicalName, isToken } from "./names.ts";

/** One header field: its canonical long name ("Call-ID", compact forms expanded) and its raw value. */
export type Field = readonly [name: string, value: string];

export interface Request {
  readonly kind: "request";
  readonly method: string;
  /** The Request-URI as it stands on the wire. */
  readonly uri: string;
  /** In wire order; one entry a header line. */
  readonly headers: readonly Field[];
  readonly body: string;
}

export interface Response {
  readonly kind: "response";
  readonly status: number;
  readonly phrase: string;
  readonly headers: readonly Field[];
  readonly body: string;
}

export type Message = Request | Response;

/** Where a message goes or came from. */
export interface Destination {
  readonly transport: "udp" | "tcp";
  readonly host: string;
  readonly port: number;
}

/** The most bytes of one message, the most header fields in it, and the most characters of one field with its folds. */
export const LIMITS = { bytes: 49_152, fields: 128, line: 8_192 } as const;
/** As much of a message that is too large is read as it takes to answer it. */
const ANSWERED = 16_384;

/** A message that cannot be read. */
export class Malformed extends Refusal {
  /** What is known of a request, when that is enough to answer it (RFC 3261 §8.2.6.2) and it is no ACK. */
  readonly request: Request | undefined;

  constructor(text: string, status: 400 | 413 | 505, request?: Request) {
    super(text, { status });
    this.request = request;
  }
}

/** What is wrong with a message: the words, and the status that answers it. */
type Fault = readonly [text: string, status: 400 | 413 | 505];

interface StartLine {
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly phrase: string;
  readonly fault?: Fault;
}

/** The header of a message as far as it could be read. */
export interface Head {
  readonly start: StartLine;
  readonly headers: readonly Field[];
  readonly fault: Fault | undefined;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const toUtf8 = new TextEncoder();
const LF = 10;
const CR = 13;

/** The message in a datagram, or in the part of a stream that `frame` has found. Throws `Malformed` and nothing else. */
export function readMessage(bytes: Uint8Array): Message {
  if (bytes.length > LIMITS.bytes) {
    const { start, headers } = readHead(bytes.subarray(0, ANSWERED));
    throw new Malformed("message too large", 413, answerable(start, headers));
  }
  const from = skipBlankLines(bytes);
  const end = headEnd(bytes, from);
  const head = readHead(bytes.subarray(from, end ?? bytes.length));
  const { start, headers } = head;
  const length = contentLength(headers);
  const rest = end === undefined ? 0 : bytes.length - end;
  const fault = start.fault ?? head.fault ?? bodyFault(end, length, rest);
  if (fault) throw new Malformed(...fault, answerable(start, headers));
  // RFC 3261 §18.3: what follows the body in a datagram is discarded; without Content-Length the body is all the rest.
  const body = rest === 0 ? "" : utf8.decode(bytes.subarray(end, end! + (length ?? rest)));
  if (start.method === "") return { kind: "response", status: start.status, phrase: start.phrase, headers, body };
  return { kind: "request", method: start.method, uri: start.uri, headers, body };
}

/** How many bytes of CR and LF stand before the start line (RFC 3261 §7.5). */
function skipBlankLines(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  return at;
}

/** Where the body begins, after the empty line; undefined when there is no empty line yet. */
export function headEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/**
 * The start line and the header fields. Never throws: the first fault is told beside what could be read. A line that is no
 * field spoils a request; in a response, which nobody could answer, it is left out.
 */
export function readHead(bytes: Uint8Array): Head {
  const text = utf8.decode(bytes);
  const first = lineEnd(text, 0);
  const start = readStartLine(text.slice(0, first.end));
  const headers: Field[] = [];
  let fault: Fault | undefined;
  for (let at = first.next; at < text.length; ) {
    const line = foldedLine(text, at);
    if (line.value === "") break;
    if (headers.length === LIMITS.fields) return { start, headers, fault: fault ?? ["too many header fields", 400] };
    if (line.next - at > LIMITS.line) return { start, headers, fault: fault ?? ["header field too long", 400] };
    const field = readField(line.value);
    if (field) headers.push(field);
    else if (start.method !== "") fault ??= ["a line that is no header field", 400];
    at = line.next;
  }
  return { start, headers, fault };
}

/** Where a line ends without its line break, and where the next one begins. */
function lineEnd(text: string, from: number): { end: number; next: number } {
  const at = text.indexOf("\n", from);
  if (at === -1) return { end: text.length, next: text.length };
  return { end: text[at - 1] === "\r" && at > from ? at - 1 : at, next: at + 1 };
}

/** A line with the lines folded onto it; each fold reads as one space (RFC 3261 §7.3.1). */
function foldedLine(text: string, from: number): { value: string; next: number } {
  let { end, next } = lineEnd(text, from);
  let value = text.slice(from, end);
  while ((text[next] === " " || text[next] === "\t") && next - from <= LIMITS.line) {
    const more = lineEnd(text, next);
    value += ` ${text.slice(next, more.end).trim()}`;
    ({ end, next } = more);
  }
  return { value, next };
}

function readField(line: string): Field | undefined {
  const colon = line.indexOf(":");
  const name = canonicalName(line.slice(0, colon === -1 ? 0 : colon).trimEnd());
  return name === undefined ? undefined : [name, line.slice(colon + 1).trim()];
}

const request = /^([^ ]+) ([^ ]+) SIP\/(\d+\.\d+)$/i;
const response = /^SIP\/(\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i;
const BAD_URI = /[<>"\s]/;

/** RFC 3261 §7.1, §7.2: single spaces, nothing before or after. A response has no method. */
function readStartLine(line: string): StartLine {
  if (/^SIP\//i.test(line)) {
    const [, version, status, phrase = ""] = response.exec(line) ?? [];
    const start = { method: "", uri: "", status: Number(status ?? 0), phrase };
    return version === "2.0" ? start : { ...start, fault: ["no SIP/2.0 status line", 400] };
  }
  const [, method, uri, version] = request.exec(line) ?? [];
  const start = { method: method ?? line.split(" ", 1)[0]!.trim(), uri: uri ?? "", status: 0, phrase: "" };
  if (version === undefined || !isToken(start.method) || BAD_URI.test(start.uri))
    return { ...start, fault: ["no SIP request line", 400] };
  return version === "2.0" ? start : { ...start, fault: ["SIP version not supported", 505] };
}

/** Content-Length; NaN when it is no number or is given twice and differently. */
export function contentLength(headers: readonly Field[]): number | undefined {
  let length: number | undefined;
  for (const [name, value] of headers) {
    if (name !== "Content-Length") continue;
    const told = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    length = length === undefined || length === told ? told : Number.NaN;
  }
  return length;
}

function bodyFault(end: number | undefined, length: number | undefined, rest: number): Fault | undefined {
  if (end === undefined) return ["no empty line after the header", 400];
  if (length === undefined || length <= rest) return undefined;
  if (end + length > LIMITS.bytes) return ["message too large", 413];
  return [Number.isNaN(length) ? "unreadable Content-Length" : "body shorter than Content-Length", 400];
}

const ANSWERABLE = ["Via", "From", "To", "Call-ID", "CSeq"];

/** The request that a refusal can be sent to: it needs what a response copies (RFC 3261 §8.2.6.2). */
export function answerable(start: StartLine, headers: readonly Field[]): Request | undefined {
  const whole = ANSWERABLE.every((name) => headers.some((field) => field[0] === name));
  if (!whole || start.method === "" || start.method === "ACK") return undefined;
  return { kind: "request", method: start.method, uri: start.uri, headers, body: "" };
}

/**
 * The bytes of a message, with the Content-Length that its body has, in place of one given or as the last field.
 *
 * CR, LF and NUL in any value are written as a space and blanks in a URI are left out, so that no value adds a line.
 */
export function writeMessage(message: Message): Uint8Array {
  const { body } = message;
  const length = ASCII.test(body) ? body.length : toUtf8.encode(body).length;
  let text = `${writeStartLine(message)}\r\n`;
  let counted = false;
  for (const [name, value] of message.headers) {
    if (name !== "Content-Length") text += `${cleanName(name)}: ${clean(value)}\r\n`;
    else if (!counted) text += `Content-Length: ${length}\r\n`;
    counted ||= name === "Content-Length";
  }
  return toUtf8.encode(`${text}${counted ? "" : `Content-Length: ${length}\r\n`}\r\n${body}`);
}

const ASCII = /^[\0-\x7f]*$/;

function writeStartLine(message: Message): string {
  if (message.kind === "response") return `SIP/2.0 ${message.status} ${clean(message.phrase)}`;
  return `${cleanName(message.method)} ${message.uri.replace(/[\0-\x20]+/g, "")} SIP/2.0`;
}

function clean(value: string): string {
  return /[\r\n\0]/.test(value) ? value.replace(/[\r\n\0]/g, " ") : value;
}

function cleanName(name: string): string {
  return isToken(name) ? name : name.replace(/[^A-Za-z0-9!%'*+._`~-]+/g, "");
}
