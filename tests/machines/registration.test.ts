/** The chart of an account: what each state does with each answer, and what holds on every way from the start to the stop. */
import { describe, expect, test } from "bun:test";
import { getNextTransitions, initialTransition, transition } from "xstate";
import {
  type RegistrationContext,
  type RegistrationEffect,
  type RegistrationEvent,
  registration,
} from "../../machines/registration.ts";

type State = ReturnType<typeof registration.getInitialSnapshot>;
type Anything = RegistrationEvent | { type: `xstate.after.${string}` };
interface At {
  readonly state: State;
  readonly sent: readonly RegistrationEffect[];
}

const at = ([state, actions]: [State, readonly { readonly type: string }[]]): At => ({
  state,
  sent: actions.flatMap((action) =>
    action.type === "xstate.emit"
      ? [(action as unknown as { params: { event: RegistrationEffect } }).params.event]
      : [],
  ),
});
const begin = (expires = 600): At => at(initialTransition(registration, { expires }) as never);
const move = ({ state }: At, event: Anything): At =>
  at(transition(registration, state, event as RegistrationEvent) as never);
const through = (...events: readonly Anything[]): At => events.reduce(move, begin());
const nameOf = ({ value }: State): string =>
  typeof value === "string" ? value : Object.entries(value).flat().join(".");

const START = { type: "start" } as const;
const STOP = { type: "stop" } as const;
const GRANTED = (granted = 600) => ({ type: "sip.register.success", granted }) as const;
const SILENT = { type: "sip.register.timeout", why: "no answer", wait: 0, chance: 1 } as const;
const FAILED = (status: number, least: number | null = null) =>
  ({ type: "sip.register.failure", status, phrase: "No", least, wait: 0, chance: 1 }) as const;
const AFTER = (state: At): Anything => {
  const found = getNextTransitions(state.state).find(({ eventType }) => eventType.startsWith("xstate.after."));
  return { type: found?.eventType as `xstate.after.${string}` };
};
const REGISTER = (expires: number) => ({ type: "sip.send.register", expires }) as const;

const LOST = (stood: number) => ({ type: "sip.flow.lost", why: "it was closed", stood, wait: 0, chance: 1 }) as const;

describe("a connection that is lost", () => {
  // proves: K25
  test.each([
    ["after a while is made anew at once", [START, GRANTED(), LOST(30_000)], "registering", [REGISTER(600)]],
    ["soon waits", [START, GRANTED(), LOST(29_999)], "unreachable", []],
    ["before there is a registration is another one's", [START, LOST(30_000)], "registering", []],
    ["while we stop changes nothing", [START, GRANTED(), STOP, LOST(30_000)], "unregistering.asking", []],
  ] as const)("%s", (_, events, state, sent) => {
    const end = through(...events);
    expect([nameOf(end.state), end.sent]).toEqual([state, [...sent]]);
  });

  test("says why", () => {
    expect(through(START, GRANTED(), LOST(30_000)).state.context.why).toBe("it was closed");
  });
});

describe("a REGISTER", () => {
  // proves: K1
  test.each([
    ["that is answered", [START, GRANTED()], "registered.resting", []],
    ["that is refused", [START, FAILED(500)], "refused.request", []],
    ["whose account is refused", [START, FAILED(403)], "refused.account", []],
    ["whose password is refused", [START, FAILED(401)], "refused.account", []],
    ["that nobody answers", [START, SILENT], "unreachable", []],
    ["for too short a time", [START, FAILED(423, 1800)], "registering", [REGISTER(1800)]],
    ["for too short a time, of which no longer one is named", [START, FAILED(423)], "refused.request", []],
    ["for too short a time, where a week is asked for", [START, FAILED(423, 604_800)], "refused.request", []],
    [
      "that nobody answers is sent again after SIGHUP",
      [START, SILENT, { type: "reload" }],
      "registering",
      [REGISTER(600)],
    ],
    ["that is refused is not sent again after SIGHUP", [START, FAILED(403), { type: "reload" }], "refused.account", []],
    [
      "that is refused is sent again with another password",
      [START, FAILED(403), { type: "login changed" }],
      "registering",
      [REGISTER(600)],
    ],
    ["that is open is not sent across by another password", [START, { type: "login changed" }], "registering", []],
    ["in the middle of which we stop is waited for", [START, STOP], "unregistering.waiting", []],
    ["that binds us all the same is undone", [START, STOP, GRANTED()], "unregistering.asking", [REGISTER(0)]],
    ["that may have bound us is undone", [START, STOP, SILENT], "unregistering.asking", [REGISTER(0)]],
    ["that is refused while we stop is none", [START, STOP, FAILED(403)], "over", [{ type: "registration.over" }]],
    [
      "for too short a time while we stop is none",
      [START, STOP, FAILED(423, 1800)],
      "over",
      [{ type: "registration.over" }],
    ],
  ] as const)("%s", (_, events, state, sent) => {
    const end = through(...events);
    expect([nameOf(end.state), end.sent]).toEqual([state, [...sent]]);
  });

  test("for too short a time, again and again, is given up for a while", () => {
    expect(nameOf(through(START, ...[700, 800, 900, 1000].map((least) => FAILED(423, least))).state)).toBe(
      "refused.request",
    );
  });
});

const delayOf = (name: keyof typeof DELAYS, context: Partial<RegistrationContext>): number =>
  DELAYS[name]?.({ context: { ...begin().state.context, ...context } }) ?? 0;
const DELAYS = registration.implementations.delays as unknown as Record<
  string,
  (args: { context: RegistrationContext }) => number
>;

describe("time", () => {
  // proves: K2
  test.each([
    [600, 450_000],
    [3600, 2_700_000],
    [1, 30_000],
    [0, 30_000],
    [86_400, 64_800_000],
    [999_999_999, 64_800_000],
  ])("of %d s is refreshed after %d ms", (granted, ms) => {
    expect(delayOf("three quarters of what was given", { granted })).toBe(ms);
  });

  // proves: K3
  test("between two tries grows from 30 s to half an hour, and half of it is chance", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => delayOf("back-off", { failures, chance: 1 }) / 1000);
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
    expect(delayOf("back-off", { failures: 1, chance: 0 })).toBe(15_000);
    expect(delayOf("half an hour", { chance: 1 })).toBe(1_800_000);
  });

  // proves: K18
  test.each([
    ["back-off", 60, 60_000],
    ["back-off", 10, 15_000],
    ["back-off", 3600, 3_600_000],
    ["back-off", 4_000_000_000, 3_600_000],
    ["half an hour", 3600, 3_600_000],
    ["half an hour", 10, 900_000],
  ] as const)("%s is no shorter than Retry-After: %d s", (name, wait, ms) => {
    expect(delayOf(name, { failures: 1, chance: 0, wait })).toBe(ms);
  });

  test("that one answer has asked for does not count for the next", () => {
    const end = through(START, { ...FAILED(500), wait: 3600 });
    const next = move(move(end, AFTER(end)), SILENT);
    expect([end.state.context.wait, next.state.context.wait]).toEqual([3600, 0]);
  });

  test("after a success begins anew, once that has stood for half a minute", () => {
    const end = through(START, SILENT);
    const registered = move(move(end, AFTER(end)), GRANTED());
    expect(registered.state.context).toMatchObject({ failures: 1, why: "" });
    const stood = { type: "xstate.after.half a minute.registration.registered" } as Anything;
    expect(move(registered, stood).state.context).toMatchObject({ failures: 0 });
  });
});

describe("an existing registration", () => {
  const there = through(START, GRANTED());
  const refreshing = move(there, AFTER(there));

  // proves: K2
  test("is refreshed, and stays it meanwhile", () => {
    expect([nameOf(refreshing.state), refreshing.sent, refreshing.state.hasTag("bound")]).toEqual([
      "registered.refreshing",
      [REGISTER(600)],
      true,
    ]);
    expect(nameOf(move(refreshing, GRANTED()).state)).toBe("registered.resting");
  });

  test.each([
    [SILENT, "unreachable"],
    [FAILED(403), "refused.account"],
    [FAILED(503), "refused.request"],
  ])("and whose refresh fails is no more: %j", (event, state) => {
    expect(nameOf(move(refreshing, event).state)).toBe(state);
  });

  // proves: K5
  test.each([GRANTED(0), FAILED(500), SILENT])("is taken away at the stop, whatever is answered: %j", (answer) => {
    const leaving = move(there, STOP);
    expect(leaving.sent).toEqual([REGISTER(0)]);
    expect([nameOf(move(leaving, answer).state), nameOf(move(leaving, AFTER(leaving)).state)]).toEqual([
      "over",
      "over",
    ]);
  });
});

describe("a binding that may live when we stop is taken away:", () => {
  const there = through(START, GRANTED());
  const refreshing = move(there, AFTER(there));

  // proves: K5
  test.each([
    ["its refresh was refused", move(refreshing, FAILED(500))],
    ["its refresh was refused with the account", move(refreshing, FAILED(403))],
    ["nobody has answered its refresh", move(refreshing, SILENT)],
    ["nobody has answered the first REGISTER, which may have arrived", through(START, SILENT)],
  ])("%s", (_, state) => {
    const leaving = move(state, STOP);
    expect([nameOf(leaving.state), leaving.sent]).toEqual(["unregistering.asking", [REGISTER(0)]]);
  });

  // proves: K5
  test("no REGISTER is sent across an open one, within bounds", () => {
    const stopping = move(refreshing, STOP);
    expect([nameOf(stopping.state), stopping.sent]).toEqual(["unregistering.waiting", []]);
    for (const event of [GRANTED(), FAILED(500), SILENT, AFTER(stopping)]) {
      const leaving = move(stopping, event);
      expect([nameOf(leaving.state), leaving.sent]).toEqual(["unregistering.asking", [REGISTER(0)]]);
    }
  });
});

describe("on every way from the start to the stop", () => {
  const SAMPLES: readonly Anything[] = [START, STOP, GRANTED(), FAILED(423, 1800), FAILED(403), FAILED(500), SILENT];
  const ways: { readonly events: readonly Anything[]; readonly sent: readonly RegistrationEffect[] }[] = [];
  const go = (
    from: At,
    seen: readonly string[],
    events: readonly Anything[],
    sent: readonly RegistrationEffect[],
  ): void => {
    if (from.state.status === "done") return void ways.push({ events, sent });
    const next = [...SAMPLES, AFTER(from)].filter((event) => from.state.can(event as RegistrationEvent));
    for (const event of next) {
      const to = move(from, event);
      const key = `${nameOf(to.state)} ${to.state.context.expires}`;
      if (!seen.includes(key)) go(to, [...seen, key], [...events, event], [...sent, ...to.sent]);
    }
  };
  go(begin(), ["idle 600"], [], []);

  test("there are many", () => {
    expect(ways.length).toBeGreaterThan(50);
  });

  test("the binding is removed at most once, as the last step, and always if one may exist", () => {
    for (const { events, sent } of ways) {
      const away = sent.filter((effect) => effect.type === "sip.send.register" && effect.expires === 0).length;
      // up to what ends the REGISTER that was open at the stop, if one was: a success, no answer, or our patience
      const types = events.slice(0, events.findIndex(({ type }) => type === "stop") + 2).map(({ type }) => type);
      const mayLive = types.some((type) => /success|timeout/.test(type)) || types.at(-1)?.startsWith("xstate.after");
      expect(away, JSON.stringify(events)).toBe(mayLive ? 1 : 0);
      expect(sent.at(-1)).toEqual({ type: "registration.over" });
    }
  });
});
