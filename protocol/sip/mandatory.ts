/**
 * The mandatory fields that identify transaction and dialog: Via, CSeq, From and To.
 *
 * RFC 3261 §8.1.1, §20.16, §20.20, §20.39, §20.42. Rules: each is parsed once per message, on first use, and cached as long as
 * its `headers` array, which is never changed; readers throw `Refusal` (400) for a missing or unreadable field.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header, type NameAddr, readNameAddr, values } from "./fields.ts";
import type { Field, Message, Request } from "./message.ts";
import { isToken } from "./names.ts";
import { invalid, type Param, param, readParams, splitOutside } from "./values.ts";

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

const BRACKETS = /^\[|\]$/g;

/** Reads one Via value. */
export function readVia(value: string): Via {
  const [, transport, host, port, rest = ""] = via.exec(value) ?? [];
  if (transport === undefined || host === undefined || Number(port ?? 0) > 65_535) throw invalid("Via");
  const params = readParams(rest);
  return {
    transport: transport.toUpperCase(),
    host: host.replace(BRACKETS, ""),
    port: port === undefined ? undefined : Number(port),
    branch: param(params, "branch"),
    params,
  };
}

/** A CSeq: the number and the method. */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

const BLANK = /\s/;
const CSEQ = /^\d{1,20}\s+\S+$/;

/** Reads a CSeq value; the number is below 2**31 (RFC 3261 §8.1.1.5). */
export function readCSeq(value: string): CSeq {
  const number = CSEQ.test(value) ? Number.parseInt(value, 10) : 2 ** 31;
  const method = value.slice(value.search(BLANK)).trimStart();
  if (number >= 2 ** 31 || !isToken(method)) throw invalid("CSeq");
  return { number, method };
}

interface Readings {
  via: Via | undefined;
  cseq: CSeq | undefined;
  From: NameAddr | undefined;
  To: NameAddr | undefined;
}

const kept = new WeakMap<readonly Field[], Readings>();

function readingsOf({ headers }: Pick<Message, "headers">): Readings {
  const known = kept.get(headers);
  if (known !== undefined) return known;
  const readings = { via: undefined, cseq: undefined, From: undefined, To: undefined };
  kept.set(headers, readings);
  return readings;
}

/** The top Via of a message. */
export function topVia(message: Message): Via {
  const readings = readingsOf(message);
  readings.via ??= readVia(firstOf(rawOf(message, "Via")));
  return readings.via;
}

const firstOf = (list: string): string => (list.includes(",") ? splitOutside(list, ",")[0]! : list.trim());

/** Whether a message has been sent on by others: it has a Via beside the top one. */
export function hasMoreVias({ headers }: Message): boolean {
  let fields = 0;
  for (const [name, value] of headers)
    if (name === "Via" && (++fields > 1 || value.includes(","))) return values({ headers }, "Via").length > 1;
  return false;
}

/** The CSeq of a message. */
export function cseqOf(message: Message): CSeq {
  const readings = readingsOf(message);
  readings.cseq ??= readCSeq(rawOf(message, "CSeq"));
  return readings.cseq;
}

/** The From or the To of a message. */
export function partyOf(message: Message, name: "From" | "To"): NameAddr {
  const readings = readingsOf(message);
  readings[name] ??= readNameAddr(rawOf(message, name));
  return readings[name];
}

/** The tag of From or To; undefined if it has none or cannot be read. */
export function tagOf(message: Message, name: "From" | "To"): string | undefined {
  if (header(message, name) === undefined) return undefined;
  const party = readingsOf(message)[name] ?? attemptedParty(message, name);
  return party && param(party.params, "tag");
}

function attemptedParty(message: Message, name: "From" | "To"): NameAddr | undefined {
  const party = attempt(() => partyOf(message, name));
  return party instanceof Refusal ? undefined : party;
}

/** The message with another first Via field; `via` is its first value, parsed. */
export function withTopVia<M extends Message>(message: M, value: string, via: Via): M {
  const headers = message.headers.slice();
  headers[headers.findIndex(([name]) => name === "Via")] = ["Via", value];
  kept.set(headers, { ...readingsOf(message), via });
  return { ...message, headers };
}

/** Caches for a response the parsed fields copied from its request; To only if it was copied unchanged. */
export function keepReadings(response: Pick<Message, "headers">, request: Request, sameTo: boolean): void {
  const { via, cseq, From, To } = readingsOf(request);
  kept.set(response.headers, { via, cseq, From, To: sameTo ? To : undefined });
}

function rawOf(message: Message, name: string): string {
  const value = header(message, name);
  if (value === undefined) throw invalid(`${name}: there is none`);
  return value;
}
