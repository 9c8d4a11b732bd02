/** The call chart, without any wire: rows of what becomes of each event, and that no state is without an answer. */
import { describe, expect, test } from "bun:test";
import type { CallEvent } from "../../../machines/call/vocabulary.ts";
import { holding } from "../../../protocol/media/offer-answer.ts";
import {
  ANSWER,
  bare,
  begin,
  type CallSnapshot,
  input,
  move,
  OFFER,
  stateOf,
  UPDATE,
  VIDEO,
} from "../../support/chart.ts";

const A = "juliet@example.org/a";
const B = "juliet@example.org/b";
const reason = (condition: string) => ({ condition });

const REFUSED = { status: 486, phrase: "Busy Here", warning: null, unreachable: false };
const NEW = { ...VIDEO, contents: VIDEO.contents.slice(1) };

/** One example of every event of the vocabulary. */
const EVENTS: { readonly [Type in CallEvent["type"]]: Extract<CallEvent, { type: Type }> } = {
  "sip.invite.provisional": { type: "sip.invite.provisional", status: 180 },
  "sip.invite.success": { type: "sip.invite.success", tag: "t1", media: ANSWER },
  "sip.invite.unusable": { type: "sip.invite.unusable", tag: "t1", text: "no SDP" },
  "sip.invite.failure": { type: "sip.invite.failure", ...REFUSED },
  "sip.ack": { type: "sip.ack" },
  "sip.ack.timeout": { type: "sip.ack.timeout" },
  "sip.prack.timeout": { type: "sip.prack.timeout" },
  "sip.ack.answer": { type: "sip.ack.answer", media: ANSWER },
  "sip.answer.unusable": { type: "sip.answer.unusable", text: "no SDP" },
  "sip.cancel": { type: "sip.cancel" },
  "sip.bye": { type: "sip.bye", reason: reason("success") },
  "sip.bye.success": { type: "sip.bye.success" },
  "sip.bye.failure": { type: "sip.bye.failure" },
  "sip.info": { type: "sip.info", tag: "t1", update: UPDATE },
  "sip.reinvite": { type: "sip.reinvite", media: ANSWER, action: null },
  "sip.reinvite.empty": { type: "sip.reinvite.empty" },
  "sip.reinvite.success": { type: "sip.reinvite.success", media: ANSWER },
  "sip.reinvite.failure": { type: "sip.reinvite.failure", status: 488, phrase: "", pause: null, chance: 0.5 },
  "sip.reinvite.cancel": { type: "sip.reinvite.cancel" },
  "sip.update": { type: "sip.update", media: ANSWER, action: null },
  "sip.dtmf": { type: "sip.dtmf", tone: { code: "1", duration: 100 } },
  "sip.refresh": { type: "sip.refresh" },
  "sip.expired": { type: "sip.expired" },
  "jingle.content-add": { type: "jingle.content-add", device: A, media: NEW },
  "jingle.content-remove": { type: "jingle.content-remove", device: A, names: ["0"] },
  "jingle.content-accept": { type: "jingle.content-accept", device: A, media: NEW },
  "jingle.content-reject": { type: "jingle.content-reject", device: A, names: ["video"] },
  "jingle.description-info": { type: "jingle.description-info", device: A, changes: [] },
  "jingle.transport-replace": { type: "jingle.transport-replace", device: A, transports: [] },
  "jingle.content-add.unmappable": { type: "jingle.content-add.unmappable", device: A, contents: [] },
  "jingle.transport-replace.unmappable": { type: "jingle.transport-replace.unmappable", device: A, names: [] },
  "jingle.dtmf": { type: "jingle.dtmf", device: A, tone: { code: "1", duration: 100 } },
  "jingle.hold": { type: "jingle.hold", device: A, holds: true },
  "jingle.content-modify": { type: "jingle.content-modify", device: A, changes: [{ name: "0", senders: "none" }] },
  "jingle.source": { type: "jingle.source", device: A, action: "source-add", sources: [] },
  "sip.dialog.lost": { type: "sip.dialog.lost", status: 481, phrase: "gone" },
  "jingle.session-accept": { type: "jingle.session-accept", device: A, media: ANSWER },
  "jingle.session-terminate": { type: "jingle.session-terminate", device: A, reason: reason("success") },
  "jingle.transport-info": { type: "jingle.transport-info", device: A, update: UPDATE },
  "jingle.existing-session-initiate": { type: "jingle.existing-session-initiate", device: B },
  "jingle.acknowledged": { type: "jingle.acknowledged", device: A },
  "jingle.refused": { type: "jingle.refused", device: A, condition: "service-unavailable" },
  "jmi.ringing": { type: "jmi.ringing", device: A },
  "jmi.proceed": { type: "jmi.proceed", device: A },
  "jmi.reject": { type: "jmi.reject", device: A, reason: reason("busy") },
  "jmi.failure": { type: "jmi.failure", condition: "item-not-found" },
  "jingle.lost": { type: "jingle.lost", device: A, condition: "item-not-found" },
};
const E = EVENTS;
const trying: CallEvent = { type: "sip.invite.provisional", status: 100 };
const crossed: CallEvent = { type: "sip.reinvite.failure", status: 491, phrase: "", pause: null, chance: 0.5 };
const phoneHolds: CallEvent = { type: "sip.reinvite", media: holding(ANSWER, "responder"), action: null };
const TALKING = "established.stable.talking";
const accept = (media = ANSWER): CallEvent => ({ type: "jingle.session-accept", device: A, media });

const outgoing = input();
const incoming = input({ direction: "incoming" });
const asleep = input({ direction: "incoming", devices: [], isOnline: false, messages: "proposed" });

/** How each state is reached. */
const WAYS: Readonly<Record<string, readonly [ReturnType<typeof input>, ...CallEvent[]]>> = {
  "outgoing.gathering": [input({ offer: bare(OFFER) })],
  "outgoing.inviting": [outgoing],
  "outgoing.trying": [outgoing, trying],
  "outgoing.ringing": [outgoing, E["sip.invite.provisional"]],
  "incoming.offering": [incoming],
  "incoming.waking": [asleep],
  "incoming.ringing": [incoming, E["jingle.acknowledged"]],
  "accepting.gathering": [incoming, accept(bare(ANSWER))],
  "accepting.confirming": [incoming, accept()],
  "established.stable.talking": [outgoing, E["sip.invite.success"]],
  "established.offering.heldByUser": [outgoing, E["sip.invite.success"], E["jingle.hold"]],
  "established.answering.talking": [outgoing, E["sip.invite.success"], E["sip.reinvite"]],
  "established.waiting.heldByUser": [outgoing, E["sip.invite.success"], E["jingle.hold"], crossed],
  "established.answering.heldByPhone": [outgoing, E["sip.invite.success"], phoneHolds],
  "established.offering.heldByBoth": [outgoing, E["sip.invite.success"], phoneHolds, E["sip.ack"], E["jingle.hold"]],
  "established.consulting.talking": [
    outgoing,
    E["sip.invite.success"],
    { type: "sip.reinvite", media: VIDEO, action: null },
  ],
  "established.offering.talking": [outgoing, E["sip.invite.success"], E["jingle.content-add"]],
  "established.gathering.talking": [
    outgoing,
    E["sip.invite.success"],
    { type: "jingle.content-add", device: A, media: bare(NEW) },
  ],
  "ending.withdrawing": [outgoing, E["jingle.session-terminate"]],
  "ending.cancelling": [outgoing, trying, E["jingle.session-terminate"]],
  "ending.leaving": [incoming, accept(), E["jingle.session-terminate"]],
  "ending.hangingUp": [outgoing, E["sip.invite.success"], E["jingle.session-terminate"]],
  ended: [outgoing, E["sip.invite.failure"]],
};

function reach(state: string): CallSnapshot {
  const [from, ...events] = WAYS[state] ?? [outgoing];
  return events.reduce((snapshot, event) => move(snapshot, event).snapshot, begin(from).snapshot);
}

test.each(Object.keys(WAYS))("the way to %s leads there", (state) => {
  expect(stateOf(reach(state))).toBe(state);
});

/** from + event => to, effects */
const ROWS: readonly (readonly [from: string, event: CallEvent, to: string, ...effects: string[]])[] = [
  ["outgoing.gathering", E["jingle.session-terminate"], "ended"],
  ["outgoing.gathering", E["jingle.transport-info"], "outgoing.inviting", "sip.send.invite"],
  ["outgoing.inviting", trying, "outgoing.trying"],
  ["outgoing.inviting", E["sip.invite.provisional"], "outgoing.ringing", "jingle.send.ringing"],
  ["outgoing.inviting", E["sip.invite.success"], TALKING, "sip.send.ack", "jingle.send.session-accept"],
  ["outgoing.inviting", E["sip.invite.failure"], "ended", "jingle.send.session-terminate"],
  ["outgoing.inviting", E["jingle.session-terminate"], "ending.withdrawing"],
  ["outgoing.trying", E["jingle.session-terminate"], "ending.cancelling", "sip.send.cancel"],
  ["outgoing.trying", E["jingle.lost"], "ending.cancelling", "sip.send.cancel"],
  ["outgoing.ringing", E["sip.invite.provisional"], "outgoing.ringing"],
  [
    "outgoing.ringing",
    E["sip.invite.unusable"],
    "ending.hangingUp",
    "sip.send.ack",
    "jingle.send.session-terminate",
    "sip.send.bye",
  ],
  ["outgoing.ringing", E["jingle.transport-info"], "outgoing.ringing", "sip.send.info"],
  ["incoming.waking", E["jmi.ringing"], "incoming.ringing", "sip.send.ringing"],
  ["incoming.waking", E["jmi.proceed"], "incoming.ringing", "sip.send.ringing", "jingle.send.session-initiate"],
  ["incoming.waking", E["jmi.reject"], "ended", "sip.send.failure"],
  ["incoming.waking", E["jmi.failure"], "ended", "sip.send.failure"],
  ["incoming.waking", E["sip.cancel"], "ended", "sip.send.failure", "jmi.send.retract"],
  ["incoming.offering", E["jingle.acknowledged"], "incoming.ringing"],
  ["incoming.offering", E["jingle.refused"], "ended", "sip.send.failure"],
  ["incoming.ringing", E["jingle.session-terminate"], "ended", "sip.send.failure", "jingle.send.session-terminate"],
  ["incoming.ringing", accept(), "accepting.confirming", "jingle.send.session-terminate", "sip.send.success"],
  ["incoming.ringing", E["jingle.existing-session-initiate"], "incoming.ringing", "jingle.send.session-initiate"],
  ["incoming.ringing", E["sip.cancel"], "ended", "sip.send.failure", "jingle.send.session-terminate"],
  ["accepting.gathering", E["jingle.transport-info"], "accepting.confirming", "sip.send.success"],
  ["accepting.gathering", E["sip.cancel"], "ended", "sip.send.failure", "jingle.send.session-terminate"],
  ["accepting.confirming", E["sip.ack"], TALKING],
  ["accepting.confirming", E["sip.ack.timeout"], "ending.hangingUp", "jingle.send.session-terminate", "sip.send.bye"],
  ["accepting.confirming", E["jingle.session-terminate"], "ending.leaving"],
  [TALKING, E["sip.bye"], "ended", "jingle.send.session-terminate"],
  [TALKING, E["jingle.session-terminate"], "ending.hangingUp", "sip.send.bye"],
  [TALKING, E["sip.dialog.lost"], "ending.hangingUp", "jingle.send.session-terminate", "sip.send.bye"],
  [TALKING, E["sip.info"], TALKING, "jingle.send.transport-info"],
  [TALKING, E["sip.invite.success"], TALKING, "sip.send.ack", "sip.send.bye"],
  [TALKING, E["jingle.hold"], "established.offering.heldByUser", "sip.send.reinvite"],
  [TALKING, { type: "jingle.hold", device: A, holds: false }, TALKING],
  [TALKING, E["jingle.content-modify"], "established.offering.heldByUser", "sip.send.reinvite"],
  [TALKING, E["jingle.source"], "established.offering.talking", "sip.send.reinvite"],
  [TALKING, E["sip.reinvite"], "established.answering.talking", "sip.send.success", "jingle.send.transports"],
  [
    TALKING,
    phoneHolds,
    "established.answering.heldByPhone",
    "sip.send.success",
    "jingle.send.transports",
    "jingle.send.hold",
  ],
  [
    TALKING,
    { type: "sip.reinvite", media: ANSWER, action: "source-add" },
    "established.answering.talking",
    "sip.send.success",
    "jingle.send.source",
  ],
  [TALKING, E["sip.reinvite.empty"], "established.answering.talking", "sip.send.success"],
  ["established.answering.talking", E["sip.ack"], TALKING],
  [
    "established.answering.talking",
    E["sip.ack.timeout"],
    "ending.hangingUp",
    "jingle.send.session-terminate",
    "sip.send.bye",
  ],
  ["established.answering.talking", E["jingle.hold"], "established.answering.heldByUser"],
  ["established.offering.heldByUser", E["sip.reinvite.success"], "established.stable.heldByUser"],
  ["established.offering.heldByUser", { type: "jingle.hold", device: A, holds: false }, "established.offering.talking"],
  ["established.offering.heldByUser", E["sip.reinvite.failure"], TALKING, "jingle.send.content-modify"],
  ["established.offering.heldByUser", crossed, "established.waiting.heldByUser"],
  [
    "established.offering.heldByUser",
    { type: "sip.reinvite.failure", status: 481, phrase: "", pause: null, chance: 0 },
    "ending.hangingUp",
    "jingle.send.session-terminate",
    "sip.send.bye",
  ],
  [
    "established.waiting.heldByUser",
    E["sip.reinvite"],
    "established.answering.heldByUser",
    "sip.send.success",
    "jingle.send.transports",
  ],
  [TALKING, E["sip.reinvite.empty"], "established.answering.talking", "sip.send.success"],
  ["established.answering.talking", E["sip.ack.answer"], TALKING, "jingle.send.transports"],
  [TALKING, E["sip.answer.unusable"], "ending.hangingUp", "jingle.send.session-terminate", "sip.send.bye"],
  [TALKING, E["sip.update"], TALKING, "sip.send.success", "jingle.send.transports"],
  [TALKING, { type: "sip.update", media: VIDEO, action: null }, TALKING, "sip.send.failure"],
  [
    TALKING,
    { type: "sip.reinvite", media: VIDEO, action: null },
    "established.consulting.talking",
    "jingle.send.transports",
    "jingle.send.content-add",
  ],
  ["established.consulting.talking", E["jingle.content-accept"], "established.answering.talking", "sip.send.success"],
  ["established.consulting.talking", E["jingle.content-reject"], "established.answering.talking", "sip.send.success"],
  [
    "established.consulting.talking",
    E["sip.reinvite.cancel"],
    TALKING,
    "sip.send.failure",
    "jingle.send.content-remove",
  ],
  [TALKING, E["jingle.content-add"], "established.offering.talking", "sip.send.reinvite"],
  ["established.offering.talking", E["sip.reinvite.failure"], TALKING, "jingle.send.content-reject"],
  [TALKING, E["jingle.content-remove"], "ending.hangingUp", "jingle.send.session-terminate", "sip.send.bye"],
  [TALKING, E["sip.refresh"], "established.offering.talking", "sip.send.reinvite"],
  [TALKING, E["sip.expired"], "ending.hangingUp", "jingle.send.session-terminate", "sip.send.bye"],
  [TALKING, E["jingle.dtmf"], TALKING, "sip.send.dtmf"],
  [TALKING, E["sip.dtmf"], TALKING, "jingle.send.dtmf"],
  ["ending.withdrawing", trying, "ending.cancelling", "sip.send.cancel"],
  ["ending.withdrawing", E["sip.invite.success"], "ending.hangingUp", "sip.send.ack", "sip.send.bye"],
  ["ending.cancelling", E["sip.invite.success"], "ending.hangingUp", "sip.send.ack", "sip.send.bye"],
  ["ending.cancelling", E["sip.invite.failure"], "ended"],
  ["ending.leaving", E["sip.ack"], "ending.hangingUp", "sip.send.bye"],
  ["ending.hangingUp", E["sip.bye.success"], "ended"],
];

test("incoming.ringing + after a minute: 180 again", () => {
  const done = move(reach("incoming.ringing"), { type: "xstate.after.a minute.call.incoming.ringing" });
  expect([stateOf(done.snapshot), ...done.effects.map(({ type }) => type)]).toEqual([
    "incoming.ringing",
    "sip.send.ringing",
  ]);
});

test.each(ROWS.map(([from, event, ...rest]) => [from, event.type, event, ...rest] as const))(
  "%s + %s",
  (from, _, event, to, ...effects) => {
    const done = move(reach(from), event);
    expect([stateOf(done.snapshot), ...done.effects.map(({ type }) => type)]).toEqual([to, ...effects]);
  },
);

describe("totality: every state takes every event or refuses it", () => {
  test.each(Object.keys(WAYS))("%s", (state) => {
    const snapshot = reach(state);
    for (const event of Object.values(EVENTS)) {
      const { snapshot: next, effects } = move(snapshot, event);
      // what `can` denies, calls.ts refuses on the wire: it must not have done anything
      if (!snapshot.can(event)) expect([stateOf(next), effects]).toEqual([state, []]);
      else expect(next.status).not.toBe("error");
    }
  });
});

test("a call that has ended takes nothing", () => {
  const ended = reach("ended");
  expect(Object.values(EVENTS).filter((event) => ended.can(event))).toEqual([]);
});

test("the context is plain JSON", () => {
  for (const state of Object.keys(WAYS)) {
    const { context } = reach(state);
    expect(JSON.parse(JSON.stringify(context))).toEqual(context);
  }
});
