/**
 * Pseudonyms in a SIP message, field by field: RFC 3261 §20 and the RFCs of the other fields.
 *
 * Rule: each known field is parsed and replaced according to its meaning; an unknown field may contain anything and is left out, as
 * are fields about software. Left out too: Via and other fields of the transaction, which the play's phone fills in.
 */
import { bodyOf } from "../../protocol/sip/body.ts";
import { phraseOf } from "../../protocol/sip/build.ts";
import { header, values, withHeader } from "../../protocol/sip/fields.ts";
import type { Message } from "../../protocol/sip/message.ts";
import { splitOutside } from "../../protocol/sip/values.ts";
import { exchangeNameAddr, exchangeUri, type Ports } from "./addresses.ts";
import type { Others } from "./others.ts";
import { exchangeSdp } from "./sdp.ts";

/** A message in the notation of a play. */
export interface Exchanged {
  readonly start: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: readonly string[];
}

export function exchangeSip(original: Message, others: Others, ports: Ports): Exchanged {
  const message = withOnePart(original);
  const start =
    message.kind === "request"
      ? `${message.method} ${exchangeUri(message.uri, others, ports)} SIP/2.0`
      : `SIP/2.0 ${message.status} ${phraseFor(message.status, message.phrase, others)}`;
  const names = [...new Set(message.headers.map(([name]) => name))];
  const fields = names.flatMap((name) =>
    valuesOf(message, name).flatMap((value) => {
      const other = exchangeField(name, value, others, ports);
      return other === undefined ? [] : [[name, other] as const];
    }),
  );
  return { start, fields, body: exchangeBody(message, others) };
}

const phraseFor = (status: number, phrase: string, others: Others): string =>
  phrase === phraseOf(status) ? phrase : others.words(phrase);

/** The values of a field; lists of words stay on one line. */
const valuesOf = (message: Message, name: string): readonly string[] =>
  KEPT.has(name)
    ? message.headers.filter((field) => field[0] === name).map(([, value]) => value)
    : values(message, name);

const ADDRESSES = new Set(
  `From To Contact Route Record-Route Path Service-Route P-Asserted-Identity P-Preferred-Identity P-Called-Party-ID Remote-Party-ID Diversion
   Refer-To Referred-By Reply-To History-Info`.split(/\s+/),
);
const KEPT = new Set(
  `CSeq Require Proxy-Require Supported Unsupported Allow Accept Content-Type Content-Disposition Content-Encoding Event Expires
   Info-Package Min-SE Privacy RAck RSeq Recv-Info Request-Disposition Retry-After Session-Expires`.split(/\s+/),
);

function exchangeField(name: string, value: string, others: Others, ports: Ports): string | undefined {
  if (ADDRESSES.has(name)) return exchangeNameAddr(value, others, ports);
  if (KEPT.has(name)) return name === "Retry-After" ? value.replace(/\s*\(.*\)/, "") : value;
  if (name === "Call-ID") return others.id(value, "call");
  if (name.endsWith("-Authenticate")) return exchangeChallenge(value, others);
  if (name === "Reason" || name === "Warning")
    return value
      .replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => `"${others.words(text)}"`)
      .replace(
        /^(\d{3} )(\S+)/,
        (_, code: string, agent: string) => `${code}${others.ours ? "…" : others.host(agent)}`,
      );
  return undefined;
}

/** RFC 3261 §22, RFC 7616: the realm is replaced as a realm, the other values as secrets. */
function exchangeChallenge(value: string, others: Others): string {
  const scheme = /^\s*\w+/.exec(value)?.[0] ?? "";
  const params = splitOutside(value.slice(scheme.length), ",").map((each) =>
    each.replace(/^\s*(realm|nonce|opaque|domain)\s*=\s*(.*?)\s*$/is, (_, name: string, written: string) => {
      const text = written.replace(/^"(.*)"$/s, "$1");
      const other = name.toLowerCase() === "realm" ? others.realm(text) : others.secret(text, "token");
      return `${name}="${other}"`;
    }),
  );
  return `${scheme} ${params.join(", ")}`;
}

/** A multipart body is reduced to its supported part: the others may contain anything. */
function withOnePart(message: Message): Message {
  if (!/^multipart\//i.test(header(message, "Content-Type") ?? "")) return message;
  const { type, text } = bodyOf(message);
  return type === undefined ? message : { ...withHeader(message, ["Content-Type", type]), body: text };
}

function exchangeBody({ headers, body }: Message, others: Others): string[] {
  if (body === "") return [];
  const type = headers.find(([name]) => name === "Content-Type")?.[1].toLowerCase() ?? "";
  if (type.startsWith("application/sdp") || type.startsWith("application/trickle-ice-sdpfrag"))
    return exchangeSdp(body, others);
  return type.startsWith("application/dtmf") ? body.split(/\r?\n/).filter((line) => line !== "") : [others.words(body)];
}
