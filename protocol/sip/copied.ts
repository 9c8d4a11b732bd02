/**
 * Reads only what a refusal copies from its request: the fields of RFC 3261 §8.2.6.2, and the Request-URI.
 *
 * Rules: those fields are read as in head.ts, including folded lines (§7.3.1) and compact forms (§7.3.3); other lines are
 * skipped, so faults in them are not found; reading stops after the header. Costs a quarter of reading the whole header.
 */
import { endOf, fieldEnd, lineEnd, lineIn, readStartLine, valueIn } from "./head.ts";
import { type Field, LIMITS, type Request } from "./message.ts";
import { COPIED, canonicalName } from "./names.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const LF = 10;
const CR = 13;
/** First letters of the copied fields' names, and their compact forms. */
const BEGINNINGS = new Set([..."vfticVFTIC"].map((letter) => letter.charCodeAt(0)));

/** The request with only those fields; undefined if it is no request, its header is incomplete, or it cannot be answered. */
export function readCopied(bytes: Uint8Array): Request | undefined {
  if (bytes.length > LIMITS.bytes) return undefined;
  const text = utf8.decode(bytes);
  let at = 0;
  while (isBreak(text.charCodeAt(at))) at++;
  const first = lineEnd(text, at);
  const { method, uri, fault } = readStartLine(lineIn(text, at, first));
  if (method === "" || fault !== undefined) return undefined;
  const headers = copiedFrom(text, first + 1);
  return headers && { kind: "request", method, uri, headers, body: "" };
}

function copiedFrom(text: string, from: number): readonly Field[] | undefined {
  const headers: Field[] = [];
  let colon = 0;
  for (let at = from, end = 0; !isBreak(text.charCodeAt(at)); at = end + 1) {
    if (at >= text.length) return undefined;
    const mayBe = BEGINNINGS.has(text.charCodeAt(at));
    end = mayBe ? fieldEnd(text, at) : lineEnd(text, at);
    // a colon further on is searched only once, however many lines have none
    if (mayBe && colon < at) colon = endOf(text, ":", at);
    const name = mayBe && colon < end ? canonicalName(text.slice(at, colon).trimEnd()) : undefined;
    if (name === undefined || !COPIED.has(name)) continue;
    if (end - at >= LIMITS.line) return undefined;
    headers.push([name, valueIn(text, colon + 1, end)]);
  }
  return hasAll(headers) ? headers : undefined;
}

const isBreak = (code: number): boolean => code === LF || code === CR;

function hasAll(headers: readonly Field[]): boolean {
  if (headers.length < COPIED.size) return false;
  for (const name of COPIED) if (!headers.some((field) => field[0] === name)) return false;
  return true;
}
