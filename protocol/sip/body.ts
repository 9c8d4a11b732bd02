/**
 * The body of a message, by Content-Type: SDP, SDP fragment, DTMF, or none.
 *
 * RFC 3261 §7.4.1, §8.2.3, §20.11, §20.12; RFC 5621 (bodies of several parts), RFC 2046 §5.1 (their form), RFC 3959 §4
 * (early-session). Rules: of several parts the first supported one is the body, the others are ignored; a request is refused if
 * a required part is not supported (`bodyFault`), which responses and ACKs cannot be. A body without Content-Type is SDP, as
 * sent by old phones; in an INFO it is ignored. Bounds: `MOST_PARTS`, `DEEPEST`. Left out on purpose: encodings.
 */
import { attempt, Refusal } from "../refusal.ts";
import { header } from "./fields.ts";
import type { Field, Message, Request } from "./message.ts";
import { canonicalName } from "./names.ts";
import { param, readParams, splitOutside } from "./values.ts";

/** The supported types. */
export const BODIES = [
  "application/sdp",
  "application/trickle-ice-sdpfrag",
  "application/dtmf-relay",
  "application/dtmf",
] as const;

/** The Content-Type of SDP. */
export const SDP_TYPE: Field = ["Content-Type", "application/sdp"];

export interface Body {
  /** Undefined if there is no supported body. */
  readonly type: (typeof BODIES)[number] | undefined;
  readonly text: string;
}

const NOTHING: Body = { type: undefined, text: "" };
const MOST_PARTS = 32;
const DEEPEST = 3;
/** Required by default but irrelevant for a call: locations (RFC 6442), which have no Content-Disposition. */
const OF_NO_USE = new Set(["application/pidf+xml"]);

/** The body of a message. */
export function bodyOf(message: Message): Body {
  if (message.body === "" || isEncoded(message)) return NOTHING;
  return (
    leavesOf(partOf(message), 1)
      .map(understood)
      .find(({ type }) => type !== undefined) ?? NOTHING
  );
}

/** The SDP in a message; "" if there is none. */
export function sdpOf(message: Message): string {
  const { type, text } = bodyOf(message);
  return type === "application/sdp" ? text : "";
}

/** The refusal of a request for its body: 415, or 400 for parts that cannot be separated. */
export function bodyFault(request: Request): Refusal | undefined {
  if (request.body === "") return undefined;
  const whole = partOf(request);
  if (whole.handling === "optional") return undefined;
  if (isEncoded(request)) return foreign("an encoded body");
  const parts = leavesOf(whole, 1);
  if (parts.length === 0) return new Refusal("a body of parts that cannot be told apart", { status: 400 });
  const strange = parts.find((part) => understood(part).type !== "application/sdp" && isRequired(part));
  return strange && foreign(`no body of type ${strange.type}`);
}

/** Whether the body has an unsupported encoding (§20.12). */
export const isEncoded = (message: Message): boolean =>
  (header(message, "Content-Encoding") ?? "identity").trim().toLowerCase() !== "identity";

const foreign = (text: string): Refusal => new Refusal(text, { status: 415 });

/** A whole body, or a part of one. */
interface Part {
  readonly type: string;
  readonly boundary: string | undefined;
  /** Content-Disposition: its type, and its handling parameter, if any. */
  readonly disposition: string;
  readonly handling: string | undefined;
  readonly text: string;
}

function partOf(message: Message): Part {
  const isInfo = message.kind === "request" && message.method === "INFO";
  return read(message, message.body, isInfo ? "" : "application/sdp");
}

function read(fields: { readonly headers: readonly Field[] }, text: string, unsaid: string): Part {
  const [type = "", boundary] = wordAndParam(header(fields, "Content-Type") ?? unsaid, "boundary");
  const [disposition = "", handling] = wordAndParam(header(fields, "Content-Disposition") ?? "", "handling");
  return { type, boundary, disposition, handling: handling?.toLowerCase(), text };
}

/** The first word of a value in lower case, and one of its parameters, unquoted. */
function wordAndParam(value: string, name: string): [word: string, parameter: string | undefined] {
  if (!value.includes(";")) return [value.trim().toLowerCase(), undefined];
  const [word = "", ...rest] = splitOutside(value, ";");
  const params = attempt(() => readParams(rest.map((each) => `;${each}`).join("")));
  return [word.toLowerCase(), params instanceof Refusal ? undefined : param(params, name)];
}

function understood({ type, disposition, text }: Part): Body {
  const known = BODIES.find((each) => each === type);
  return known === undefined || disposition === "early-session" ? NOTHING : { type: known, text };
}

/** RFC 3261 §20.11: required by default. */
function isRequired({ type, handling }: Part): boolean {
  return handling === undefined ? !OF_NO_USE.has(type) : handling !== "optional";
}

/** The parts that are not multipart themselves; none if they cannot be separated. */
function leavesOf(part: Part, depth: number): Part[] {
  if (!part.type.startsWith("multipart/")) return [part];
  if (part.boundary === undefined || part.boundary === "" || depth > DEEPEST) return [];
  const parts = split(part.text, part.boundary).flatMap((each) => leavesOf(each, depth + 1));
  // RFC 2046 §5.1.4: the same content in several forms; one is enough, and the last is the best
  if (part.type !== "multipart/alternative") return parts;
  const forms = parts.toReversed();
  return forms.filter((each) => understood(each).type !== undefined).slice(0, 1);
}

/** The parts between the boundaries; preamble and epilogue are ignored. */
function split(text: string, boundary: string): Part[] {
  const escaped = boundary.replace(/[^\w]/g, "\\$&");
  const pieces = text.split(new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`), 2 * MOST_PARTS + 1);
  const parts: Part[] = [];
  for (let at = 2; at < pieces.length && pieces[at - 1] === undefined; at += 2) parts.push(readPart(pieces[at] ?? ""));
  return parts;
}

/** Reads header fields, an empty line and a text; the fields may be missing. */
function readPart(text: string): Part {
  const [, head = "", body = ""] = /^\r?\n((?:[^\r\n]+\r?\n)*)(?:\r?\n|$)(.*)$/s.exec(text) ?? [];
  const lines = head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const headers = lines.flatMap((line): Field[] => {
    const [, name, value = ""] = /^([^\s:]+)\s*:(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[canonicalName(name) ?? name, value.trim()]];
  });
  return read({ headers }, body, "text/plain");
}
