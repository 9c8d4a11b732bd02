/** What is saved of a call: it is read as it was written, and its version says what it knows. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { z } from "zod";
import { isNewer, readSavedCall, SAVED_SCHEMA, SAVED_VERSION, SHAPE } from "../../../actors/calls/saved-call.ts";
import { call } from "../../../machines/call/call.ts";
import { textOf } from "../../support/sources.ts";
import { tokensOf } from "../../support/tokens.ts";

/** A call that rings. */
const SAVED = {
  side: { sid: "s", us: "bob@sip.example.org", them: "juliet@example.org", initiator: "juliet@example.org/balcony" },
  dialog: { callId: "c", localTag: "t", contactUser: "juliet" },
  chart: {
    value: { outgoing: "ringing" },
    context: { direction: "outgoing", devices: [], pendingOffers: [] },
    delays: [],
    isAsAgreed: false,
  },
  record: { begun: 1 },
  withheld: [],
};

/** The files whose types a chart's context is made of. */
const KNOWN = ["machines/call/context.ts", "machines/call/changes.ts", "protocol/media/media.ts"];

/** The types that a file declares, without comments and white space. */
function typesIn(file: string): string {
  const words = tokensOf(textOf(file)).map(({ text }) => text);
  const declared: string[] = [];
  for (let at = 0; at < words.length; at++) {
    if (words[at] !== "interface" && !(words[at] === "type" && words[at + 2] === "=")) continue;
    let depth = 0;
    let end = at;
    for (; end < words.length; end++) {
      if (words[end] === "{") depth++;
      if (words[end] === "}") depth--;
      if (depth === 0 && (words[end] === ";" || (words[at] === "interface" && words[end] === "}"))) break;
    }
    declared.push(words.slice(at, end + 1).join(" "));
    at = end;
  }
  return declared.join("\n");
}

/** The names of all states and of their delays, by which a chart goes on. */
function statesOf(node: (typeof call)["root"]): string[] {
  const { id, transitions, states } = node as unknown as {
    id: string;
    transitions: ReadonlyMap<string, unknown>;
    states: Record<string, (typeof call)["root"]>;
  };
  const delays = [...transitions.keys()].filter((event) => event.startsWith("xstate.after"));
  return [id, ...delays, ...Object.values(states).flatMap(statesOf)];
}

// proves: O6
test("a change of the chart, of what a call knows or of what is saved asks for another version", () => {
  const schema = JSON.stringify(z.toJSONSchema(SAVED_SCHEMA, { unrepresentable: "any" }));
  const known = [...statesOf(call.root), ...KNOWN.map(typesIn), schema].join("\n");
  expect(known).toContain("call.established.negotiation.offering");
  expect(known).toContain("xstate.after.no answer");
  expect(known).toContain("interface CallContext extends CallInput {");
  // if this fails: raise SAVED_VERSION, write the migration of the version before it, and put the new digest into SHAPE
  expect([SAVED_VERSION, createHash("sha256").update(known).digest("hex").slice(0, 16)]).toEqual([3, SHAPE]);
});

// proves: O6
test("a call saved in version 1, which did not count starts, continues", () => {
  const of = (version: number): string => JSON.stringify({ ...SAVED, ...(version === 1 ? {} : { start: 0 }), version });
  expect(readSavedCall(of(1))).toEqual(readSavedCall(of(SAVED_VERSION)));
});

test("one of a newer version is known as that, and nothing else is", () => {
  const texts = ['{"version":99}', `{"version":${SAVED_VERSION}}`, '{"half":', "[]"];
  expect(texts.map(isNewer)).toEqual([true, false, false, false]);
});

test.each([
  ["no JSON", "{", "JSON"],
  ["no record", "[]", "object"],
  ["one of a version that was never written", '{"version":0}', "it is of version 0, which is too old"],
  ["one that lacks what it needs", `{"version":${SAVED_VERSION}}`, "side"],
])("what cannot be read is said: %s", (_, text, words) => {
  expect(() => readSavedCall(text)).toThrow(words);
});
