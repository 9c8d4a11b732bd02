/**
 * Every loop-free way through the call chart, time-outs included, and the laws that hold on each of them.
 *
 * Two devices take part in calls that come in, so that each can answer, refuse, or be told.
 */
import { describe, expect, test } from "bun:test";
import { getNextTransitions } from "xstate";
import type { CallInput } from "../../../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../../../machines/call/vocabulary.ts";
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

const [A, B] = ["juliet@example.org/a", "juliet@example.org/b"];

type Anything = CallEvent | { type: `xstate.after.${string}` };
interface Walk {
  readonly events: readonly Anything[];
  /** Effects, and the events among them, in their order. */
  readonly story: readonly (CallEffect | Anything)[];
}

/** The examples of an event that make a difference. */
function examples(type: string, { context }: CallSnapshot): Anything[] {
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

/** Changes of a running session, of which a walk takes two at most: more are the same ways again. */
const CHANGE = /^(?:sip\.reinvite|jingle\.(?:hold|content-modify))/;
const MOST_CHANGES = 2;
const FINAL = /^sip\.(?:reinvite|send\.(?:success|failure))$/;

const keyOf = (snapshot: CallSnapshot): string =>
  JSON.stringify([stateOf(snapshot), snapshot.context.devices, snapshot.context.tag, snapshot.context.answer === null]);

function walks(from: CallInput): Walk[] {
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

const CASES: readonly (readonly [string, CallInput])[] = [
  ["a call that the user places", input()],
  ["a call that the user places without an address", input({ offer: bare(OFFER) })],
  ["a call that a phone places", input({ direction: "incoming", devices: [A, B] })],
  ["a call that is proposed too", input({ direction: "incoming", devices: [A], messages: "proposed" })],
  [
    "a call that may wake a device",
    input({ direction: "incoming", devices: [], messages: "proposed", isOnline: false }),
  ],
];

const is = (type: string) => (one: { type: string }) => one.type === type;
const count = (story: Walk["story"], type: string): number => story.filter(is(type)).length;
const at = (story: Walk["story"], type: string): number => story.findIndex(is(type));
const told = ({ story }: Walk): string => story.map(({ type }) => type).join(" → ");

describe.each(CASES)("%s", (_, from) => {
  const all = walks(from);

  test("has many ways to end, and every way has an end", () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test("each device is told the end once, unless it has left by itself", () => {
    for (const walk of all)
      for (const device of from.devices) {
        const { story } = walk;
        const ends = story.filter(
          (one) => one.type === "jingle.send.session-terminate" && one.to.includes(device),
        ).length;
        const left = story.filter(
          (one) =>
            (one.type === "jingle.session-terminate" || one.type === "jingle.refused" || one.type === "jingle.lost") &&
            one.device === device,
        ).length;
        expect(ends + left, `${device}: ${told(walk)}`).toBe(1);
      }
  });

  test("a proposal has one end: taken, rejected, failed or retracted; and what was taken is finished", () => {
    for (const walk of all) {
      const ends = ["jmi.proceed", "jmi.reject", "jmi.failure", "jmi.send.retract"].map((type) =>
        count(walk.story, type),
      );
      expect(Math.max(0, ...ends), told(walk)).toBeLessThanOrEqual(1);
      expect(
        ends.reduce((sum, each) => sum + each),
        told(walk),
      ).toBe(from.messages === "proposed" ? 1 : 0);
      expect(count(walk.story, "jmi.send.finish"), told(walk)).toBe(count(walk.story, "jmi.proceed"));
    }
  });

  test("no CANCEL before a provisional response, and at most one (RFC 3261 §9.1)", () => {
    for (const walk of all) {
      const cancel = at(walk.story, "sip.send.cancel");
      const heard = at(walk.story, "sip.invite.provisional");
      if (cancel !== -1) expect(heard !== -1 && heard < cancel, told(walk)).toBe(true);
      expect(count(walk.story, "sip.send.cancel"), told(walk)).toBeLessThanOrEqual(1);
    }
  });

  test("every 2xx is acknowledged, and every dialog hung up by one side", () => {
    for (const walk of all) {
      const { story } = walk;
      const answers = count(story, "sip.invite.success") + count(story, "sip.invite.unusable");
      expect(count(story, "sip.send.ack"), told(walk)).toBe(answers);
      const reinvited = story.findIndex(({ type }) => type.startsWith("sip.reinvite"));
      const before = reinvited === -1 ? story : story.slice(0, reinvited);
      const answered = answers + count(before, "sip.send.success");
      const crossed = at(story, "sip.send.bye") < at(story, "sip.bye") && at(story, "sip.send.bye") !== -1;
      const byThem = answered === 0 || crossed ? 0 : count(story, "sip.bye");
      expect(count(story, "sip.send.bye") + byThem, told(walk)).toBe(answered);
    }
  });

  test("an INVITE of theirs gets exactly one final response", () => {
    for (const walk of all) {
      const finals = count(walk.story, "sip.send.success") + count(walk.story, "sip.send.failure");
      const again = count(walk.story, "sip.reinvite") + count(walk.story, "sip.reinvite.empty");
      // one that waits for the user when the call ends is refused by the SIP side itself (§15.1.2)
      const waits = walk.story.findLast(({ type }) => FINAL.test(type))?.type === "sip.reinvite" ? 1 : 0;
      expect(finals + waits, told(walk)).toBe(again + (from.direction === "incoming" ? 1 : 0));
    }
  });

  test("as callee, no BYE before the ACK or its time-out (RFC 3261 §15)", () => {
    for (const walk of all) {
      const bye = at(walk.story, "sip.send.bye");
      const ack = walk.story.findIndex(({ type }) => type === "sip.ack" || type === "sip.ack.timeout");
      if (from.direction === "incoming" && bye !== -1) expect(ack !== -1 && ack < bye, told(walk)).toBe(true);
    }
  });
});
