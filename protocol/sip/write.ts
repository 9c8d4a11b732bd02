/**
 * Writes SIP messages (RFC 3261 §7).
 *
 * Rules: Content-Length is that of the body; no value can add a line, wherever it comes from.
 */
import type { Message } from "./message.ts";
import { isToken } from "./names.ts";

const toUtf8 = new TextEncoder();

/**
 * The bytes of a message. Content-Length replaces a given one, or is the last field. CR, LF and NUL in a value become a space,
 * blanks in a URI are dropped.
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
