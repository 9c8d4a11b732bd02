/** Which devices take Jingle messages, as their caps say: XEP-0115 §5.4 and §8.4, and the bounds of what is remembered. */
import { expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import { CapsCheck } from "../../../actors/xmpp/caps-check.ts";
import type { Answer } from "../../../actors/xmpp/requests.ts";
import { capsNode, verificationText } from "../../../protocol/xmpp/caps-hash.ts";
import { createClock } from "../../../replay/clock.ts";

const info = (...features: string[]) =>
  parse(
    `<query xmlns='http://jabber.org/protocol/disco#info'>${features.map((name) => `<feature var='${name}'/>`).join("")}</query>`,
  );
const TAKES = info("urn:xmpp:jingle-message:0");
const TAKES_NOT = info("urn:xmpp:ping");
/** In this world a text is its own hash. */
const hashOf = (query: typeof TAKES): string => verificationText(query);

function caps() {
  const asked: string[] = [];
  const found: string[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  const it = new CapsCheck({
    clock: createClock(),
    sha1: (text) => text,
    ask: (device, _, answered) => {
      asked.push(device);
      waiting.push(answered);
    },
    judged: (device, takes) => void (takes && found.push(device)),
  });
  const seen = (device: string, ver: string): boolean => {
    const presence = parse(
      `<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='${ver}'/></presence>`,
    );
    const node = capsNode(presence);
    it.seen(device, node);
    return it.of(device, node).messages;
  };
  return {
    it,
    asked,
    found,
    seen,
    answer: (payload?: typeof TAKES) => waiting.shift()?.({ type: "result", ...(payload ? { payload } : {}) }),
  };
}

// proves: P15
test("caps are queried once, and until the answer a device counts as taking no proposals", () => {
  const { seen, asked, answer, found } = caps();
  expect([seen("a", hashOf(TAKES)), seen("b", hashOf(TAKES)), asked]).toEqual([false, false, ["a"]]);
  answer(TAKES);
  expect([seen("c", hashOf(TAKES)), asked, found]).toEqual([true, ["a"], ["a", "b", "c"]]);
});

// proves: P15
test("an answer that fits its hash is believed of all devices with it, be it no", () => {
  const { seen, asked, answer } = caps();
  seen("a", hashOf(TAKES_NOT));
  answer(TAKES_NOT);
  expect([seen("b", hashOf(TAKES_NOT)), asked]).toEqual([false, ["a"]]);
});

test("an answer that does not match the hash is believed only for that device, while it is online, and the next device is queried", () => {
  const { it, seen, asked, answer } = caps();
  seen("a", "forged");
  answer(TAKES);
  expect([seen("a", "forged"), asked]).toEqual([true, ["a"]]);
  expect([seen("b", "forged"), asked]).toEqual([false, ["a", "b"]]);
  it.left("a");
  expect(seen("a", "forged")).toBe(false);
});

// proves: G16
test("an answer that could be another's is believed of its sender alone: features inside an identity, or twice the same", () => {
  const hidden = `<identity category='client' type='pc' name='x&lt;urn:xmpp:jingle-message:0'/>`;
  const query = (inside: string) => parse(`<query xmlns='http://jabber.org/protocol/disco#info'>${inside}</query>`);
  const honest = query("<identity category='client' type='pc' name='x'/><feature var='urn:xmpp:jingle-message:0'/>");
  for (const forged of [query(hidden), query("<feature var='urn:xmpp:ping'/><feature var='urn:xmpp:ping'/>")]) {
    const { seen, asked, answer } = caps();
    seen("mallory", hashOf(forged));
    answer(forged);
    seen("juliet", hashOf(forged));
    expect(asked).toEqual(["mallory", "juliet"]);
  }
  // the same text, and so the same hash
  expect(hashOf(query(hidden))).toBe(hashOf(honest));
});

test("an answer that did not match says nothing about later caps of the device", () => {
  const { seen, answer } = caps();
  seen("a", "forged");
  answer(TAKES_NOT);
  seen("b", hashOf(TAKES));
  answer(TAKES);
  expect([seen("a", hashOf(TAKES)), seen("a", "forged")]).toEqual([true, false]);
});

test("the answer also serves a device with the same caps that came during the query", () => {
  const { seen, asked, answer, found } = caps();
  for (const device of ["a", "b", "b", "c"]) seen(device, hashOf(TAKES));
  answer(TAKES);
  expect([asked, found]).toEqual([["a"], ["a", "b", "c"]]);
});

test("and is asked himself when that did not fit", () => {
  const { seen, asked, answer, found } = caps();
  for (const device of ["a", "b", "c"]) seen(device, "forged");
  answer(TAKES);
  expect([asked, found]).toEqual([["a", "b"], ["a"]]);
  answer(TAKES);
  expect([asked, found]).toEqual([
    ["a", "b", "c"],
    ["a", "b"],
  ]);
});

test("no answer leaves it open: the next device is asked", () => {
  const { seen, asked, answer } = caps();
  seen("a", "x");
  answer();
  seen("b", "x");
  expect(asked).toEqual(["a", "b"]);
});

test("of too many caps the oldest are forgotten, and asked for again", () => {
  const { seen, asked } = caps();
  for (let at = 0; at <= 10_000; at++) seen(`${at}@example.org/a`, `v${at}`);
  asked.length = 0;
  seen("b@example.org/a", "v10000");
  expect(asked).toEqual([]);
  seen("c@example.org/a", "v0");
  expect(asked).toEqual(["c@example.org/a"]);
});

// proves: H6
test("a user's devices are asked 20 times a minute, and a device that was not asked counts as unknown", () => {
  const { seen, asked } = caps();
  for (let at = 0; at < 30; at++) seen(`mallory@example.org/${at}`, `made up ${at}`);
  seen("alice@example.org/phone", "hers");
  expect([asked.length, asked.at(-1)]).toEqual([21, "alice@example.org/phone"]);
});
