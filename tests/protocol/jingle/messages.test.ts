/** Jingle Message Initiation: what clients have sent, and what we write (XEP-0353 0.8). */
import { describe, expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import {
  isJingleMessage,
  type JingleMessage,
  readJingleMessage,
  refusedProposal,
  writeJingleMessage,
} from "../../../protocol/jingle/messages.ts";
import { read } from "../../support/vectors.ts";

const WAY = { from: "carol@sip.example.org/sip", to: "juliet@example.org" };
const MESSAGES: readonly JingleMessage[] = [
  { type: "propose", id: "s1", media: ["audio", "video"] },
  { type: "ringing", id: "s1" },
  { type: "proceed", id: "s1" },
  { type: "reject", id: "s1", reason: { condition: "busy" } },
  { type: "retract", id: "s1", reason: { condition: "cancel", text: "<gone> & away" } },
  { type: "finish", id: "s1", reason: { condition: "gone", sipError: { code: 404, phrase: "Not Found" } } },
];

test.each(MESSAGES)("$type is read as it was written, of type chat, and may be stored", (message) => {
  const stanza = parse(String(writeJingleMessage(WAY, message)));
  expect(readJingleMessage(stanza)).toEqual(message);
  expect(stanza.attrs).toMatchObject({ type: "chat", ...WAY });
  expect(stanza.getChild("store", "urn:xmpp:hints")).toBeDefined();
});

describe("recorded", () => {
  test.each([
    ["dino-propose", { type: "propose", media: ["audio"] }],
    ["dino-reject", { type: "reject", reason: { condition: "decline" } }],
    ["dino-retract", { type: "retract", reason: { condition: "cancel" } }],
    ["stanza-proceed", { type: "proceed" }],
  ])("%s", (name, message) => {
    expect(readJingleMessage(parse(read("jingle-message", `${name}.xml`)))).toMatchObject(message);
  });
});

const payload = (name: string, attributes = "") =>
  parse(`<message><${name} xmlns='urn:xmpp:jingle-message:0' ${attributes}/></message>`);

test.each([
  ["without an id", payload("propose")],
  ["with an id that is none", payload("propose", `id='${"x".repeat(300)}'`)],
  ["to a client's own account (accept)", payload("accept", "id='s1'")],
])("a message %s is none that we read, but one of these", (_, message) => {
  expect([readJingleMessage(message), isJingleMessage(message)]).toEqual([undefined, true]);
});

test("the error to a propose names its session, whatever it holds", () => {
  const { id } = writeJingleMessage(WAY, { type: "propose", id: "a-b@c", media: [] }).attrs;
  expect(refusedProposal(parse(`<message type='error' id='${id}'/>`))).toBe("a-b@c");
  expect(refusedProposal(parse("<message type='error' id='x'/>"))).toBeUndefined();
});
