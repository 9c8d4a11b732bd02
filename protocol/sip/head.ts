/**
 * The head of a SIP message: the start line and the header fields as raw text (RFC 3261 §7.1 to §7.3).
 *
 * Rules: both CRLF and LF end a line; a line that begins with a blank continues the previous one (§7.3.1); nothing here
 * throws, the first fault is returned with the readable part. Bounds: `LIMITS.fields`, `LIMITS.line`.
 */
import { type Field, LIMITS } from "./message.ts";
import { canonicalName, isToken } from "./names.ts";

/** A fault of a message, and the status for refusing it. */
export type Fault = readonly [text: string, status: 400 | 413 | 505];

/** A response has an empty method, a request has status 0. */
export interface StartLine {
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
const LF = 10;
const CR = 13;

/** The index of the body, after the empty line; undefined if there is no empty line yet. */
export function headEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/**
 * The start line and the header fields. A line that is not a header field is a fault of a request; in a response, which
 * cannot be refused, it is skipped.
 */
export function readHead(bytes: Uint8Array): Head {
  const text = utf8.decode(bytes);
  const first = lineEnd(text, 0);
  const start = readStartLine(lineIn(text, 0, first));
  const headers: Field[] = [];
  let fault: Fault | undefined;
  let colon = 0;
  for (let at = first + 1, end = 0; at < text.length && !isEmptyLine(text, at); at = end + 1) {
    if (headers.length === LIMITS.fields) return { start, headers, fault: fault ?? ["too many header fields", 400] };
    end = fieldEnd(text, at);
    if (end - at >= LIMITS.line) return { start, headers, fault: fault ?? ["header field too long", 400] };
    // a colon further on is searched only once, however many lines have none
    if (colon < at) colon = endOf(text, ":", at);
    const name = colon < end ? canonicalName(text.slice(at, colon).trimEnd()) : undefined;
    if (name !== undefined) headers.push([name, valueIn(text, colon + 1, end)]);
    else if (start.method !== "") fault ??= ["a line that is no header field", 400];
  }
  return { start, headers, fault };
}

/** The index of a character after `from`, or the end of the text. */
export function endOf(text: string, character: string, from: number): number {
  const at = text.indexOf(character, from);
  return at === -1 ? text.length : at;
}

/** The index of the line break after `from`, or the end of the text. */
export const lineEnd = (text: string, from: number): number => endOf(text, "\n", from);

export function lineIn(text: string, from: number, end: number): string {
  return text.slice(from, end > from && end < text.length && text[end - 1] === "\r" ? end - 1 : end);
}

const isEmptyLine = (text: string, at: number): boolean =>
  text[at] === "\n" || (text[at] === "\r" && text[at + 1] === "\n");

/** The index of the line break after a field and its continuation lines, or the end of the text. */
export function fieldEnd(text: string, from: number): number {
  let end = lineEnd(text, from);
  while (isBlank(text[end + 1]) && end + 1 - from <= LIMITS.line) end = lineEnd(text, end + 1);
  return end;
}

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";

/** The value of a field; folds become one space each. */
export function valueIn(text: string, from: number, end: number): string {
  const value = text.slice(from, end).trim();
  if (!value.includes("\n")) return value;
  const [first = "", ...more] = value.split("\n");
  return [first.replace(/\r$/, ""), ...more.map((line) => line.trim())].join(" ");
}

const request = /^([^ ]+) ([^ ]+) SIP\/(\d+\.\d+)$/i;
const response = /^SIP\/(\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/i;
/** As nearly all write it. */
const PLAIN_STATUS = /^SIP\/2\.0 [1-6]\d\d(?: .*)?$/;
const BAD_URI = /[<>"\s]/;

/** RFC 3261 §7.1, §7.2: single spaces, none before or after. */
export function readStartLine(line: string): StartLine {
  if (PLAIN_STATUS.test(line))
    return { method: "", uri: "", status: Number(line.slice(8, 11)), phrase: line.slice(12) };
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

const LENGTH = /^\d{1,9}$/;

/** Content-Length; NaN if it is not a number, or if there are several different ones. */
export function contentLength(headers: readonly Field[]): number | undefined {
  let length: number | undefined;
  for (const [name, value] of headers) {
    if (name !== "Content-Length") continue;
    const told = LENGTH.test(value) ? Number(value) : Number.NaN;
    length = length === undefined || length === told ? told : Number.NaN;
  }
  return length;
}
