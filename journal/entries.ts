/**
 * What a journal keeps of a call, entry by entry, and how it is packed once the call is over.
 *
 * Rules: while a call lives what was at hand is kept as it is: bytes on one wire, texts on the other; nothing is written for it. At the
 * end all else becomes one text at once: half of the memory, and nothing for the collector to walk through (measured: 24 kB
 * of objects or 10.5 kB a small call, 140 and 38 a browser's).
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import { onceEach } from "../protocol/text.ts";
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

/** What the media relay has made of an SDP, or why it has not. */
export interface RelayEntry {
  readonly kind: "relay";
  readonly at: number;
  readonly sdp?: string;
  readonly failed?: string;
}

export type Entry = RelayEntry | StepEntry | EffectEntry | WireEntry | StreamEntry;

/** The entries of a call that lives: cheap to make, read only when somebody asks. */
export type LiveEntry =
  | RelayEntry
  | StepEntry
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
  | { kind: "xmpp"; at: number; out: boolean; stanza: Element | string };

/** What a transition says; it is the chart's own, and the same object in all calls. */
const saidBy = onceEach(({ guard, actions }: Transition) => ({
  guards: [wordsOf(guard)].filter((word) => word !== ""),
  actions: actions.map(wordsOf).filter((word) => word !== ""),
}));

/** What the transitions of one step say. */
export function saidByAll(transitions: readonly Transition[]): Pick<StepEntry, "guards" | "actions"> {
  const [only] = transitions;
  if (only !== undefined && transitions.length === 1) return saidBy(only);
  const said = transitions.map(saidBy);
  return { guards: said.flatMap(({ guards }) => guards), actions: said.flatMap(({ actions }) => actions) };
}

const encoder = new TextEncoder();
/** The place of the XMPP server, which is the same for all. */
export const NOWHERE = { transport: "", host: "", port: 0 } as const;

/** What a live entry says, whole. */
export function entryOf(live: LiveEntry): Entry {
  if (live.kind === "sip") return { ...live, kind: "wire", wire: "sip", again: live.again ?? [] };
  if (live.kind === "xmpp") {
    const bytes = encoder.encode(textOf(live.stanza));
    return { kind: "wire", at: live.at, wire: "xmpp", out: live.out, ...NOWHERE, bytes, again: [] };
  }
  return live;
}

/** A stanza as its text. */
export const textOf = (stanza: Element | string): string => (typeof stanza === "string" ? stanza : writeStanza(stanza));

/** What an action or a guard is called in its chart. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}
