/**
 * Header fields of a message, read on demand; the mandatory ones are in mandatory.ts.
 *
 * RFC 3261 §7.3.1 (several values), §20. Rules: a reader throws `Refusal` (400) for what it cannot read; the raw value
 * stays in the message.
 */
import type { Field, Message } from "./message.ts";
import { canonicalName, isRegistered } from "./names.ts";
import { invalid, type Param, readParams, splitOutside, unquote } from "./values.ts";

/** The fields that may have several values on one line, separated by commas (RFC 3261 §20 and later RFCs). */
const lists = new Set(
  `Accept Accept-Contact Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Call-Info Contact Content-Encoding
   Content-Language Diversion Error-Info Geolocation History-Info In-Reply-To P-Asserted-Identity P-Preferred-Identity Path
   Proxy-Require Reason Record-Route Recv-Info Remote-Party-ID Require Route Service-Route Supported Unsupported Via Warning`.split(
    /\s+/,
  ),
);

/** The raw value of the first header field of this name, in any case or compact form. */
export function header(message: Pick<Message, "headers">, name: string): string | undefined {
  const wanted = canonicalName(name) ?? name;
  for (const field of message.headers) if (field[0] === wanted) return field[1];
  if (isRegistered(wanted)) return undefined; // registered names were normalized when the message was read
  for (const field of message.headers) if (isNamed(field, wanted)) return field[1];
  return undefined;
}

/** All values of this name in wire order: comma lists are split, empty elements dropped. */
export function values(message: Pick<Message, "headers">, name: string): string[] {
  const wanted = canonicalName(name) ?? name;
  const found: string[] = [];
  for (const field of message.headers) {
    if (field[0] !== wanted && (isRegistered(wanted) || !isNamed(field, wanted))) continue;
    if (!lists.has(wanted)) found.push(field[1]);
    else for (const value of splitOutside(field[1], ",")) if (value !== "") found.push(value);
  }
  return found;
}

function isNamed(field: Field, name: string): boolean {
  return field[0].length === name.length && field[0].toLowerCase() === name.toLowerCase();
}

/** The first of these values, without a list of the others. */
export function firstValue(message: Pick<Message, "headers">, name: string): string | undefined {
  const raw = header(message, name);
  if (raw === undefined) return undefined;
  const only = raw.includes(",") ? "" : raw.trim();
  return only === "" ? values(message, name)[0] : only;
}

/** The value of From, To, Contact, Route, Record-Route, P-Asserted-Identity, …: a URI with a name and parameters. */
export interface NameAddr {
  /** Unquoted; "" if there is none. */
  readonly display: string;
  /** The raw URI, or `*` in a Contact. */
  readonly uri: string;
  /** The parameters of the header field; those of the URI stay in the URI. */
  readonly params: readonly Param[];
}

/** Blanks before `<` belong to the name: twice in the pattern, they would backtrack in quadratic time. */
const nameAddr = /^("(?:[^"\\]|\\.)*"\s*|[^"<>,;:]*)<([^<>\s"]+)>\s*(;.*)?$/s;
/** RFC 3261 §20: without brackets, `;` begins a header parameter, and `,` and `?` are not allowed. */
const addrSpec = /^([^<>\s",;?]+)\s*(;.*)?$/s;

/** Reads a name-addr or an addr-spec. */
export function readNameAddr(value: string): NameAddr {
  return readBracketed(value) ?? readByPattern(value);
}

/** Fast path: most values are a URI in brackets without a name. */
function readBracketed(value: string): NameAddr | undefined {
  const end = value.indexOf(">");
  const uri = value.slice(1, Math.max(end, 1));
  const rest = value.slice(end + 1).trimStart();
  if (value[0] !== "<" || uri === "" || NO_URI.test(uri) || (rest !== "" && rest[0] !== ";")) return undefined;
  return { display: "", uri, params: readParams(rest) };
}

const NO_URI = /[<\s"]/;

function readByPattern(value: string): NameAddr {
  const [, name = "", bracketed, rest = ""] = nameAddr.exec(value) ?? [];
  if (bracketed !== undefined) return { display: unquote(name.trim()), uri: bracketed, params: readParams(rest) };
  const [, uri, more = ""] = addrSpec.exec(value) ?? [];
  if (uri === undefined) throw invalid("address");
  return { display: "", uri, params: readParams(more) };
}

/** The message with one field replacing all of its name: at the position of the first, or at the end. */
export function withHeader<M extends Message>(message: M, field: Field): M {
  const at = message.headers.findIndex((candidate) => candidate[0] === field[0]);
  const others = message.headers.filter((candidate) => candidate[0] !== field[0]);
  const place = at === -1 ? others.length : at;
  return { ...message, headers: [...others.slice(0, place), field, ...others.slice(place)] };
}
