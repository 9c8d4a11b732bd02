/**
 * Entries packed into one byte array, for calls that are idle or ended: one object for the garbage collector.
 *
 * The messages are concatenated, followed by the facts about each entry as JSON: `[at, step]`, `[at, effect]`, `[at, out, size]` of a
 * stanza, `[at, out, size, transport, host, port, again]` of a SIP message; other entries as they are. The few distinct steps, the
 * same in all calls, are numbered. Bounds: `MOST_STEPS` steps have a number, all others are written out.
 */
import type { StateValue } from "xstate";
import { type Entry, entryOf, type LiveEntry, NOWHERE, type StepEntry, textOf } from "./entries.ts";

export interface Packed {
  readonly bytes: Uint8Array;
  /** Offset of the facts; in deflated bytes, after inflation. */
  readonly facts: number;
  /** Start and end of each SIP message, in turn; undefined if the bytes are deflated. */
  readonly messages: readonly number[] | undefined;
}

/** Deflate and inflate: node:zlib, passed in by main.ts. */
export interface Compression {
  deflate(bytes: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array): Uint8Array;
}

type Said = Pick<StepEntry, "event" | "after" | "guards" | "actions">;
type Fact =
  | readonly [at: number, said: number | string]
  | readonly [at: number, out: 0 | 1, size: number]
  | readonly [at: number, out: 0 | 1, size: number, transport: string, host: string, port: number, again: number[] | 0]
  | Entry;

const MOST_STEPS = 2_000;
const steps: Said[] = [];
const numbers = new Map<string, number[]>();

/** The number of a step, if there is one. */
function numberOf({ event, after, guards, actions }: Said): number | undefined {
  const known = numbers.get(event) ?? [];
  const found = known.find((number) => {
    const said = steps[number];
    return said?.after === after && isSame(said.guards, guards) && isSame(said.actions, actions);
  });
  if (found !== undefined || steps.length >= MOST_STEPS) return found;
  steps.push({ event, after: after as StateValue, guards, actions });
  numbers.set(event, [...known, steps.length - 1]);
  return steps.length - 1;
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one === other || (one.length === other.length && one.every((each, at) => each === other[at]));

/** Grows to the size of the largest call (call-journal.ts); packed bytes are copied out of it. */
let scratch = new Uint8Array(65_536);
let end = 0;
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
  const messages: number[] = [];
  const said = entries.map((entry) => factOf(entry, messages));
  const facts = end;
  write(JSON.stringify(said));
  return { bytes: keep(scratch.subarray(0, end)), facts, messages };
}

/** The facts about an entry; a message is written to the buffer. */
function factOf(entry: LiveEntry, messages: number[]): Fact {
  const { kind, at } = entry;
  if (kind === "effect") return [at, entry.effect];
  if (kind === "xmpp") return [at, entry.out ? 1 : 0, write(textOf(entry.stanza))];
  if (kind === "sip") {
    const { out, bytes, transport, host, port, again } = entry;
    const size = write(bytes);
    messages.push(end - size, end);
    return [at, out ? 1 : 0, size, transport, host, port, again ?? 0];
  }
  const number = kind === "step" && entry.refused === undefined ? numberOf(entry) : undefined;
  return number === undefined ? entry : [at, number];
}

/** Packs and deflates entries. */
export function deflated(entries: readonly LiveEntry[], compression: Compression): Packed {
  const { bytes, facts } = pack(entries, (whole) => new Uint8Array(compression.deflate(whole)));
  return { bytes, facts, messages: undefined };
}

/** Whether the packed entries contain this SIP message. */
export function has(packed: Packed, message: Uint8Array, compression: Compression): boolean {
  const { bytes, messages } = packed;
  if (messages === undefined)
    return unpack(packed, compression).some((entry) => entry.kind === "wire" && isEqual(entry.bytes, message));
  for (let at = 0; at < messages.length; at += 2) {
    const [from = 0, to = 0] = [messages[at], messages[at + 1]];
    if (to - from === message.length && isAt(bytes, from, message)) return true;
  }
  return false;
}

/** Whether two byte arrays are equal. */
export const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one === other || (one.length === other.length && isAt(one, 0, other));

function isAt(bytes: Uint8Array, from: number, message: Uint8Array): boolean {
  for (let at = message.length - 1; at >= 0; at--) if (bytes[from + at] !== message[at]) return false;
  return true;
}

export function unpack({ bytes, facts, messages }: Packed, compression: Compression): Entry[] {
  const whole = new Uint8Array(messages === undefined ? compression.inflate(bytes) : bytes);
  let from = 0;
  const next = (size: number): Uint8Array => {
    from += size;
    return whole.subarray(from - size, from);
  };
  return (JSON.parse(decoder.decode(whole.subarray(facts))) as Fact[]).map((fact) => entryIn(fact, next));
}

function entryIn(fact: Fact, next: (size: number) => Uint8Array): Entry {
  if ("kind" in fact) return fact;
  if (fact.length === 2) {
    const [at, said] = fact;
    return typeof said === "string"
      ? { kind: "effect", at, effect: said }
      : { kind: "step", at, ...(steps[said] as Said) };
  }
  const [at, out, size, transport, host, port, again] = fact;
  const bytes = next(size);
  if (transport === undefined || host === undefined || port === undefined)
    return { kind: "wire", at, wire: "xmpp", out: out === 1, ...NOWHERE, bytes, again: [] };
  return entryOf({ kind: "sip", at, out: out === 1, transport, host, port, bytes, again: again || undefined });
}
