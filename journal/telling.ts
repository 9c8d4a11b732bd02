/**
 * Presents a journal to people: its entries as steps and messages, each with the index of the other.
 *
 * Rules: a received message belongs to the step that follows it, unless another message came first, and so does an answer sent
 * before that step; other sent messages belong to the step before, since effects follow their event. Events of XState get the names
 * of the chart: `after no answer`, `begins`. Each step and message records the number of entries at its last change, so that a
 * reader of the beginning is sent only the rest.
 */
import type { Entry, RelayEntry, StepEntry, WireEntry } from "./entries.ts";
import { messageOf } from "./message-view.ts";
import { hideSecrets } from "./secrets.ts";
import { leavesOf } from "./states.ts";
import type { MessageView, RelayView, StepView, StreamView } from "./view.ts";

/** The presentation of a call. */
export interface Told {
  readonly steps: readonly StepView[];
  readonly messages: readonly MessageView[];
  readonly streams: readonly StreamView[];
  readonly relayed: readonly RelayView[];
}

/** A step under construction. */
type Growing = Omit<StepView, "effects" | "said" | "came"> & { effects: string[]; said: number[]; came?: number };

/** A step or a message, and the number of entries at its last change. */
interface Kept<What> {
  what: What;
  changed: number;
}

export class Telling {
  readonly #begun: number;
  #start: number | undefined;
  /** Number of entries added. */
  #count = 0;
  readonly #steps: Kept<Growing>[] = [];
  readonly #messages: Kept<MessageView>[] = [];
  readonly #streams: Kept<StreamView>[] = [];
  readonly #relayed: Kept<RelayView>[] = [];
  /** Indexes of messages, by the indexes of their entries. */
  readonly #byEntry = new Map<number, number>();
  readonly #asked = new Map<string, string>();
  /** Waiting for their step: the received message, messages sent since, effects before the first step. */
  #came: number | undefined;
  #said: number[] = [];
  #effects: string[] = [];

  constructor(begun: number) {
    this.#begun = begun;
  }

  get count(): number {
    return this.#count;
  }

  add(entry: Entry): void {
    this.#start ??= Math.min(this.#begun, entry.at);
    const at = tenth(entry.at - this.#start);
    this.#count++;
    if (entry.kind === "step") this.#step(entry, at);
    else if (entry.kind === "stream")
      this.#streams.push(this.#new({ at, isUp: entry.isUp, step: Math.max(0, this.#steps.length - 1) }));
    else if (entry.kind === "relay")
      this.#relayed.push(this.#new({ at, ...hidden(entry), message: this.#messages.length }));
    else if (entry.kind === "effect") (this.#changed(this.#steps.at(-1))?.effects ?? this.#effects).push(entry.effect);
    else this.#message(entry, at);
  }

  /** A known message was repeated. */
  again(entry: number, times: number): void {
    const kept = this.#messages[this.#byEntry.get(entry) ?? -1];
    if (kept && kept.what.again !== times) kept.what = { ...kept.what, again: times };
  }

  /** All steps and messages. */
  get whole(): Told {
    return this.since(0);
  }

  /** Changes since a number of entries. */
  since(count: number, isTold = (_: MessageView): boolean => false): Told {
    const last = this.#steps.at(-1);
    const isNew = ({ changed }: Kept<unknown>): boolean => changed > count;
    return {
      // messages that wait for a step that may never come are shown with the step before
      steps: this.#steps
        .filter(isNew)
        .map((kept) => (kept === last ? { ...kept.what, said: [...kept.what.said, ...this.#said] } : kept.what)),
      messages: this.#messages.filter((kept) => isNew(kept) || isTold(kept.what)).map(({ what }) => what),
      streams: this.#streams.filter(isNew).map(({ what }) => what),
      relayed: this.#relayed.filter(isNew).map(({ what }) => what),
    };
  }

  #new = <What>(what: What): Kept<What> => ({ what, changed: this.#count });

  #changed<What>(kept: Kept<What> | undefined): What | undefined {
    if (kept) kept.changed = this.#count;
    return kept?.what;
  }

  #step(entry: StepEntry, at: number): void {
    const before = this.#steps.at(-1);
    if (this.#said.length > 0) this.#changed(before);
    const step = stepOf(entry, at, this.#steps.length + 1, before?.what.after);
    if (before === undefined) step.effects = this.#effects;
    if (this.#came !== undefined) step.came = this.#came;
    step.said = this.#said;
    this.#place([...(this.#came === undefined ? [] : [this.#came]), ...this.#said], this.#steps.length);
    this.#steps.push(this.#new(step));
    this.#came = undefined;
    this.#said = [];
  }

  #message(entry: WireEntry, at: number): void {
    const place = this.#messages.length;
    const last = this.#steps.length - 1;
    if (!entry.out) this.#noStep();
    const about = { n: place + 1, at, step: Math.max(0, last) };
    this.#messages.push(this.#new(messageOf(entry, about, this.#asked)));
    this.#byEntry.set(this.#count - 1, place);
    if (!entry.out) this.#came = place;
    else {
      const step = this.#changed(this.#steps[last]);
      (this.#came !== undefined || step === undefined ? this.#said : step.said).push(place);
    }
  }

  /** The received message led to no step, such as a response without consequences: it belongs to the step before. */
  #noStep(): void {
    const last = this.#steps.at(-1);
    if (!last) return;
    last.what.said.push(...this.#said);
    this.#came = undefined;
    this.#said = [];
  }

  #place(messages: readonly number[], step: number): void {
    for (const place of messages) {
      const kept = this.#messages[place];
      if (this.#changed(kept) && kept) kept.what = { ...kept.what, step };
    }
  }
}

const hidden = ({ sdp, failed }: RelayEntry): Pick<RelayView, "sdp" | "failed"> => ({
  ...(sdp === undefined ? {} : { sdp: hideSecrets(sdp) }),
  ...(failed === undefined ? {} : { failed }),
});

const tenth = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

function stepOf(entry: StepEntry, at: number, n: number, last: readonly string[] = ["starting"]): Growing {
  const { event, after, guards, actions, refused } = entry;
  const [guard] = guards;
  return {
    n,
    at,
    event: wordsOf(event),
    before: last,
    after: after === null ? last : leavesOf(after),
    ...(guard === undefined ? {} : { guard }),
    actions,
    effects: [],
    said: [],
    ...(refused === undefined ? {} : { refused }),
  };
}

/** XState's own events in words: a delay has elapsed, or the call begins. */
export function wordsOf(event: string): string {
  if (event === "xstate.init") return "begins";
  const [, delay] = /^xstate\.after\.(.+?)\.(?:\(machine\)|call)\b/.exec(event) ?? [];
  return delay === undefined ? event : `after ${delay}`;
}
