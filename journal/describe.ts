/**
 * What a journal says to people: steps and messages, each at the place of the other.
 *
 * Rules: a message that came stands with the step that follows it, unless another message came first; what went out stands with
 * the step before it, since effects follow their event; what comes before the first step belongs to it. Events of XState have the
 * words of the chart: `after no answer`, `begins`. Every text has its secrets hidden.
 */
import { type Element, parse } from "ltx/lib/ltx.js";
import type { EffectEntry, Entry, StepEntry, WireEntry } from "./entries.ts";
import { askedBy, labelOfSip, labelOfStanza } from "./labels.ts";
import { pretty } from "./pretty.ts";
import { hideSecrets } from "./secrets.ts";
import { leavesOf } from "./states.ts";
import type { CallRow, CallView, MessageView, StepView } from "./view.ts";

/** A step while it is put together. */
type Growing = Omit<StepView, "effects" | "said" | "came"> & { effects: string[]; said: number[]; came?: number };

export function describe(row: CallRow, entries: readonly Entry[], dropped: number): CallView {
  const steps: Growing[] = [];
  const messages: MessageView[] = [];
  const asked = new Map<string, string>();
  const start = Math.min(row.begun, ...entries.slice(0, 1).map(({ at }) => at));
  let came: number | undefined;
  const early: { readonly effects: string[]; readonly said: number[] } = { effects: [], said: [] };
  for (const entry of entries) {
    const at = tenth(entry.at - start);
    if (entry.kind === "step") {
      const step = stepOf(entry, at, steps);
      if (steps.length === 0) [step.effects, step.said] = [early.effects, early.said];
      if (came !== undefined) step.came = came;
      if (came !== undefined) messages[came] = { ...(messages[came] as MessageView), step: steps.length };
      came = undefined;
      steps.push(step);
    } else if (entry.kind === "effect") (steps.at(-1) ?? early).effects.push(effectOf(entry));
    else {
      const step = Math.max(0, steps.length - 1);
      messages.push(messageOf(entry, { n: messages.length + 1, at, step }, asked));
      if (entry.out) (steps.at(-1) ?? early).said.push(messages.length - 1);
      else came = messages.length - 1;
    }
  }
  return { ...row, steps, messages, dropped };
}

const tenth = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
const effectOf = ({ effect }: EffectEntry): string => effect;

function stepOf({ event, after, guards, actions, refused }: StepEntry, at: number, steps: readonly Growing[]): Growing {
  const before = steps.at(-1)?.after ?? [];
  const [guard] = guards;
  return {
    ...{ n: steps.length + 1, at, event: wordsOf(event), before, after: after === null ? before : leavesOf(after) },
    ...(guard === undefined ? {} : { guard }),
    ...{ actions, effects: [], said: [] },
    ...(refused === undefined ? {} : { refused }),
  };
}

/** XState's own events in words: a time is over, or the call begins. */
export function wordsOf(event: string): string {
  if (event === "xstate.init") return "begins";
  const [, delay] = /^xstate\.after\.(.+?)\.(?:\(machine\)|call)\b/.exec(event) ?? [];
  return delay === undefined ? event : `after ${delay}`;
}

const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");

function messageOf(
  entry: WireEntry,
  place: Pick<MessageView, "n" | "at" | "step">,
  asked: Map<string, string>,
): MessageView {
  const { wire, out, transport, host, port, again } = entry;
  const peer = wire === "sip" ? `${transport} ${host}:${port}` : "xmpp";
  const about = { ...place, wire, out, peer, again: again.length };
  if (wire === "sip") {
    const text = readable(entry.bytes);
    return { ...about, ...labelOfSip(text), text: hideSecrets(text.replaceAll("\r\n", "\n")) };
  }
  const text = decoder.decode(entry.bytes);
  const stanza = parse(text); // written by us, from what was read already
  return { ...about, ...labelOfStanza(stanza, answered(stanza, out, asked)), text: hideSecrets(pretty(stanza)) };
}

/** SIP as text: UTF-8 where it is that, else each byte as a character. */
function readable(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes("\ufffd") ? latin1.decode(bytes) : text;
}

/** Remembers what an IQ asks, and tells what an answer answers: by its id and who asked. */
function answered(stanza: Element, out: boolean, asked: Map<string, string>): string | undefined {
  const { id, type } = stanza.attrs as Record<string, string | undefined>;
  const key = (byUs: boolean): string => `${byUs} ${id}`;
  if (type !== "result" && type !== "error") asked.set(key(out), askedBy(stanza));
  return asked.get(key(!out));
}
