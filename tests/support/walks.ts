/**
 * Paths through the call chart: events that make a difference, and every loop-free path to the end, including time-outs.
 *
 * Incoming calls have two devices, so that each can answer, refuse, or be notified.
 */
import { getNextTransitions } from "xstate";
import type { CallInput } from "../../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../../machines/call/vocabulary.ts";
import { holding } from "../../protocol/media/offer-answer.ts";
import { ANSWER, bare, begin, type CallSnapshot, input, move, OFFER, stateOf, UPDATE, VIDEO } from "./chart.ts";

const [A, B] = ["juliet@example.org/a", "juliet@example.org/b"];

export type Anything = CallEvent | { type: `xstate.after.${string}` };
export interface Walk {
  readonly events: readonly Anything[];
  /** Effects, and events among them, in order. */
  readonly story: readonly (CallEffect | Anything)[];
}

/** The examples of an event that make a difference. */
export function examples(type: string, { context }: CallSnapshot): Anything[] {
  const each = (make: (device: string) => CallEvent): CallEvent[] => context.devices.map(make);
  switch (type) {
    case "sip.invite.provisional":
      return [100, 180].map((status) => ({ type, status }));
    case "sip.invite.success":
      return ["t1", "t2"].map((tag) => ({ type, tag, media: ANSWER }));
    case "sip.invite.unusable":
      return [{ type, tag: "t1", text: "" }];
    case "sip.invite.failure":
      return [{ type, status: 404, phrase: "", warning: null, unreachable: false }];
    case "sip.dialog.lost":
      return [{ type, status: 404, phrase: "" }];
    case "sip.ack.answer":
      return [{ type, media: ANSWER }];
    case "sip.answer.unusable":
      return [{ type, text: "" }];
    case "sip.bye":
      return [{ type, reason: { condition: "success" } }];
    case "sip.info":
      return [{ type, tag: "t1", update: UPDATE }];
    case "jingle.session-accept":
      return each((device) => ({ type, device, media: device === A ? ANSWER : bare(ANSWER) }));
    case "jingle.session-terminate":
      return each((device) => ({ type, device, reason: { condition: device === A ? "decline" : "busy" } }));
    case "jingle.transport-info":
      return each((device) => ({ type, device, update: UPDATE }));
    case "jingle.existing-session-initiate":
    case "jingle.source":
    case "jingle.description-info":
    case "jingle.transport-replace":
    case "jingle.content-add":
    case "jingle.content-add.unmappable":
    case "jingle.transport-replace.unmappable":
    case "jingle.dtmf":
    case "sip.dtmf":
    case "sip.update":
    case "sip.refresh":
      return [];
    case "jingle.content-remove":
      return each((device) => ({ type, device, names: ["0"] }));
    case "jingle.content-accept":
      return each((device) => ({ type, device, media: { ...VIDEO, contents: VIDEO.contents.slice(1) } }));
    case "jingle.content-reject":
      return each((device) => ({ type, device, names: ["video"] }));
    case "sip.reinvite":
      return [holding(ANSWER, "responder"), VIDEO].map((media) => ({ type, media, action: null }));
    case "sip.reinvite.success":
      return [{ type, media: ANSWER }];
    case "sip.reinvite.failure":
      return [488, 491, 481].map((status) => ({ type, status, phrase: "", pause: null, chance: 0.5 }));
    case "jingle.hold":
      return each((device) => ({ type, device, holds: true }));
    case "jingle.content-modify":
      return each((device) => ({ type, device, changes: [{ name: "0", senders: "both" }] }));
    case "jingle.acknowledged":
      return each((device) => ({ type, device }));
    case "jmi.ringing":
    case "jmi.proceed":
      return [{ type, device: B }];
    case "jmi.reject":
      return [{ type, device: B, reason: { condition: "busy" } }];
    case "jmi.failure":
      return [{ type, condition: "item-not-found" }];
    case "jingle.refused":
    case "jingle.lost":
      return each((device) => ({ type, device, condition: "service-unavailable" }));
    default:
      return [{ type } as Anything];
  }
}

/** Changes of an established session; a walk has at most two: more would repeat paths. */
const CHANGE = /^(?:sip\.reinvite|jingle\.(?:hold|content-modify))/;
const MOST_CHANGES = 2;

const keyOf = (snapshot: CallSnapshot): string =>
  JSON.stringify([stateOf(snapshot), snapshot.context.devices, snapshot.context.tag, snapshot.context.answer === null]);

export function walks(from: CallInput): Walk[] {
  const found: Walk[] = [];
  const go = (snapshot: CallSnapshot, seen: readonly string[], walk: Walk): void => {
    if (snapshot.status === "done") {
      found.push(walk);
      return;
    }
    const types = new Set(getNextTransitions(snapshot).map(({ eventType }) => eventType));
    for (const event of [...types].flatMap((type) => examples(type, snapshot))) {
      if (!event.type.startsWith("xstate.") && !snapshot.can(event as CallEvent)) continue;
      const changes = walk.events.filter(({ type }) => CHANGE.test(type)).length;
      if (CHANGE.test(event.type) && changes >= MOST_CHANGES) continue;
      const next = move(snapshot, event);
      const key = keyOf(next.snapshot);
      if (seen.includes(key)) continue;
      const further = { events: [...walk.events, event], story: [...walk.story, event, ...next.effects] };
      go(next.snapshot, [...seen, key], further);
    }
  };
  const first = begin(from);
  go(first.snapshot, [keyOf(first.snapshot)], { events: [], story: first.effects });
  return found;
}

export const CASES: readonly (readonly [string, CallInput])[] = [
  ["a call that the user places", input()],
  ["a call that the user places without an address", input({ offer: bare(OFFER) })],
  ["a call that a phone places", input({ direction: "incoming", devices: [A, B] })],
  ["a call that is proposed too", input({ direction: "incoming", devices: [A], messages: "proposed" })],
  [
    "a call that may wake a device",
    input({ direction: "incoming", devices: [], messages: "proposed", isOnline: false }),
  ],
];
