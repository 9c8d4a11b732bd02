/** A chart by tables is an actor like any other: clock, effects, persisting; what cannot be stepped is refused. */
import { describe, expect, test } from "bun:test";
import { type ActorOptions, createActor, createMachine, SimulatedClock } from "xstate";
import { call } from "../../../machines/call/call.ts";
import type { CallContext, CallInput } from "../../../machines/call/context.ts";
import type { CallEffect, CallEvent } from "../../../machines/call/vocabulary.ts";
import { SteppedLogic } from "../../../machines/stepper/logic.ts";
import { Stepper } from "../../../machines/stepper/stepper.ts";
import { ANSWER, input } from "../../support/chart.ts";

const logic = new SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>(call);
const ANSWERED: readonly CallEvent[] = [
  { type: "sip.invite.provisional", status: 180 },
  { type: "sip.invite.success", tag: "t1", media: ANSWER },
];
const BYE: CallEvent = { type: "sip.bye", reason: { condition: "success" } };

/** A call on a simulated clock, with what it has asked for. */
function begin(options: Partial<ActorOptions<typeof logic>> = {}) {
  const clock = new SimulatedClock();
  const actor = createActor(logic, { input: input(), clock, ...options });
  const effects: string[] = [];
  actor.on("*", ({ type }) => effects.push(type));
  return { actor, clock, effects };
}

describe("an actor", () => {
  test("asks for its first effects when it is started, not before", () => {
    const { actor, effects } = begin();
    expect(effects).toEqual([]);
    actor.start();
    expect(effects).toEqual(["sip.send.invite"]);
  });

  test("reports each step to its observers, and its end with the reason", () => {
    const { actor } = begin();
    const told: unknown[] = [];
    actor.subscribe({ next: ({ value }) => told.push(value), complete: () => told.push(actor.getSnapshot().output) });
    actor.start();
    for (const event of [...ANSWERED, BYE]) actor.send(event);
    const established = { established: { negotiation: "stable", hold: "talking" } };
    const [inviting, ringing] = [{ outgoing: "inviting" }, { outgoing: "ringing" }];
    expect(told).toEqual([inviting, ringing, established, "ended", { why: { condition: "success" } }]);
  });

  test("waits by its clock, and no longer in a state that it has left", () => {
    const { actor, clock } = begin();
    actor.start();
    clock.increment(179_999);
    expect(actor.getSnapshot().value).toEqual({ outgoing: "inviting" });
    clock.increment(1);
    expect(actor.getSnapshot().value).toEqual({ ending: "withdrawing" });

    const answered = begin();
    answered.actor.start();
    for (const event of ANSWERED) answered.actor.send(event);
    answered.clock.increment(1_000_000);
    expect(answered.actor.getSnapshot().value).toHaveProperty("established");
  });

  test("says whether an event is taken, once and before its effects", () => {
    const told: string[] = [];
    const telling = new SteppedLogic<CallContext, CallEvent, CallEffect, CallInput>(call, (_, { type }, isTaken) =>
      told.push(`${type}: ${isTaken}`),
    );
    const actor = createActor(telling, { input: input(), clock: new SimulatedClock() });
    actor.on("*", ({ type }) => told.push(type));
    actor.start();
    for (const event of [BYE, ...ANSWERED]) actor.send(event);
    expect(told).toEqual([
      "sip.send.invite",
      "sip.bye: false",
      ...["sip.invite.provisional: true", "jingle.send.ringing"],
      ...["sip.invite.success: true", "sip.send.ack", "jingle.send.session-accept"],
    ]);
  });

  test("that is stopped says so, and hears nothing more", () => {
    const { actor, effects } = begin();
    actor.start();
    actor.stop();
    actor.send(BYE);
    expect([actor.getSnapshot().status, effects]).toEqual(["stopped", ["sip.send.invite"]]);
  });

  test("persists as XState does, and each continues from the other's snapshot", () => {
    const { actor } = begin();
    const theirs = createActor(call, { input: input(), clock: new SimulatedClock() });
    for (const each of [actor, theirs]) {
      each.start();
      for (const event of ANSWERED) each.send(event);
    }
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    expect(snapshot).toEqual(JSON.parse(JSON.stringify(theirs.getPersistedSnapshot())));
    const restored = begin({ snapshot });
    const theirsRestored = createActor(call, { snapshot, input: input() });
    for (const each of [restored.actor, theirsRestored]) {
      each.start();
      each.send(BYE);
    }
    expect(restored.actor.getSnapshot().value).toBe("ended");
    expect(theirsRestored.getSnapshot().value).toBe("ended");
    expect(restored.effects).toEqual(["jingle.send.session-terminate"]);
  });
});

/** Charts with what the tables do not know. */
const REFUSED: readonly (readonly [string, Parameters<typeof createMachine>[0]])[] = [
  ["a wildcard", { id: "chart", on: { "*": {} } }],
  ["history and invoked actors", { id: "chart", initial: "a", states: { a: { type: "history" } } }],
  [
    "several targets",
    {
      id: "chart",
      type: "parallel",
      states: { a: { initial: "x", states: { x: {} } }, b: { initial: "y", states: { y: {} } } },
      on: { go: { target: [".a.x", ".b.y"] } },
    },
  ],
  [
    "a final state within a state",
    { id: "chart", initial: "a", states: { a: { initial: "x", states: { x: { type: "final" } } } } },
  ],
  ["the guard unknown", { id: "chart", on: { go: { guard: "unknown" } } }],
  ["the action unknown", { id: "chart", entry: "unknown" }],
  ["the delay unknown", { id: "chart", initial: "a", states: { a: { after: { unknown: "a" } } } }],
];

describe("what cannot be stepped is refused when the tables are made", () => {
  test.each(REFUSED)("%s", (what, config) => {
    expect(() => new Stepper(createMachine(config))).toThrow(`${what} cannot be stepped`);
  });

  test("a chart that never comes to rest throws, and does not hang", () => {
    const endless = createMachine({
      id: "chart",
      initial: "a",
      states: { a: { always: "b" }, b: { always: "a" } },
    });
    expect(() => new Stepper(endless).begin({}, { type: "xstate.init" })).toThrow("does not come to rest");
  });
});
