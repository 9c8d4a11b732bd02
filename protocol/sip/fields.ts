/**
 * The header fields of a message, read when somebody asks for them.
 *
 * RFC 3261 §7.3.1 (several values), §20. Rules: a reader throws `Refusal` (400) for what it cannot read; the raw value
 * stays in the message, so nothing is lost by reading.
 */
import type { Field, Message } from "./message.ts";
import { canonicalName, isToken } from "./names.ts";
import { type Param, param, readParams, splitOutside, unquote, unreadable } from "./values.ts";

/** The fields whose values may stand on one line, parted by commas (RFC 3261 §20 and the RFCs of the others). */
const lists = new Set(
  `Accept Accept-Contact Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Call-Info Contact Content-Encoding
   Content-Language Diversion Error-Info Geolocation History-Info In-Reply-To P-Asserted-Identity P-Preferred-Identity Path
   Proxy-Require Reason Record-Route Recv-Info Require Route Service-Route Supported Unsupported Via Warning`.split(
    /\s+/,
  ),
);

/** The raw value of the first header field of this name, in any case or compact form. */
export function header(message: Pick<Message, "headers">, name: string): string | undefined {
  const wanted = canonicalName(name);
  const exact = message.headers.find((field) => field[0] === wanted);
  return (exact ?? message.headers.find((field) => isNamed(field, name)))?.[1];
}

/** All values of this name in wire order: comma lists are split, empty elements dropped. */
export function values(message: Pick<Message, "headers">, name: string): string[] {
  const wanted = canonicalName(name) ?? name;
  const raw = message.headers.filter((field) => isNamed(field, wanted)).map((field) => field[1]);
  return lists.has(wanted) ? raw.flatMap((value) => splitOutside(value, ",")).filter((value) => value !== "") : raw;
}

function isNamed(field: Field, name: string): boolean {
  return field[0] === name || (field[0].length === name.length && field[0].toLowerCase() === name.toLowerCase());
}

/** One Via value (RFC 3261 §20.42). */
export interface Via {
  /** Upper case: UDP, TCP, TLS, WS, … */
  readonly transport: string;
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** Undefined for RFC 2543 clients. */
  readonly branch: string | undefined;
  readonly params: readonly Param[];
}

const via = /^SIP\s*\/\s*2\.0\s*\/\s*([^\s/;]+)\s+(\[[0-9a-f:.]+\]|[\w.-]+)(?:\s*:\s*(\d{1,5}))?\s*(;.*)?$/is;

/** Reads one Via value, by default the top one of a message. */
export function readVia(value: string): Via {
  const [, transport, host, port, rest = ""] = via.exec(value) ?? [];
  if (transport === undefined || host === undefined || Number(port ?? 0) > 65_535) throw unreadable("Via");
  const params = readParams(rest);
  return {
    transport: transport.toUpperCase(),
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? undefined : Number(port),
    branch: param(params, "branch"),
    params,
  };
}

/** Reads the top Via of a message. */
export function topVia(message: Message): Via {
  const value = header(message, "Via");
  if (value === undefined) throw unreadable("Via: there is none");
  return readVia(splitOutside(value, ",")[0]!);
}

/** A CSeq: its number and the method it counts. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Reads a CSeq value; the number is below 2**31 (RFC 3261 §8.1.1.5). */
export function readCSeq(value: string): CSeq {
  const [, number, method] = /^(\d{1,20})\s+(\S+)$/.exec(value) ?? [];
  if (method === undefined || Number(number) >= 2 ** 31 || !isToken(method)) throw unreadable("CSeq");
  return { number: Number(number), method };
}

/** The value of From, To, Contact, Route, Record-Route, P-Asserted-Identity, …: a URI with a name and parameters. */
export interface NameAddr {
  /** Without quotes; "" when there is none. */
  readonly display: string;
  /** The URI as it stands on the wire, or `*` in a Contact. */
  readonly uri: string;
  /** The parameters of the header field; those of the URI stay in it. */
  readonly params: readonly Param[];
}

/** The blanks before `<` belong to the name: given twice in the pattern, they would be tried in every division. */
const nameAddr = /^("(?:[^"\\]|\\.)*"\s*|[^"<>,;:]*)<([^<>\s"]+)>\s*(;.*)?$/s;
/** RFC 3261 §20: without brackets, `;` begins a header parameter and `,` and `?` may not be there at all. */
const addrSpec = /^([^<>\s",;?]+)\s*(;.*)?$/s;

/** Reads a name-addr or an addr-spec. */
export function readNameAddr(value: string): NameAddr {
  const [, name = "", bracketed, rest = ""] = nameAddr.exec(value) ?? [];
  if (bracketed !== undefined) return { display: unquote(name.trim()), uri: bracketed, params: readParams(rest) };
  const [, uri, more = ""] = addrSpec.exec(value) ?? [];
  if (uri === undefined) throw unreadable("address");
  return { display: "", uri, params: readParams(more) };
}

/** The tag of From or To; undefined when it has none, or cannot be read. */
export function tagOf(message: Message, name: "From" | "To"): string | undefined {
  const value = header(message, name);
  return value === undefined ? undefined : tagIn(value);
}

/** The tag in a From or To value; undefined when it has none, or cannot be read. */
export function tagIn(value: string): string | undefined {
  try {
    return param(readNameAddr(value).params, "tag");
  } catch {
    return undefined;
  }
}

/** The same message with all fields of one name replaced by one, in the place of the first or at the end. */
export function withHeader<M extends Message>(message: M, field: Field): M {
  const at = message.headers.findIndex((candidate) => candidate[0] === field[0]);
  const others = message.headers.filter((candidate) => candidate[0] !== field[0]);
  const place = at === -1 ? others.length : at;
  return { ...message, headers: [...others.slice(0, place), field, ...others.slice(place)] };
}
