/** One living call: what the chart cannot take is refused, and a call that throws ends alone, on both sides. */
import { describe, expect, test } from "bun:test";
import { Call } from "../../../actors/calls/call.ts";
import type { XmppSide } from "../../../actors/calls/user.ts";
import { ChartTime } from "../../../actors/chart-time.ts";
import { LiveChart } from "../../../actors/live-chart.ts";
import type { LogEvent } from "../../../actors/log.ts";
import type { SipSide } from "../../../actors/phone/phone.ts";
import type { CallEvent } from "../../../machines/call/vocabulary.ts";
import { createClock } from "../../../replay/clock.ts";
import { ANSWER, bare, input, OFFER } from "../../support/chart.ts";

/** A call whose sides only note what they are asked; one of them may have a fault. */
function makeCall(fault?: "phone" | "user" | "phone, always", offer = OFFER) {
  const said: string[] = [];
  const logged: LogEvent[] = [];
  const over: Call[] = [];
  const side = (name: "phone" | "user") => ({
    perform: ({ type }: { type: string }) => {
      said.push(type);
      if (fault === name && !type.endsWith("session-terminate")) throw new Error("a fault of ours");
    },
    abandon: () => {
      said.push("phone.abandon");
      if (fault === "phone, always") throw new Error("and another");
    },
    unavailable: () => {},
    watch: () => {},
    stop: () => {},
  });
  const sides = { phone: side("phone") as unknown as SipSide, user: side("user") as unknown as XmppSide };
  const clock = createClock();
  const chart = new LiveChart(input({ offer }), new ChartTime(clock));
  const call = new Call({
    ...{ chart, ...sides, dialog: { callId: "c", localTag: "t" } },
    log: (event) => void logged.push(event),
    settled: () => {},
    ended: (ended) => void over.push(ended),
  });
  call.start();
  return { call, said, logged, over, clock };
}

describe("a fault of ours", () => {
  test("while a message to the phone is sent ends the call on both sides, and a log line says where", () => {
    const { said, logged, over } = makeCall("phone");
    expect(said).toEqual(["sip.send.invite", "phone.abandon", "jingle.send.session-terminate"]);
    expect(over).toHaveLength(1);
    expect(logged.find(({ event }) => event === "call.failed")).toMatchObject({ level: "error" });
  });

  test("while a message to the user is sent does the same", () => {
    const { call, said, over } = makeCall("user");
    call.chart.deliver({ type: "sip.invite.provisional", status: 180 });
    expect(said).toEqual(["sip.send.invite", "jingle.send.ringing", "phone.abandon", "jingle.send.session-terminate"]);
    expect(over).toHaveLength(1);
  });

  test("in closing it harms nobody else, and nothing is thrown", () => {
    const { call, over, logged } = makeCall("phone, always");
    expect(() => call.abandon("gateway.stops", { condition: "gone" })).not.toThrow();
    expect([over.length, logged.filter(({ event }) => event === "call.abandoned").length]).toEqual([1, 1]);
  });

  test("in whatever else it does (a response, a timer) ends it too, and says so to whoever runs it", () => {
    const { call, said, over } = makeCall();
    expect([call.chart.guard(() => {}), over.length]).toEqual([true, 0]);
    const fault = (): void => {
      throw new Error("a fault of ours");
    };
    expect([call.chart.guard(fault), call.chart.guard(fault), over.length]).toEqual([false, false, 1]);
    expect(said.slice(1)).toEqual(["phone.abandon", "jingle.send.session-terminate"]);
  });

  test("leaves a call that takes nothing any more", () => {
    const { call } = makeCall("phone");
    expect(call.chart.deliver({ type: "sip.invite.provisional", status: 180 })?.sip.status).toBe(481);
    expect(() => call.abandon("gateway.stops", { condition: "gone" })).not.toThrow();
  });
});

test("a timer that has only moved the call on is not why it ends later, nor why another call does", async () => {
  const [first, second] = [makeCall(undefined, bare(OFFER)), makeCall()];
  await first.clock.advance(60_000);
  expect(first.call.chart.state).toBe("outgoing.inviting");
  for (const { call, logged } of [second, first]) {
    call.hangUp();
    expect(logged.at(-1)).toMatchObject({ event: "call.ended", by: "operator", timer: undefined });
  }
});

test("a call that is over knows nothing of what it was about: a transaction may remember it for longer", () => {
  const { call } = makeCall();
  expect([call.chart.offer.contents.length, call.chart.devices.length]).toEqual([1, 1]);
  call.abandon("gateway.stops", { condition: "gone" });
  expect([call.chart.state, call.chart.userLeft, call.chart.offer.contents, call.chart.devices]).toEqual([
    "ended",
    true,
    [],
    [],
  ]);
});

/** The user holds and goes on, the phone agrees, and hangs up. */
const HELD: readonly CallEvent[] = [
  { type: "sip.invite.provisional", status: 180 },
  { type: "sip.invite.success", tag: "t1", media: ANSWER },
  { type: "jingle.hold", device: "juliet@example.org/a", holds: true },
  { type: "sip.reinvite.success", media: ANSWER },
  { type: "jingle.hold", device: "juliet@example.org/a", holds: false },
  { type: "sip.bye", reason: { condition: "success" } },
];

describe("a chart that rests", () => {
  test("arms a timer only while a delay runs", async () => {
    const { call, clock } = makeCall();
    const [rings, answers] = HELD as [CallEvent, CallEvent];
    const seen: unknown[] = [];
    for (const event of [rings, answers]) {
      call.chart.deliver(event);
      await clock.advance(3_000);
      seen.push([call.chart.state, call.chart.answered, clock.armed]);
    }
    expect(seen).toEqual([
      ["outgoing.ringing", false, 1],
      ["established.stable.talking", true, 0],
    ]);
  });

  test("takes each event as one that has not rested, and refuses what it would", async () => {
    const walked = async (pause: number) => {
      const { call, said, clock, over } = makeCall();
      const states: string[] = [];
      for (const event of HELD) {
        const refusal = call.chart.deliver({ type: "sip.ack" })?.message;
        call.chart.deliver(event, () => void said.push("accepted"));
        states.push(`${refusal} ${call.chart.state}`);
        await clock.advance(pause);
      }
      return { said, states, over: over.length, armed: clock.armed };
    };
    const rested = await walked(5_000);
    expect(rested).toEqual(await walked(0));
    expect([rested.over, rested.armed, rested.said.length]).toEqual([1, 0, 13]);
  });

  test("ends like any other when the operator hangs up", async () => {
    const { call, clock, logged } = makeCall();
    for (const event of HELD.slice(0, 2)) call.chart.deliver(event);
    await clock.advance(3_000);
    call.hangUp();
    expect(logged.at(-1)).toMatchObject({ event: "call.ended", by: "operator", why: "success" });
    expect([call.chart.over, call.chart.deliver({ type: "sip.ack" })?.sip.status]).toEqual([true, 481]);
  });
});

describe("what does not fit the state", () => {
  test("is refused with the state in words, and changes nothing", () => {
    const { call, said } = makeCall();
    const refusal = call.chart.deliver({ type: "sip.ack" });
    expect([refusal?.message, refusal?.sip.status, refusal?.jingle.detail]).toEqual([
      "sip.ack does not fit a call that is outgoing.inviting",
      500,
      "out-of-order",
    ]);
    expect(said).toEqual(["sip.send.invite"]);
  });

  test("is no session at all once the user has left", () => {
    const { call } = makeCall();
    call.chart.deliver({
      type: "jingle.session-terminate",
      device: "juliet@example.org/a",
      reason: { condition: "cancel" },
    });
    const refusal = call.chart.deliver({
      type: "jingle.session-terminate",
      device: "juliet@example.org/a",
      reason: { condition: "cancel" },
    });
    expect(refusal?.jingle.detail).toBe("unknown-session");
  });

  test("is not acknowledged, while what fits is, before any effect", () => {
    const { call, said } = makeCall();
    const accepted = (): void => void said.push("acknowledged");
    call.chart.deliver({ type: "sip.ack" }, accepted);
    call.chart.deliver({ type: "sip.invite.provisional", status: 180 }, accepted);
    expect(said).toEqual(["sip.send.invite", "acknowledged", "jingle.send.ringing"]);
  });
});
