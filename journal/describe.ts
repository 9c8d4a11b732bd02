/**
 * What a journal says to people: steps and messages, each at the place of the other.
 *
 * Rules: a message that came stands with the step that follows it, unless another message came first, and so does what was answered
 * before that step; what went out otherwise stands with the step before it, since effects follow their event. Events of XState have the
 * words of the chart: `after no answer`, `begins`. Every text has its secrets hidden.
 */
import { type Element, parse } from "ltx/lib/ltx.js";
import type { EffectEntry, Entry, StepEntry, WireEntry } from "./entries.ts";
import { askedBy, labelOfSip, labelOfStanza } from "./labels.ts";
import { pretty } from "./pretty.ts";
import { hideSecrets } from "./secrets.ts";
import { leavesOf } from "./states.ts";
import type { CallRow, CallView, MessageView, StepView, StreamView } from "./view.ts";
import { unwrapped } from "./wrapped.ts";

/** A step while it is put together. */
type Growing = Omit<StepView, "effects" | "said" | "came"> & { effects: string[]; said: number[]; came?: number };

export function describe(row: CallRow, entries: readonly Entry[], dropped: number): CallView {
  const telling = new Telling(Math.min(row.begun, ...entries.slice(0, 1).map(({ at }) => at)));
  for (const entry of entries) telling.add(entry);
  return { ...row, ...telling.end(), dropped };
}

/** Puts steps and messages together, entry by entry. */
class Telling {
  readonly #start: number;
  readonly #steps: Growing[] = [];
  readonly #messages: MessageView[] = [];
  readonly #streams: StreamView[] = [];
  readonly #asked = new Map<string, string>();
  /** What waits for the step that it belongs to: the message that came, what went out since, effects before the first step. */
  #came: number | undefined;
  #said: number[] = [];
  #effects: string[] = [];

  constructor(start: number) {
    this.#start = start;
  }

  add(entry: Entry): void {
    const at = tenth(entry.at - this.#start);
    if (entry.kind === "step") this.#step(entry, at);
    else if (entry.kind === "stream")
      this.#streams.push({ at, isUp: entry.isUp, step: Math.max(0, this.#steps.length - 1) });
    else if (entry.kind === "effect") (this.#steps.at(-1)?.effects ?? this.#effects).push(effectOf(entry));
    else this.#message(entry, at);
  }

  end(): Pick<CallView, "steps" | "messages" | "streams"> {
    this.#noStep();
    return { steps: this.#steps, messages: this.#messages, streams: this.#streams };
  }

  #step(entry: StepEntry, at: number): void {
    const step = stepOf(entry, at, this.#steps);
    if (this.#steps.length === 0) step.effects = this.#effects;
    if (this.#came !== undefined) step.came = this.#came;
    step.said = this.#said;
    this.#steps.push(step);
    this.#place([...(this.#came === undefined ? [] : [this.#came]), ...this.#said], this.#steps.length - 1);
    this.#came = undefined;
    this.#said = [];
  }

  #message(entry: WireEntry, at: number): void {
    const place = this.#messages.length;
    const last = this.#steps.length - 1;
    if (!entry.out) this.#noStep();
    this.#messages.push(messageOf(entry, { n: place + 1, at, step: Math.max(0, last) }, this.#asked));
    if (!entry.out) this.#came = place;
    else if (this.#came !== undefined || last < 0) this.#said.push(place);
    else this.#steps[last]?.said.push(place);
  }

  /** What came led to no step, such as an answer that nothing depends on: it stands with the step before. */
  #noStep(): void {
    const last = this.#steps.at(-1);
    if (!last) return;
    last.said.push(...this.#said);
    this.#came = undefined;
    this.#said = [];
  }

  #place(messages: readonly number[], step: number): void {
    for (const place of messages) this.#messages[place] = { ...(this.#messages[place] as MessageView), step };
  }
}

const tenth = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
const effectOf = ({ effect }: EffectEntry): string => effect;

function stepOf({ event, after, guards, actions, refused }: StepEntry, at: number, steps: readonly Growing[]): Growing {
  const before = steps.at(-1)?.after ?? ["starting"];
  const [guard] = guards;
  return {
    n: steps.length + 1,
    at,
    event: wordsOf(event),
    before,
    after: after === null ? before : leavesOf(after),
    ...(guard === undefined ? {} : { guard }),
    actions,
    effects: [],
    said: [],
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
  return {
    ...about,
    ...labelOfStanza(unwrapped(stanza), answered(stanza, out, asked)),
    text: hideSecrets(pretty(stanza)),
  };
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
  if (type !== "result" && type !== "error") asked.set(key(out), askedBy(unwrapped(stanza)));
  return asked.get(key(!out));
}
