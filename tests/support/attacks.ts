/**
 * Stanzas by which one user might end the stream shared by all: below and past each limit, odd ones and huge ones, as each kind of
 * stanza. One table for the wire in memory and for real servers in both modes.
 *
 * `room` is what a server may add: levels, elements and bytes of its wrapper, references instead of characters.
 */
import { CAPS, JINGLE_MESSAGE } from "../../protocol/xmpp/namespaces.ts";
import { STANZA_LIMITS } from "../../protocol/xmpp/stanza.ts";

const { bytes, depth, elements } = STANZA_LIMITS;
/** What a Jingle offer, the wrapper of a module and a server add. */
const ROOM = { levels: 10, elements: 40, bytes: 6_000 };

const nested = (levels: number): string => `<a xmlns='urn:example'>${"<a>".repeat(levels)}${"</a>".repeat(levels)}</a>`;
const many = (number: number): string => `<a xmlns='urn:example'>${"<a/>".repeat(number)}</a>`;
const long = (size: number, text = "x"): string => `<a xmlns='urn:example'>${text.repeat(size / text.length)}</a>`;

/** The contents of a stanza; `isPast` if it exceeds a limit in any wrapping. */
export interface Attack {
  readonly name: string;
  readonly inside: string;
  readonly isPast: boolean;
  /** So large that a test client sends it in only one kind of stanza. */
  readonly isHuge?: true;
}

const below = (name: string, inside: string): Attack => ({ name, inside, isPast: false });
const past = (name: string, inside: string): Attack => ({ name, inside, isPast: true });

export const ATTACKS: readonly Attack[] = [
  below("almost too deep", nested(depth - ROOM.levels)),
  past("a level too deep", nested(depth)),
  past("very deep", nested(1_000)),
  below("almost too many elements", many(elements - ROOM.elements)),
  past("an element too many", many(elements)),
  past("very many elements", many(20_000)),
  below("almost too large", long(bytes - ROOM.bytes)),
  past("a byte too large", long(bytes)),
  past("too large once its apostrophes are references", long(bytes * 3, "&apos;")),
  past("too large by characters of four bytes", long(bytes / 2, "🔔")),
  { ...past("larger than any buffer", long(11_000_000)), isHuge: true },
  past("one attribute too large", `<a xmlns='urn:example' b='${"x".repeat(bytes)}'/>`),
  below(
    "many attributes",
    `<a xmlns='urn:example' ${Array.from({ length: 2_000 }, (_, at) => `a${at}='>'`).join(" ")}/>`,
  ),
  below(
    "many namespaces",
    Array.from({ length: 500 }, (_, at) => `<p${at}:a xmlns:p${at}='urn:${at}' b='1'/>`).join(""),
  ),
  below("names of other scripts", "<ü xmlns='urn:ä' 名='値'><é>ﬀ\u{10FFFD}\u0085\u2028</é></ü>"),
  below(
    "characters that end texts",
    `<a xmlns='urn:example' b="'&quot;&#10;&#9;&gt;]]&gt;">&amp;lt;]]&gt;--&gt;&#13;</a>`,
  ),
];

export interface Carrier {
  readonly name: string;
  /** The stanza, without the sender's address. */
  readonly write: (inside: string, to: { readonly component: string; readonly callee: string }, id: string) => string;
  readonly isIq: boolean;
}

const RTP = "<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'/>";
const jingle = (action: string, inside: string): string =>
  `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='attack'><content name='a' creator='initiator'>${RTP}${inside}</content></jingle>`;
const iq = (to: string, id: string, inside: string, type = "set"): string =>
  `<iq type='${type}' id='${id}' to='${to}'>${inside}</iq>`;

export const CARRIERS: readonly Carrier[] = [
  {
    name: "a message",
    isIq: false,
    write: (inside, { component }) => `<message to='${component}'>${inside}</message>`,
  },
  {
    name: "presence",
    isIq: false,
    write: (inside, { component }) => `<presence to='${component}'>${inside}</presence>`,
  },
  {
    name: "presence to all",
    isIq: false,
    write: (inside) => `<presence><c xmlns='${CAPS}' hash='sha-1' node='urn:n' ver='v'/>${inside}</presence>`,
  },
  { name: "an IQ set", isIq: true, write: (inside, { component }, id) => iq(component, id, inside) },
  { name: "an IQ get", isIq: true, write: (inside, { component }, id) => iq(component, id, inside, "get") },
  {
    name: "a session-initiate",
    isIq: true,
    write: (inside, { callee }, id) => iq(callee, id, jingle("session-initiate", inside)),
  },
  {
    name: "a transport-info",
    isIq: true,
    write: (inside, { callee }, id) => iq(callee, id, jingle("transport-info", inside)),
  },
  {
    name: "a proposal",
    isIq: false,
    write: (inside, { callee }, id) =>
      `<message type='chat' to='${callee}'><propose xmlns='${JINGLE_MESSAGE}' id='${id}'>${RTP}${inside}</propose></message>`,
  },
];

/** How TCP splits bytes: the size of the next piece. */
export interface Cut {
  readonly name: string;
  readonly next: (bytes: Uint8Array, at: number, chance: () => number) => number;
}

const PAST_ASCII = 0x80;
const TAG = 0x3c;
/** Up to the middle of the next multi-byte character, or of the next tag. */
const middle = (bytes: Uint8Array, at: number): number => {
  let end = at + 1;
  while (end < bytes.length && (bytes[end] ?? 0) < PAST_ASCII && bytes[end] !== TAG) end++;
  return end + 1 - at;
};

export const CUTS: readonly [Cut, ...Cut[]] = [
  { name: "whole", next: (bytes) => bytes.length },
  { name: "byte by byte", next: () => 1 },
  { name: "by chance", next: (_, __, chance) => 1 + Math.floor(chance() * 3_000) },
  { name: "inside of characters and tags", next: middle },
];

/** The bytes in pieces; after `most` pieces the rest is one. */
export function cutBy({ next }: Cut, bytes: Uint8Array, chance: () => number, most: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, pieces.length < most ? at + next(bytes, at, chance) : undefined);
    pieces.push(piece);
    at += piece.length;
  }
  return pieces;
}
