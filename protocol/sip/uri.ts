/**
 * SIP and tel URIs: RFC 3261 §19.1, RFC 3966. The wire's text is kept by whoever holds it; here its parts are read.
 *
 * Rules: the user part is compared and mapped unescaped, and escaped anew when written (§19.1.2); hosts may hold `_`,
 * which real networks have, and IPv6 stands in brackets on the wire and without them here. Left out on purpose: headers
 * of a URI (`?Subject=…`), which nobody may make us send.
 */
import { Refusal } from "../refusal.ts";
import { type Param, param, readParams } from "./values.ts";

export interface SipUri {
  readonly scheme: "sip" | "sips" | "tel";
  /** Unescaped; "" when there is none. In a tel URI the number as it was written. */
  readonly user: string;
  /** Lower case; IPv6 without brackets; "" in a tel URI. */
  readonly host: string;
  readonly port: number | undefined;
  readonly params: readonly Param[];
}

const sip = /^(sips?):(?:([^@<>"\s]*)@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(;[^?]*)?(?:\?.*)?$/is;
const tel = /^tel:([+0-9*#a-f().-]+)(;.*)?$/i;

/** Reads a sip, sips or tel URI; 416 for another scheme, 400 for one that cannot be read (RFC 3261 §8.2.2.1). */
export function readUri(text: string): SipUri {
  const [, scheme, userinfo = "", host, port, rest = ""] = sip.exec(text) ?? [];
  if (scheme !== undefined && host !== undefined && Number(port ?? 0) <= 65_535)
    return {
      scheme: scheme.toLowerCase() === "sips" ? "sips" : "sip",
      // a password says nothing about who is meant, and is never repeated
      user: unescapeUser(userinfo.split(":", 1)[0] ?? ""),
      host: host.replace(/^\[|\]$/g, "").toLowerCase(),
      port: port === undefined ? undefined : Number(port),
      params: readParams(rest),
    };
  const [, number, more = ""] = tel.exec(text) ?? [];
  if (number !== undefined) return { scheme: "tel", user: number, host: "", port: undefined, params: readParams(more) };
  const known = /^(?:sips?|tel):/i.test(text) || !/^[a-z][a-z0-9+.-]*:/i.test(text);
  throw new Refusal(known ? "unreadable URI" : "URI scheme not supported", { status: known ? 400 : 416 });
}

/** The URI's `lr`: its proxy routes loosely (RFC 3261 §19.1.1). */
export function isLoose(uri: string): boolean {
  return param(readUri(uri).params, "lr") !== undefined;
}

const toUtf8 = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A user part as it may stand in a SIP URI: everything but unreserved and user-unreserved is escaped (§25.1). */
export function escapeUser(user: string): string {
  let escaped = "";
  for (const byte of toUtf8.encode(user)) {
    const char = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9\-_.!~*'()&=+$,;?/]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

/** The text of an escaped user part; 400 when its bytes are no UTF-8. A `%` that escapes nothing stands for itself. */
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

/** A host as it stands in a URI or Via: IPv6 in brackets. */
export function writeHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
