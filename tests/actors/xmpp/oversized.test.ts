/** A stanza past the limits is its sender's fault alone: RFC 6120 §8.3.3.12, §13.12. */
import { describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import type { Answer } from "../../../actors/xmpp/requests.ts";
import { STANZA_LIMITS } from "../../../protocol/xmpp/stanza.ts";
import { changed } from "../../support/changed.ts";
import { component, DOMAIN } from "./scene.ts";

const JULIET = "juliet@example.org/x";
const BOB = `bob@${DOMAIN}/sip`;
const { bytes, depth, elements } = STANZA_LIMITS;
const LARGE = {
  deep: "<a>".repeat(depth) + "</a>".repeat(depth),
  many: "<a/>".repeat(elements),
  long: "x".repeat(bytes),
};
const jingle = (inside: string) =>
  `<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='1'>${inside}</jingle>`;
const addressed = (name: string, attributes: string, inside: string, from = JULIET) =>
  `<${name} from='${from}' to='${BOB}' ${attributes}>${inside}</${name}>`;

const PING = addressed("iq", "type='get' id='still here'", "<ping xmlns='urn:xmpp:ping'/>");

/** What comes over the stream after a stanza, and after it an ordinary ping, which is answered still. */
async function after(stanza: string, more: { mode?: "intercept" } = {}) {
  const it = await component("takes us", { split: 1_460, ...more });
  const before = it.stanzas.length;
  await it.say(stanza + PING);
  const answers = it.stanzas.slice(before);
  expect([it.xmpp.online, it.events.filter((event) => event.startsWith("offline"))]).toEqual([true, []]);
  expect(answers.at(-1)?.attrs).toMatchObject({ type: "result", id: "still here" });
  return { ...it, answers: answers.slice(0, -1) };
}

describe.each(Object.entries(LARGE))("one that is too %s", (kind, inside) => {
  const reason = { deep: "too deep", many: "too many elements", long: "too large" }[kind];

  // proves: C8
  test.each([
    ["an IQ set", addressed("iq", "type='set' id='q'", inside)],
    ["an IQ get", addressed("iq", "type='get' id='q'", inside)],
    ["Jingle", addressed("iq", "type='set' id='q'", jingle(inside))],
    ["an IQ of a stranger", addressed("iq", "type='set' id='q'", inside, "mallory@elsewhere.example/x")],
  ])("%s is answered by policy-violation, counted and logged", async (_, stanza) => {
    const { answers, xmpp, logged } = await after(stanza);
    const [answer] = answers;
    const from = /from='([^']*)/.exec(stanza)?.[1];
    expect([answers.length, answer?.attrs]).toEqual([1, { type: "error", id: "q", from: BOB, to: from }]);
    const error = answer?.getChild("error");
    expect(error?.attrs.type).toBe("modify");
    expect(error?.getChild("policy-violation", "urn:ietf:params:xml:ns:xmpp-stanzas")).toBeDefined();
    expect(error?.getChildText("text")).toBe(`stanza ${reason}`);
    expect(xmpp.dropped.get(`stanza ${reason}`)).toBe(1);
    expect(logged).toContainEqual(
      expect.objectContaining({ event: "xmpp.dropped", reason: `stanza ${reason}`, name: "iq", from }),
    );
  });

  test.each([
    ["a message", addressed("message", "", inside)],
    ["presence", addressed("presence", "", inside)],
    ["an IQ result", addressed("iq", "type='result' id='q'", inside)],
    ["an IQ without an id", addressed("iq", "type='set'", inside)],
    ["an IQ of no type", addressed("iq", "type='fetch' id='q'", inside)],
    ["an IQ from no JID", addressed("iq", "type='set' id='q'", inside, "@")],
  ])("%s is dropped and counted", async (_, stanza) => {
    const { answers, xmpp } = await after(stanza);
    expect([answers, xmpp.dropped.get(`stanza ${reason}`)]).toEqual([[], 1]);
  });

  test.each(["result", "error"])(
    "as %s of a request of ours it completes the request as an error, at once",
    async (type) => {
      const it = await component("takes us", { split: 1_460 });
      const answers: Answer[] = [];
      it.xmpp.request({ to: JULIET, from: BOB, payload: xml("q") }, (answer) => void answers.push(answer));
      await it.clock.advance(10);
      await it.say(addressed("iq", `type='${type}' id='${it.stanzas.at(-1)?.attrs.id}'`, inside));
      expect(answers).toEqual([{ type: "error", condition: "policy-violation" }]);
    },
  );

  describe("handed over by the user's server", () => {
    const wrapped = (stanza: string, name = "iq", from = "example.org") =>
      `<${name} type='set' id='outer' from='${from}' to='${DOMAIN}'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>${changed(stanza, `<${name}`, `<${name} xmlns='jabber:client'`)}</forwarded></delegation></${name}>`;

    test("it is answered in the wrapper that the server takes, for the user", async () => {
      const { answers } = await after(wrapped(addressed("iq", "type='set' id='q'", jingle(inside))), {
        mode: "intercept",
      });
      const [answer] = answers;
      expect([answers.length, answer?.attrs]).toEqual([
        1,
        { type: "result", id: "outer", from: DOMAIN, to: "example.org" },
      ]);
      const error = answer
        ?.getChild("delegation", "urn:xmpp:delegation:2")
        ?.getChild("forwarded")
        ?.getChild("iq", "jabber:client");
      expect(error?.attrs).toMatchObject({ type: "error", id: "q", from: BOB, to: JULIET });
      expect(error?.getChild("error")?.getChild("policy-violation")).toBeDefined();
    });

    test.each([
      ["a stranger", wrapped(addressed("iq", "type='set' id='q'", inside), "iq", "elsewhere.example")],
      [
        "of a user who is not the server's",
        wrapped(addressed("iq", "type='set' id='q'", inside, "romeo@elsewhere.example/x")),
      ],
      ["of a user without an id to answer by", wrapped(addressed("iq", "type='set'", inside))],
    ])("%s has the error himself", async (_, stanza) => {
      const { answers } = await after(stanza, { mode: "intercept" });
      expect(answers.map(({ attrs }) => [attrs.type, attrs.id])).toEqual([["error", "outer"]]);
    });

    test("a message is dropped and counted", async () => {
      const { answers, xmpp } = await after(wrapped(addressed("message", "", inside), "message"), {
        mode: "intercept",
      });
      expect([answers, xmpp.dropped.get(`stanza ${reason}`)]).toEqual([[], 1]);
    });
  });
});

test("a first tag past the limits has nobody to be answered, and is counted", async () => {
  const { answers, xmpp } = await after(`<iq from='${JULIET}' to='${BOB}' id='${"x".repeat(bytes)}' type='get'/>`);
  expect([answers, xmpp.dropped.get("stanza too large")]).toEqual([[], 1]);
});

test("a flood of them is a line in ten seconds", async () => {
  const { logged, xmpp } = await after(addressed("message", "", LARGE.deep).repeat(100));
  expect(logged.filter(({ event }) => event === "xmpp.dropped")).toHaveLength(1);
  expect(xmpp.dropped.get("stanza too deep")).toBe(100);
});

test("the error that ends the stream does so, whatever its size", async () => {
  const it = await component("takes us", { split: 1_460 });
  await it.say(
    `<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'></system-shutdown>${LARGE.many}</stream:error>`,
  );
  expect(it.events).toContain("offline: the server says system-shutdown");
});
