/**
 * Entries packed into one byte array, for calls that are idle or ended: one object for the garbage collector.
 *
 * The messages are concatenated, followed by the facts about all entries as one JSON list: the time of the first, then `STEP, at, number`,
 * `EFFECT, at, name`, `STANZA, at, out, size`, `SIP, at, out, size, transport, host, port, again`, or `OTHER` and the entry as it is; `at` is in `TICKS`
 * since the first. The few distinct steps, the same in all calls, are numbered. Bounds: `MOST_STEPS` steps have a number, all others are written out.
 */
import type { StateValue } from "xstate";
import { type Entry, entryOf, type LiveEntry, NOWHERE, type StepEntry, textOf } from "./entries.ts";

export interface Packed {
  readonly bytes: Uint8Array;
  /** Offset of the facts; in deflated bytes, after inflation. */
  readonly facts: number;
  readonly isDeflated: boolean;
  /** A bit for the size of each SIP message, modulo 32: what has no bit here is none of them. */
  readonly sizes: number;
}

/** Deflate and inflate: alike.ts. */
export interface Compression {
  deflate(bytes: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array): Uint8Array;
}

type Said = Pick<StepEntry, "event" | "after" | "guards" | "actions">;

/** The first item of each entry in the list. */
const STEP = 0;
const EFFECT = 1;
const STANZA = 2;
const SIP = 3;
const OTHER = 4;

/** A millisecond: until 2039 a time of today is a whole number of them, which takes a third of the digits. */
const TICKS = 4_096;
const MOST_STEPS = 2_000;
const steps: Said[] = [];
const numbers = new Map<string, number[]>();

/** The number of a step, if there is one. */
function numberOf({ event, after, guards, actions }: Said): number | undefined {
  const known = numbers.get(event) ?? [];
  for (const number of known) {
    const said = steps[number];
    if (said?.after === after && isSame(said.guards, guards) && isSame(said.actions, actions)) return number;
  }
  if (steps.length >= MOST_STEPS) return undefined;
  steps.push({ event, after: after as StateValue, guards, actions });
  numbers.set(event, [...known, steps.length - 1]);
  return steps.length - 1;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return one.length === other.length;
}

/** Grows to the size of the largest call (call-journal.ts); packed bytes are copied out of it. */
let scratch = new Uint8Array(65_536);
let end = 0;
/** The time of the first entry. */
let start = 0;
/** A bit for each size, as in `Packed`. */
let sizes = 0;
/** The facts of the entries that are being packed; one list for all, since it grows to a hundred items. */
const list: unknown[] = [];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function reserve(size: number): void {
  if (end + size <= scratch.length) return;
  const larger = new Uint8Array(Math.max(2 * scratch.length, end + size));
  larger.set(scratch.subarray(0, end));
  scratch = larger;
}

function write(content: Uint8Array | string): number {
  const before = end;
  if (typeof content === "string") {
    reserve(content.length * 3); // maximum length in UTF-8
    end += encoder.encodeInto(content, scratch.subarray(end)).written;
  } else {
    reserve(content.length);
    scratch.set(content, end);
    end += content.length;
  }
  return end - before;
}

/** Packs entries; `keep` copies the bytes to their final place. */
export function pack(entries: readonly LiveEntry[], keep: (bytes: Uint8Array) => Uint8Array): Packed {
  end = 0;
  sizes = 0;
  start = entries[0]?.at ?? 0;
  list.length = 0;
  list.push(start);
  for (const entry of entries) addFacts(entry);
  const facts = end;
  write(JSON.stringify(list));
  list.length = 0;
  return { bytes: keep(scratch.subarray(0, end)), facts, isDeflated: false, sizes };
}

/** Adds the facts about an entry to the list; a message is written to the buffer. */
function addFacts(entry: LiveEntry): void {
  const { kind } = entry;
  const at = (entry.at - start) * TICKS;
  if (kind === "effect") list.push(EFFECT, at, entry.effect);
  else if (kind === "xmpp") list.push(STANZA, at, entry.out ? 1 : 0, write(textOf(entry.stanza)));
  else if (kind === "sip") {
    const { out, bytes, transport, host, port, again } = entry;
    const size = write(bytes);
    sizes |= bitOf(size);
    list.push(SIP, at, out ? 1 : 0, size, transport, host, port, again ?? 0);
  } else {
    const number = kind === "step" && entry.refused === undefined ? numberOf(entry) : undefined;
    if (number === undefined) list.push(OTHER, entry);
    else list.push(STEP, at, number);
  }
}

/** Packs and deflates entries. */
export function deflated(entries: readonly LiveEntry[], compression: Compression): Packed {
  return { ...pack(entries, (whole) => new Uint8Array(compression.deflate(whole))), isDeflated: true };
}

/** Whether the packed entries contain this SIP message. */
export function has(packed: Packed, message: Uint8Array, compression: Compression): boolean {
  if ((packed.sizes & bitOf(message.length)) === 0) return false;
  return unpack(packed, compression).some((entry) => entry.kind === "wire" && isEqual(entry.bytes, message));
}

const bitOf = (size: number): number => 1 << (size & 31);

/** Whether two byte arrays are equal. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let at = one.length - 1; at >= 0; at--) if (one[at] !== other[at]) return false;
  return true;
}

export function unpack({ bytes, facts, isDeflated }: Packed, compression: Compression): Entry[] {
  const whole = new Uint8Array(isDeflated ? compression.inflate(bytes) : bytes);
  let from = 0;
  const next = (size: number): Uint8Array => {
    from += size;
    return whole.subarray(from - size, from);
  };
  const list = JSON.parse(decoder.decode(whole.subarray(facts))) as unknown[];
  const entries: Entry[] = [];
  const [first] = list as [number];
  for (let at = 1; at < list.length; ) at = entryIn(list, at, first, next, entries);
  return entries;
}

/** Reads the entry at a place in the list; gives the place of the next. */
function entryIn(
  list: readonly unknown[],
  from: number,
  first: number,
  next: (size: number) => Uint8Array,
  into: Entry[],
): number {
  const [kind, ticks, third, size] = list.slice(from, from + 4) as [number, number, unknown, number];
  const at = first + ticks / TICKS;
  if (kind === OTHER) {
    into.push(list[from + 1] as Entry);
    return from + 2;
  }
  if (kind === EFFECT || kind === STEP) {
    const said = steps[third as number] as Said;
    into.push(kind === EFFECT ? { kind: "effect", at, effect: String(third) } : { kind: "step", at, ...said });
    return from + 3;
  }
  const [out, bytes] = [third === 1, next(size)];
  if (kind === STANZA) {
    into.push({ kind: "wire", at, wire: "xmpp", out, ...NOWHERE, bytes, again: [] });
    return from + 4;
  }
  type Place = [transport: string, host: string, port: number, again: number[] | 0];
  const [transport, host, port, again] = list.slice(from + 4, from + 8) as Place;
  into.push(entryOf({ kind: "sip", at, out, transport, host, port, bytes, again: again || undefined }));
  return from + 8;
}
