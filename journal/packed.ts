/**
 * Entries as bytes (tape.ts), kept in one piece for calls that are idle or ended, deflated or not; and their reader.
 */
import { type Entry, NOWHERE, type WireEntry } from "./entries.ts";
import { HEAD, kindAt, numberAt, sizeAt, TICKS, ticksAt } from "./heads.ts";
import { effects, places, steps, UNNUMBERED } from "./numbered.ts";
import { type Again, bitOf, KINDS, LINE_BREAK, type Tape } from "./tape.ts";

/** Bytes where they are kept. */
export interface Kept {
  readonly bytes: Uint8Array;
  readonly size: number;
}

export interface Packed {
  readonly kept: Kept;
  readonly isDeflated: boolean;
  /** As in the tape. */
  readonly count: number;
  readonly start: number;
  readonly sizes: number;
  readonly again: readonly Again[];
}

/** Deflate and inflate: alike.ts. */
export interface Compression {
  deflate(bytes: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array): Uint8Array;
}

/** Packs what is on a tape; `keep` copies the bytes to their final place. */
export function pack(tape: Tape, keep: (bytes: Uint8Array) => Kept): Packed {
  const { count, start, sizes, again } = tape;
  return { kept: keep(tape.written), isDeflated: false, count, start, sizes, again };
}

/** Packs and deflates it. */
export function deflated(tape: Tape, compression: Compression): Packed {
  const keep = (whole: Uint8Array): Kept => {
    const bytes = new Uint8Array(compression.deflate(whole));
    return { bytes, size: bytes.length };
  };
  return { ...pack(tape, keep), isDeflated: true };
}

/** Whether the packed entries contain this SIP message. */
export function has(packed: Packed, message: Uint8Array, compression: Compression): boolean {
  if ((packed.sizes & bitOf(message.length)) === 0) return false;
  return unpack(packed, compression).some((entry) => entry.kind === "wire" && isEqual(entry.bytes, message));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = one.length - 1; at >= 0; at--) if (one[at] !== other[at]) return false;
  return true;
}

export function unpack({ kept, isDeflated, start, again }: Packed, compression: Compression): Entry[] {
  const whole = isDeflated ? compression.inflate(kept.bytes) : kept.bytes;
  return entriesIn(whole, start, again, 0);
}

/** The entries on a tape, from one on. */
export const entriesOn = (tape: Tape, place: number): Entry[] => entriesIn(tape.written, tape.start, tape.again, place);

/** Reads entries from a place on; they have a copy of the bytes. */
function entriesIn(all: Uint8Array, start: number, again: readonly Again[], place: number): Entry[] {
  let from = 0;
  for (let at = 0; at < place; at++) from += HEAD + sizeAt(all, from);
  const whole = new Uint8Array(all.subarray(from));
  const entries: Entry[] = [];
  for (let at = 0; at < whole.length; at += HEAD + sizeAt(whole, at)) {
    const entry = entryAt(whole, at, start);
    const times = again.length === 0 ? undefined : again.find((each) => each.place === place + entries.length)?.times;
    entries.push(times && entry.kind === "wire" ? { ...entry, again: times } : entry);
  }
  return entries;
}

function entryAt(bytes: Uint8Array, from: number, start: number): Entry {
  const [kind, number] = [kindAt(bytes, from), numberAt(bytes, from)];
  const at = start + ticksAt(bytes, from) / TICKS;
  const content = bytes.subarray(from + HEAD, from + HEAD + sizeAt(bytes, from));
  if (kind === KINDS.step) return { kind: "step", at, ...steps.of(number) };
  if (kind === KINDS.other) return JSON.parse(textOf(content)) as Entry;
  if (kind === KINDS.effect) {
    const effect = number === UNNUMBERED ? textOf(content) : effects.of(number).effect;
    return { kind: "effect", at, effect };
  }
  const out = (kind & 1) === 1;
  if (kind - Number(out) === KINDS.sip) return { ...messageIn(content, number), at, out };
  return { kind: "wire", at, wire: "xmpp", out, ...NOWHERE, bytes: content, again: [] };
}

/** A SIP message with its address, which is before it if it has no number. */
function messageIn(content: Uint8Array, number: number): Omit<WireEntry, "at" | "out"> {
  if (number !== UNNUMBERED) return { kind: "wire", wire: "sip", ...places.of(number), bytes: content, again: [] };
  const end = content.indexOf(LINE_BREAK);
  const [transport = "", host = "", port] = textOf(content.subarray(0, end)).split(" ");
  const bytes = content.subarray(end + 1);
  return { kind: "wire", wire: "sip", transport, host, port: Number(port), bytes, again: [] };
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
