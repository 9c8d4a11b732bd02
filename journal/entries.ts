/**
 * The entries of a call's journal, and their live form.
 *
 * Rules: the entries of a live call are the objects at hand: bytes for SIP, texts for XMPP; nothing is serialized for the journal. At
 * the end they are packed into one piece: half of the memory, and nothing for the garbage collector to walk (measured: 24 kB
 * of objects or 10.5 kB packed for a small call, 140 and 38 for a browser's).
 */
import type { Element } from "@xmpp/xml";
import type { StateValue } from "xstate";
import { onceEach } from "../protocol/text.ts";
import { writeStanza } from "../protocol/xmpp/write.ts";

/** A transition taken. */
export interface Transition {
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}

/** The chart accepted an event, or refused it. Times are milliseconds since 1970. */
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

/** A message on either wire, as bytes. */
export interface WireEntry {
  readonly kind: "wire";
  readonly at: number;
  readonly wire: "sip" | "xmpp";
  readonly out: boolean;
  /** `udp` or `tcp`, with the other side's address. Empty for the XMPP server. */
  readonly transport: string;
  readonly host: string;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** Times at which the same bytes were sent or received again. */
  readonly again: readonly number[];
}

/** The XMPP stream was lost or restored. */
export interface StreamEntry {
  readonly kind: "stream";
  readonly at: number;
  readonly isUp: boolean;
}

/** The SDP that the media relay returned, or why it failed. */
export interface RelayEntry {
  readonly kind: "relay";
  readonly at: number;
  readonly sdp?: string;
  readonly failed?: string;
}

export type Entry = RelayEntry | StepEntry | EffectEntry | WireEntry | StreamEntry;

/** A message of a live call: cheap to create, serialized only on demand. */
export type LiveMessage =
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

/** The entries of a live call. */
export type LiveEntry = RelayEntry | StepEntry | EffectEntry | StreamEntry | LiveMessage;

/** The names in a transition; cached, since the transition is the same object in all calls. */
const saidBy = onceEach(({ guard, actions }: Transition) => ({
  guards: [wordsOf(guard)].filter((word) => word !== ""),
  actions: actions.map(wordsOf).filter((word) => word !== ""),
}));

const NOTHING: Pick<StepEntry, "guards" | "actions"> = { guards: [], actions: [] };

/** The names in the transitions of one step. */
export function saidByAll(transitions: readonly Transition[]): Pick<StepEntry, "guards" | "actions"> {
  const [only] = transitions;
  if (only === undefined) return NOTHING;
  if (transitions.length === 1) return saidBy(only);
  const said = transitions.map(saidBy);
  return { guards: said.flatMap(({ guards }) => guards), actions: said.flatMap(({ actions }) => actions) };
}

const encoder = new TextEncoder();
/** The address of the XMPP server: none. */
export const NOWHERE = { transport: "", host: "", port: 0 } as const;

/** The full form of a live entry. */
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

/** The name of an action or guard in its chart. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}
