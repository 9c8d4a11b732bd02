/**
 * Entries as one piece of bytes: what is kept of a call that rests or is over, with nothing in it that a collector has to walk through.
 *
 * The messages stand one after the other, then what is said of each entry, as JSON: `[at, step]`, `[at, effect]`, `[at, out, size]` of a
 * stanza, `[at, out, size, transport, host, port, again]` of a SIP message; anything else as it is. Steps are few, and the same ones in all
 * calls: a number names each. Bounds: so many steps have a number, all others are written out.
 */
import type { StateValue } from "xstate";
import { type Entry, entryOf, type LiveEntry, NOWHERE, type StepEntry, textOf } from "./entries.ts";

export interface Packed {
  readonly bytes: Uint8Array;
  /** Where what is said of the entries begins; in what is deflated, once it is inflated. */
  readonly facts: number;
  /** Where each SIP message begins and ends, one after the other; none of what is deflated. */
  readonly messages: readonly number[] | undefined;
}

/** Makes bytes fewer and brings them back: node:zlib, which main.ts hands over. */
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

/** The number of a step, if it has one. */
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

/** Grows up to the largest call (call-journal.ts); what is packed is copied out of it. */
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
    reserve(content.length * 3); // the most that UTF-8 takes
    end += encoder.encodeInto(content, scratch.subarray(end)).written;
  } else {
    reserve(content.length);
    scratch.set(content, end);
    end += content.length;
  }
  return end - before;
}

/** Packs entries; `keep` copies the bytes to where they stay. */
export function pack(entries: readonly LiveEntry[], keep: (bytes: Uint8Array) => Uint8Array): Packed {
  end = 0;
  const messages: number[] = [];
  const said = entries.map((entry) => factOf(entry, messages));
  const facts = end;
  write(JSON.stringify(said));
  return { bytes: keep(scratch.subarray(0, end)), facts, messages };
}

/** What is said of an entry; its message, if it is one, is written. */
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

/** Packs entries with fewer bytes. */
export function deflated(entries: readonly LiveEntry[], compression: Compression): Packed {
  const { bytes, facts } = pack(entries, (whole) => new Uint8Array(compression.deflate(whole)));
  return { bytes, facts, messages: undefined };
}

/** Whether this is one of the SIP messages. */
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

/** Whether bytes are the same. */
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
