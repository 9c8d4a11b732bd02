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
  for (const candidate of params) if (candidate[0] === name) return candidate[1];
  return undefined;
}

/** The refusal of invalid syntax. */
export const invalid = (what: string): Refusal => unreadable(`unreadable ${what}`);

/** Splits at a separator outside quotes and angle brackets; parts are trimmed. */
export function splitOutside(text: string, separator: "," | ";"): string[] {
  if (!text.includes(separator)) return [text.trim()];
  const parts: string[] = [];
  for (let from = 0, end = 0; from <= text.length; from = end + 1) {
    end = partEnd(text, from, separator);
    parts.push(text.slice(from, end).trim());
  }
  return parts;
}

/** The index of the next separator outside quotes and angle brackets, or the end of the text. */
function partEnd(text: string, from: number, separator: "," | ";"): number {
  let quoted = false;
  let bracketed = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "<") bracketed = true;
    else if (char === ">") bracketed = false;
    else if (char === separator && !bracketed) return at;
  }
  return text.length;
}

/** Reads `;a=b;c` or nothing; a parameter without a name is refused. */
export function readParams(text: string): Param[] {
  const rest = text.trim();
  if (rest === "") return [];
  if (rest[0] !== ";") throw invalid("parameters");
  const params: Param[] = [];
  for (let from = 1, end = 0; from <= rest.length; from = end + 1) {
    end = partEnd(rest, from, ";");
    params.push(readParam(rest.slice(from, end).trim()));
  }
  return params;
}

const NO_NAME = /[\s"<>,]/;

function readParam(part: string): Param {
  const equals = part.indexOf("=");
  const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
  if (name === "" || NO_NAME.test(name)) throw invalid("parameter");
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
