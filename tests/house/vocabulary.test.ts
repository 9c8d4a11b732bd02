/**
 * No half-done feature: every event of a vocabulary is handled by its chart and raised by an actor, every effect is emitted by an
 * action and performed by an actor, and every name of a chart is used in it.
 */
import { describe, expect, test } from "bun:test";
import type { AnyStateMachine } from "xstate";
import { call } from "../../machines/call/call.ts";
import { catalogue } from "../../machines/catalogue.ts";
import { gateway } from "../../machines/gateway.ts";
import { registration } from "../../machines/registration.ts";
import { xmppStream } from "../../machines/xmpp-stream.ts";
import { statesOf } from "../../web/steps.ts";
import { filesOf, textOf } from "../support/sources.ts";
import { tokensOf } from "../support/tokens.ts";
import {
  CALL_EVENTS,
  GATEWAY_EFFECTS,
  GATEWAY_EVENTS,
  PHONE_EFFECTS,
  REGISTRATION_EFFECTS,
  REGISTRATION_EVENTS,
  STREAM_EFFECTS,
  STREAM_EVENTS,
  TRANSACTION_EFFECTS,
  TRANSACTION_EVENTS,
  USER_EFFECTS,
} from "../support/vocabularies.ts";

const transactions = Object.entries(catalogue).flatMap(([name, chart]) =>
  /-(client|server)$/.test(name) ? [chart] : [],
);
/** The name of an action or a guard; XState's own actions, which start its timers, have none. */
const nameOf = (one: unknown): string[] => {
  if (typeof one === "string") return [one];
  return typeof one === "object" && one !== null && "type" in one ? [String(one.type)] : [];
};

/** Events, guards, actions and delays used by charts, by name. */
function wordsOf(...charts: readonly AnyStateMachine[]) {
  const nodes = charts.flatMap((chart) => [chart.root, ...statesOf(chart)]);
  const ways = nodes.flatMap((node) => [...node.transitions.values(), ...(node.always ?? [])].flat());
  const actions = nodes
    .flatMap(({ entry, exit }) => [...entry, ...exit])
    .concat(ways.flatMap((way) => [...way.actions]));
  return {
    events: [...new Set(nodes.flatMap((node) => [...node.transitions.keys()]))].filter(
      (event) => !/^(?:xstate\..*)?$/.test(event),
    ),
    actions: [...new Set(actions.flatMap(nameOf))],
    guards: [...new Set(ways.flatMap(({ guard }) => nameOf(guard)))],
    delays: [...new Set(nodes.flatMap((node) => Object.keys((node.config.after ?? {}) as object)))],
  };
}

/** Whether a word occurs in these files, outside of the types that declare the words. */
function saidIn(...files: readonly string[]): (word: string) => boolean {
  const texts = files.map((file) => textOf(file).replace(/^export type .*?;\n\n/gms, ""));
  const words = new Set(texts.flatMap((text) => tokensOf(text).map((token) => token.text)));
  return (word) => {
    const [last = ""] = /[^.]*$/.exec(word) ?? [];
    // or composed of its beginning and its last part: `jmi.${type}`
    return words.has(word) || (words.has(["`", word.slice(0, -last.length), "$", "{"].join("")) && words.has(last));
  };
}

describe.each([
  ["call", wordsOf(call), CALL_EVENTS, saidIn(...filesOf("actors/calls"), ...filesOf("actors/phone"))],
  ["xmpp-stream", wordsOf(xmppStream), STREAM_EVENTS, saidIn("actors/xmpp/stream.ts")],
  ["registration", wordsOf(registration), REGISTRATION_EVENTS, saidIn("actors/trunks/registration.ts")],
  ["gateway", wordsOf(gateway), GATEWAY_EVENTS, saidIn("actors/gateway.ts")],
  ["a transaction", wordsOf(...transactions), TRANSACTION_EVENTS, saidIn(...filesOf("actors/sip"))],
] as const)("%s", (_, { events }, known, isTold) => {
  test.each(known)("%s is heard in some state, and told by an actor", (event) => {
    expect(events).toContain(event);
    expect(isTold(event)).toBe(true);
  });

  test("hears nothing that is not in its vocabulary", () => {
    expect(events.filter((event) => !known.includes(event))).toEqual([]);
  });
});

const isAsked = saidIn(...filesOf("machines/call").filter((file) => !file.endsWith("/vocabulary.ts")));

describe.each([
  ["a call, to the phone", PHONE_EFFECTS, isAsked, saidIn(...filesOf("actors/phone"))],
  ["a call, to the user", USER_EFFECTS, isAsked, saidIn(...filesOf("actors/calls"))],
  ["the stream", STREAM_EFFECTS, saidIn("machines/xmpp-stream.ts"), saidIn("actors/xmpp/stream.ts")],
  ["a registration", REGISTRATION_EFFECTS, saidIn("machines/registration.ts"), saidIn("actors/trunks/registration.ts")],
  ["the gateway", GATEWAY_EFFECTS, saidIn("machines/gateway.ts"), saidIn("actors/gateway.ts")],
] as const)("%s", (_, effects, isAskedFor, isPerformed) => {
  test.each(effects)("%s is asked for by an action, and performed by an actor", (effect) => {
    expect(isAskedFor(effect)).toBe(true);
    expect(isPerformed(effect)).toBe(true);
  });
});

test.each(TRANSACTION_EFFECTS)("a transaction: %s is asked for by some state", (effect) => {
  expect(wordsOf(...transactions).actions).toContain(effect);
});

describe.each([
  ["call", call],
  ["xmpp-stream", xmppStream],
  ["registration", registration],
  ["gateway", gateway],
] as const)("%s", (_, chart) => {
  const used = wordsOf(chart);
  test.each(["actions", "guards", "delays"] as const)("has no %s that nothing uses", (kind) => {
    const there = Object.keys(chart.implementations[kind]);
    expect(there.filter((name) => !used[kind].includes(name))).toEqual([]);
    expect(used[kind].filter((name) => !there.includes(name))).toEqual([]);
  });
});
