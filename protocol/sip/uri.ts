/**
 * SIP and tel URIs: RFC 3261 §19.1, RFC 3966. Callers store the raw text; it is parsed here.
 *
 * Rules: the user part is compared and mapped unescaped, and escaped again when written (§19.1.2); hosts may contain `_`,
 * as in real networks; IPv6 has brackets on the wire and none here. Left out on purpose: headers of a URI
 * (`?Subject=…`): no peer may make us send them.
 */
import { Refusal } from "../refusal.ts";
import { Known } from "../text.ts";
import { type Param, param, readParams } from "./values.ts";

export interface SipUri {
  readonly scheme: "sip" | "sips" | "tel";
  /** Unescaped; "" if there is none. In a tel URI, the number as written. */
  readonly user: string;
  /** Lower case; IPv6 without brackets; "" in a tel URI. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: readonly Param[];
}

const sip = /^(sips?):(?:([^@<>"\s]*)@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(;[^?]*)?(?:\?.*)?$/is;
const tel = /^tel:([+0-9*#a-f().-]+)(;.*)?$/i;

/** Cache of recent URIs: a call reads its Contact, target and route about ten times. */
const known = new Known<SipUri>(1_000);

/** Reads a sip, sips or tel URI; 416 for another scheme, 400 for one that cannot be read (RFC 3261 §8.2.2.1). */
export const readUri = (text: string): SipUri => known.of(text, parse);

function parse(text: string): SipUri {
  const [, scheme, userinfo = "", host, port, rest = ""] = sip.exec(text) ?? [];
  if (scheme !== undefined && host !== undefined && Number(port ?? 0) <= 65_535)
    return {
      scheme: scheme.toLowerCase() === "sips" ? "sips" : "sip",
      // a password is not part of the identity, and is never repeated
      user: unescapeUser(userinfo.split(":", 1)[0] ?? ""),
      host: host.replace(/^\[|\]$/g, "").toLowerCase(),
      port: port === undefined ? undefined : Number(port),
      params: readParams(rest),
    };
  const [, number, more = ""] = tel.exec(text) ?? [];
  if (number !== undefined) return { scheme: "tel", user: number, host: "", port: undefined, params: readParams(more) };
  const isOurs = /^(?:sips?|tel):/i.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text);
  throw new Refusal(isOurs ? "unreadable URI" : "URI scheme not supported", { status: isOurs ? 400 : 416 });
}

/** The password of each URI in a text (RFC 3261 §25.1), after its user; a user part may contain `;` and `?`. */
export const PASSWORD = /(?<=\bsips?:[^\s:@<>]+:)[^\s@<>]+(?=@)/gi;

/** A text without the passwords of its URIs, for logs. */
export const withoutPassword = (text: string): string => text.replace(PASSWORD, "…");

/** Whether the URI has `lr`: its proxy is a loose router (RFC 3261 §19.1.1). */
export function isLoose(uri: string): boolean {
  return param(readUri(uri).params, "lr") !== undefined;
}

const toUtf8 = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true });

const PLAIN_USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]*$/;

/** Escapes a user part for a SIP URI: everything except unreserved and user-unreserved (§25.1). */
export function escapeUser(user: string): string {
  if (PLAIN_USER.test(user)) return user;
  let escaped = "";
  for (const byte of toUtf8.encode(user)) {
    const char = String.fromCharCode(byte);
    escaped += PLAIN_USER.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

/** Unescapes a user part; 400 if its bytes are not UTF-8. A `%` without two hex digits stays unchanged. */
function unescapeUser(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (const [piece] of text.matchAll(/%[0-9a-f]{2}|[^%]+|%/gi))
    if (piece.length === 3 && piece[0] === "%") bytes.push(Number.parseInt(piece.slice(1), 16));
    else bytes.push(...toUtf8.encode(piece));
  try {
    return utf8.decode(new Uint8Array(bytes));
  } catch {
    throw new Refusal("a user part that is no UTF-8", { status: 400 });
  }
}

/** A host for a URI or Via: IPv6 in brackets. */
export function writeHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
