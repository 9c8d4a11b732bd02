/**
 * What a journal keeps of a call, entry by entry, and how it is packed once the call is over.
 *
 * Rules: while a call lives what was at hand is kept as it is, since writing it costs time that nobody may ever ask for; at the
 * end all of it becomes bytes at once: half of the memory, and nothing for the collector to walk through (measured: 24 kB
 * of objects or 10.5 kB of bytes a small call, 140 and 38 a browser's).
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import { writeStanza } from "../protocol/xmpp/write.ts";

/** A transition that was taken. */
export interface Transition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}

/** The chart took an event, or refused it. Times are milliseconds since 1970. */
export interface StepEntry {
  readonly kind: "step";
  readonly at: number;
  readonly event: string;
  readonly after: StateValue | null;
  readonly guards: readonly string[];
  readonly actions: readonly string[];
  readonly refused?: string;
}

export interface EffectEntry {
  readonly kind: "effect";
  readonly at: number;
  readonly effect: string;
}

/** A message on either wire, as its bytes. */
export interface WireEntry {
  readonly kind: "wire";
  readonly at: number;
  readonly wire: "sip" | "xmpp";
  readonly out: boolean;
  /** `udp`, `tcp`; the other side's address. Empty for the XMPP server. */
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** When the same bytes went or came again. */
  readonly again: readonly number[];
}

/** The XMPP stream was lost, or is there again. */
export interface StreamEntry {
  readonly kind: "stream";
  readonly at: number;
  readonly isUp: boolean;
}

export type Entry = StepEntry | EffectEntry | WireEntry | StreamEntry;

/** The entries of a call that lives: cheap to make, read only when somebody asks. */
export type LiveEntry =
  | {
      kind: "step";
      at: number;
      event: string;
      after: StateValue | null;
      transitions: readonly Transition[];
      refused?: string;
    }
  | EffectEntry
  | StreamEntry
  | {
      kind: "sip";
      at: number;
      out: boolean;
      transport: string;
      host: string;
      port: number;
      bytes: Uint8Array;
      again: number[] | undefined;
    }
  | { kind: "xmpp"; at: number; out: boolean; stanza: Element };

const encoder = new TextEncoder();

/** What a live entry says, whole. */
export function entryOf(live: LiveEntry): Entry {
  if (live.kind === "effect" || live.kind === "stream") return live;
  if (live.kind === "step") {
    const { kind, at, event, after, transitions, refused } = live;
    const guards = transitions.map(({ guard }) => wordsOf(guard)).filter((word) => word !== "");
    const actions = transitions.flatMap(({ actions }) => actions.map(wordsOf)).filter((word) => word !== "");
    return { kind, at, event, after, guards, actions, ...(refused === undefined ? {} : { refused }) };
  }
  if (live.kind === "xmpp") {
    const bytes = encoder.encode(writeStanza(live.stanza));
    return {
      kind: "wire",
      at: live.at,
      wire: "xmpp",
      out: live.out,
      transport: "",
      host: "",
      port: 0,
      bytes,
      again: [],
    };
  }
  return { ...live, kind: "wire", wire: "sip", again: live.again ?? [] };
}

/** What an action or a guard is called in its chart. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}

/** Entries as bytes: what is said of each as JSON, and the messages one after the other. */
export interface Packed {
  readonly facts: Uint8Array;
  readonly wires: Uint8Array;
}

export function pack(entries: readonly Entry[]): Packed {
  const wires = entries.flatMap((entry) => (entry.kind === "wire" ? [entry.bytes] : []));
  const all = new Uint8Array(wires.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  const facts = entries.map((entry) => {
    if (entry.kind !== "wire") return entry;
    all.set(entry.bytes, end);
    end += entry.bytes.length;
    return { ...entry, bytes: entry.bytes.length };
  });
  return { facts: encoder.encode(JSON.stringify(facts)), wires: all };
}

export function unpack({ facts, wires }: Packed): Entry[] {
  type Fact = StepEntry | EffectEntry | StreamEntry | (Omit<WireEntry, "bytes"> & { bytes: number });
  const read = JSON.parse(new TextDecoder().decode(facts)) as Fact[];
  let end = 0;
  return read.map((fact): Entry => {
    if (fact.kind !== "wire") return fact;
    const bytes = wires.subarray(end, end + fact.bytes);
    end += fact.bytes;
    return { ...fact, bytes };
  });
}
