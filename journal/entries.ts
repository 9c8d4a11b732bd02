/**
 * The entries of a call's journal: as reported, and as read again.
 *
 * Rule: an entry is written into bytes as soon as its report is processed (tape.ts), so that no object of it is retained.
 */
import type { StateValue } from "xstate";
import { onceEach } from "../protocol/text.ts";

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

/** A SIP message with the address of the other side, or the text of a stanza. */
export type Said =
  | {
      readonly kind: "sip";
      readonly at: number;
      readonly out: boolean;
      readonly transport: string;
      readonly host: string;
      readonly port: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "xmpp"; readonly at: number; readonly out: boolean; readonly stanza: string };

/** An entry as it is written. */
export type Fresh = RelayEntry | StepEntry | EffectEntry | StreamEntry | Said;

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

/** The address of the XMPP server: none. */
export const NOWHERE = { transport: "", host: "", port: 0 } as const;

/** The name of an action or guard in its chart. */
function wordsOf(named: unknown): string {
  if (typeof named === "string") return named;
  return typeof named === "object" && named !== null && "type" in named ? String(named.type) : "";
}
