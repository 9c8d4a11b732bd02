/**
 * What was written to cost much: it is refused, or what it becomes in the other notation is no larger than its size allows, and
 * has no more elements than its words. How long that takes is in bench/README.md (`npm run bench:media`).
 */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { HOSTILE_JINGLE } from "../../../bench/hostile-jingle.ts";
import { HOSTILE_LINES, HOSTILE_SDP, ofLines } from "../../../bench/hostile-sdp.ts";
import { readJingle, writeJingle } from "../../../protocol/jingle/jingle.ts";
import { attempt, Refusal } from "../../../protocol/refusal.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { StanzaReader } from "../../../protocol/xmpp/stanza.ts";
import { writeStanza } from "../../../protocol/xmpp/write.ts";
import { jingleOf } from "../../support/vectors.ts";

const origin = { id: "1", version: 1, address: "192.0.2.1" };
const SIZES = [100, 250, 500, 1_000, 2_400, 4_000, 6_000, 30_000, 100_000, 250_000, 1_000_000];
const MOST_WORDS = 16_384;
/** Of a section: its elements, a=mid and a=sendrecv and the like, which no words stand for. */
const OWN = 32 * 12;

/** Ten times, and for an SDP what a short one may become. */
const mostWritten = (read: string): number => 10 * read.length + 4_096;
const elementsOf = (xml: string): number => xml.split(/<(?!\/)/).length - 1;

/** What an SDP becomes, in both notations; "" where it is refused. */
function fromSdp(sdp: string): { jingle: string; sdp: string } {
  const media = attempt(() => readSdp(sdp, { by: "initiator" }));
  if (media instanceof Refusal) return { jingle: "", sdp: "" };
  return {
    jingle: writeJingle(media, "offer")
      .map((each) => writeStanza(each))
      .join(""),
    sdp: writeSdp(media, { by: "initiator", origin, answer: false }),
  };
}

function fromJingle(inside: string): string {
  const media = attempt(() => readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${inside}</jingle>`)));
  return media instanceof Refusal ? "" : writeSdp(media, { by: "initiator", origin, answer: false });
}

function isWithinBounds(sdp: string): void {
  const written = fromSdp(sdp);
  expect(written.jingle.length).toBeLessThanOrEqual(mostWritten(sdp));
  expect(written.sdp.length).toBeLessThanOrEqual(mostWritten(sdp));
  expect(elementsOf(written.jingle)).toBeLessThanOrEqual(MOST_WORDS + OWN);
}

// proves: M10, M40
describe("an SDP of one list, as long as it likes", () => {
  test.each([...HOSTILE_SDP])("%s", (_, shape) => {
    for (const size of SIZES) isWithinBounds(shape(size));
  });
});

const list = fc
  .constantFrom(...HOSTILE_LINES)
  .chain(([line, most]) => fc.integer({ min: 1, max: most }).map((count) => ({ line, count })));

// proves: M40
test("an SDP of any lists at once", () => {
  const lists = fc.array(list, { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(lists.map(ofLines), isWithinBounds), { numRuns: 300 });
});

// proves: M10, M40
describe("a Jingle session of one list, as long as it likes", () => {
  const HEAD = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>";
  test.each([...HOSTILE_JINGLE])("%s", (_, shape) => {
    for (const size of SIZES) {
      const inside = shape(size);
      let told = 0;
      const count = (): void => void told++;
      const reader = new StanzaReader({ opened() {}, ended() {}, fault: count, oversized: count, stanza: count });
      reader.push(new TextEncoder().encode(`${HEAD}<iq from='a@b' type='set'>${inside}</iq>`));
      expect(told).toBe(1);
      if (size <= 250_000) expect(fromJingle(inside).length).toBeLessThanOrEqual(10 * inside.length);
    }
  });
});

// proves: M11
test.each([
  ["one after another in a line", `a=fmtp:0 ${";a=b".repeat(65)}\r\n`, "more than 64 parameters of a codec"],
  ["in many lines", "a=fmtp:0 a=b\r\n".repeat(65), "more than 64 parameters of a codec"],
  ["a megabyte of them", `a=fmtp:0 ${";a=b".repeat(1_000)}\r\n`.repeat(250), "an SDP of too many words"],
])("too many parameters of a codec are refused: %s", (_, lines, why) => {
  const sdp = `v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n${lines}`;
  expect(attempt(() => readSdp(sdp, { by: "initiator" }))).toEqual(
    expect.objectContaining({ message: why, sip: { status: 488, warning: 399 } }),
  );
});
