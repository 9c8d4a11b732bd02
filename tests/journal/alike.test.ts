/** What is deflated by the first of its kind is inflated as it was, and what is alike takes little. */
import { expect, test } from "bun:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { Alike } from "../../journal/alike.ts";

const alike = () =>
  new Alike({
    deflate: (bytes, dictionary) => deflateRawSync(bytes, { level: 2, dictionary }),
    inflate: (bytes, dictionary) => inflateRawSync(bytes, { dictionary }),
  });
const call = (id: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    `INVITE sip:bob@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5600;rport;branch=z9hG4bK${id}\r\nCall-ID: ${id}\r\nMax-Forwards: 70\r\n`,
  );
/** Pseudorandom, like nothing else. */
const noise = (length: number): Uint8Array<ArrayBuffer> => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  });
};

test.each([
  ["a call", [call("a")]],
  ["calls that are alike", [call("a"), call("b"), call("c")]],
  ["calls after one that is like none", [noise(100_000), call("a"), noise(500), new Uint8Array(0)]],
  ["calls after an empty one", [new Uint8Array(0), call("a"), call("a")]],
])("%s are inflated as they were", (_, calls) => {
  const it = alike();
  const deflated = calls.map((each) => it.deflate(each).slice());
  expect(deflated.map((each) => new Uint8Array(it.inflate(each)))).toEqual(calls);
});

test("what is like the first takes a quarter of what it takes alone", () => {
  const it = alike();
  it.deflate(call("first"));
  expect(it.deflate(call("other")).length).toBeLessThan(deflateRawSync(call("other")).length / 4);
});

test("the first may change afterwards, since a copy of it is the dictionary", () => {
  const it = alike();
  const first = call("first");
  const deflated = it.deflate(first).slice();
  first.fill(0);
  expect(new Uint8Array(it.inflate(deflated))).toEqual(call("first"));
});
