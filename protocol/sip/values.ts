/**
 * The syntax of header values: lists, parameters, quoted strings.
 *
 * RFC 3261 §7.3 and §25.1. Rules: a value is scanned once, from left to right; invalid syntax is refused with 400;
 * parameter names become lower case, and a parameter without a value has the value "".
 */
import { type Refusal, unreadable } from "../refusal.ts";

/** `;name=value`: values unquoted, flags with an empty value. */
export type Param = readonly [name: string, value: string];

/** The value of a parameter; undefined if missing. */
export function param(params: readonly Param[], name: string): string | undefined {
  return params.find((candidate) => candidate[0] === name)?.[1];
}

/** The refusal of invalid syntax. */
export const invalid = (what: string): Refusal => unreadable(`unreadable ${what}`);

/** Splits at a separator outside quotes and angle brackets; parts are trimmed. */
export function splitOutside(text: string, separator: "," | ";"): string[] {
  if (!text.includes(separator)) return [text.trim()];
  if (!text.includes('"') && !text.includes("<")) return text.split(separator).map((part) => part.trim());
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "<") bracketed = true;
    else if (char === ">") bracketed = false;
    else if (char === separator && !bracketed) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

/** Reads `;a=b;c` or nothing; a parameter without a name is refused. */
export function readParams(text: string): Param[] {
  const rest = text.trim();
  if (rest === "") return [];
  if (rest[0] !== ";") throw invalid("parameters");
  return splitOutside(rest.slice(1), ";").map(readParam);
}

function readParam(part: string): Param {
  const equals = part.indexOf("=");
  const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
  if (name === "" || /[\s"<>,]/.test(name)) throw invalid("parameter");
  return [name, equals === -1 ? "" : unquote(part.slice(equals + 1).trim())];
}

const quotedString = /^"((?:[^"\\]|\\[^\r\n])*)"$/s;

/** The text of a quoted string; other text stays unchanged, a lone quote in it is refused. */
export function unquote(text: string): string {
  if (!text.includes('"')) return text;
  const inside = quotedString.exec(text)?.[1];
  if (inside === undefined) throw invalid("quoted string");
  return inside.replace(/\\(.)/gs, "$1");
}

/** A quoted string: `"` and `\` escaped, control characters replaced by spaces (RFC 3261 §25.1). */
export function quoteDisplay(text: string): string {
  return `"${text.replace(/[\0-\x1f\x7f]+/g, " ").replace(/["\\]/g, "\\$&")}"`;
}
