/** Runs events through the call chart both in XState and in its tables (machines/stepper), which must agree. */
import { expect } from "bun:test";
import { isDeepStrictEqual } from "node:util";
import { initialTransition, type StateValue, transition } from "xstate";
import { call } from "../../machines/call/call.ts";
import { type CallContext, type CallInput, newContext } from "../../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../../machines/call/vocabulary.ts";
import { type Step, Stepper } from "../../machines/stepper/stepper.ts";
import type { Delay } from "../../machines/stepper/tables.ts";
import { toneOf } from "../../protocol/dtmf.ts";
import { type CallSnapshot, OFFER, VIDEO } from "./chart.ts";
import { type Anything, examples, type Walk } from "./walks.ts";

const stepper = new Stepper<CallContext, CallEvent, CallEffect>(call);
type Stepped = Step<CallContext, CallEvent, CallEffect>;
type Actions = readonly { type: string; params?: unknown }[];

/** Events that do not lead a walk to a new state; compared where the walk passes. */
function more(type: string, { context }: CallSnapshot): Anything[] {
  const [device = ""] = context.devices;
  const [content] = OFFER.contents;
  const unmapped = [{ creator: "initiator", name: "video" }] as const;
  if (content === undefined) throw new Error("the offer has no content");
  const { name, payloads, transport } = content;
  const events: readonly CallEvent[] = [
    { type: "jingle.existing-session-initiate", device: "juliet@example.org/c" },
    { type: "jingle.source", device, action: "source-add", sources: [{ name, sources: [], sourceGroups: [] }] },
    { type: "jingle.description-info", device, changes: [{ name, payloads }] },
    { type: "jingle.transport-replace", device, transports: [{ name, transport: { ...transport, ufrag: "anew" } }] },
    { type: "jingle.transport-replace.unmappable", device, names: [name] },
    { type: "jingle.content-add", device, media: { ...VIDEO, contents: VIDEO.contents.slice(1) } },
    { type: "jingle.content-add.unmappable", device, contents: unmapped },
    { type: "jingle.dtmf", device, tone: toneOf("5") },
    { type: "sip.dtmf", tone: toneOf("5") },
    { type: "sip.update", media: VIDEO, action: null },
    { type: "sip.update", media: VIDEO, action: "source-add" },
    { type: "sip.refresh" },
  ];
  return events.filter((event) => event.type === type);
}

/** The result in XState, in the form of the stepper. */
function told(snapshot: CallSnapshot, actions: Actions) {
  const { value, context, status } = snapshot;
  const effects = actions.flatMap(({ type, params }) =>
    type === "xstate.emit" ? [(params as { event: CallEffect }).event] : [],
  );
  const delays = actions.flatMap(({ type, params }): Delay[] => {
    if (type === "xstate.cancel") return [{ id: (params as { sendId: string }).sendId, ms: undefined }];
    const { id, delay } = params as { id: string; delay: number };
    return type === "xstate.raise" ? [{ id, ms: delay }] : [];
  });
  return { value: value as StateValue, context, isFinal: status === "done", effects, delays, tags: [...snapshot.tags] };
}

const toldStep = ({ configuration, context, effects, delays }: Stepped) => {
  const { value, isFinal, tags } = configuration;
  return { value, context, isFinal, effects, delays, tags: [...tags] };
};

/** The states of both. */
interface Both {
  readonly snapshot: CallSnapshot;
  readonly stepped: Stepped;
}

/** Runs one event through both; fails if they differ. */
function both({ snapshot, stepped }: Both, event: Anything, before: readonly Anything[]): Both {
  const heard = event as CallEvent;
  const [next, actions] = transition(call, snapshot, heard);
  const rows = stepper.select(stepped.configuration, stepped.context, heard);
  const after = rows && stepper.step(stepped.configuration, stepped.context, heard, rows);
  const [ours, theirs] = [after && toldStep(after), snapshot.can(heard) ? told(next, actions) : undefined];
  if (!isDeepStrictEqual(ours, theirs))
    expect(ours, [...before, event].map(({ type }) => type).join(" → ")).toEqual(theirs as typeof ours);
  return { snapshot: next, stepped: after ?? stepped };
}

const key = ({ snapshot: { value, context } }: Both): string =>
  JSON.stringify([value, context.devices, context.pendingOffers.length, context.consultation !== null]);

/** Walks all these paths with both, with every possible event along the way; returns the number of configurations seen. */
export function goBothWays(from: CallInput, walks: readonly Walk[]): number {
  const [snapshot, actions] = initialTransition(call, from);
  const stepped = stepper.begin(newContext(from), { type: "xstate.init", input: from } as never);
  expect(toldStep(stepped)).toEqual(told(snapshot, actions));
  const seen = new Set<string>();
  /** Walks with a common beginning share its events. */
  const gone = new Map<Anything, Both>();
  for (const { events } of walks) {
    let here: Both = { snapshot, stepped };
    for (const [at, event] of events.entries()) {
      const next = gone.get(event) ?? hear(here, event, events.slice(0, at), seen);
      gone.set(event, next);
      here = next;
    }
    expect(here.stepped.configuration.isFinal).toBe(true);
  }
  return seen.size;
}

/** Runs the next event of a walk; all other possible events at that point are compared once, too. */
function hear(here: Both, event: Anything, before: readonly Anything[], seen: Set<string>): Both {
  const others = seen.has(key(here)) ? [] : call.events;
  seen.add(key(here));
  for (const type of others)
    for (const other of [...examples(type, here.snapshot), ...more(type, here.snapshot)]) both(here, other, before);
  return both(here, event, before);
}
