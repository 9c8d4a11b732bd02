/**
 * Writes SIP messages (RFC 3261 §7).
 *
 * Rules: Content-Length is computed from the body; no value can add a line, whatever its origin.
 */
import type { Message } from "./message.ts";
import { isToken } from "./names.ts";

const toUtf8 = new TextEncoder();

/** The pieces of the current message, joined once. */
const pieces: string[] = [];

/**
 * The bytes of a message. Content-Length replaces an existing one, or is the last field. CR, LF and NUL in a value become a space,
 * blanks in a URI are dropped.
 */
export function writeMessage(message: Message): Uint8Array {
  const { body } = message;
  const length = `${ASCII.test(body) ? body.length : toUtf8.encode(body).length}`;
  let counted = false;
  pieces.length = 0;
  writeStartLine(message);
  for (const [name, value] of message.headers) {
    const counts = name === "Content-Length";
    if (!(counts && counted)) pieces.push("\r\n", cleanName(name), ": ", counts ? length : clean(value));
    counted ||= counts;
  }
  if (!counted) pieces.push("\r\nContent-Length: ", length);
  pieces.push("\r\n\r\n", body);
  return toUtf8.encode(pieces.join(""));
}

const ASCII = /^[\0-\x7f]*$/;

const BLANKS = /[\0-\x20]+/g;

function writeStartLine(message: Message): void {
  if (message.kind === "response") pieces.push("SIP/2.0 ", `${message.status}`, " ", clean(message.phrase));
  else pieces.push(cleanName(message.method), " ", message.uri.replace(BLANKS, ""), " SIP/2.0");
}

const BREAK = /[\r\n\0]/;
const BREAKS = /[\r\n\0]/g;

function clean(value: string): string {
  return BREAK.test(value) ? value.replace(BREAKS, " ") : value;
}

function cleanName(name: string): string {
  return isToken(name) ? name : name.replace(/[^A-Za-z0-9!%'*+._`~-]+/g, "");
}
