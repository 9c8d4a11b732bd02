/** What is packed says the same again, deflated or not, and a ring keeps bytes until they are released, in room that is used again. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { entryOf, type LiveEntry } from "../../journal/entries.ts";
import { type Compression, deflated, has, pack, unpack } from "../../journal/packed.ts";
import { Ring } from "../../journal/ring.ts";

const ZLIB: Compression = { deflate: (bytes) => deflateRawSync(bytes), inflate: (bytes) => inflateRawSync(bytes) };
const own = (bytes: Uint8Array): Uint8Array => bytes.slice();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const BYE = bytesOf("BYE sip:a@b SIP/2.0\r\n\r\n");
/** No UTF-8 at all. */
const NOISE = new Uint8Array([0, 255, 128, 13, 10]);
const at = { transport: "udp", host: "192.0.2.2", port: 5060 };
const said = { guards: ["is ringing"], actions: ["send ringing"] };

const ENTRIES: readonly LiveEntry[] = [
  { kind: "step", at: 1.25, event: "xstate.init", after: { outgoing: "inviting" }, guards: [], actions: [] },
  { kind: "step", at: 2, event: "sip.invite.provisional", after: "ended", ...said },
  { kind: "step", at: 2, event: "sip.invite.provisional", after: "ended", guards: [], actions: said.actions },
  { kind: "step", at: 3, event: "sip.ack", after: null, guards: [], actions: [], refused: "it does not fit" },
  { kind: "effect", at: 4, effect: "sip.send.bye" },
  { kind: "sip", at: 5, out: true, ...at, bytes: BYE, again: [5.5, 6] },
  { kind: "xmpp", at: 6, out: false, stanza: "<iq from='jülïet@example.org/💃'/>" },
  { kind: "sip", at: 7, out: false, ...at, bytes: NOISE, again: undefined },
  { kind: "stream", at: 8, isUp: false },
  { kind: "relay", at: 9, sdp: "v=0" },
];

describe("what is packed", () => {
  test("says the same, entry by entry, deflated too", () => {
    const entries = ENTRIES.map(entryOf);
    expect(unpack(pack(ENTRIES, own), ZLIB)).toEqual(entries);
    expect(unpack(deflated(ENTRIES, ZLIB), ZLIB)).toEqual(entries);
  });

  test("has the times of today to the last digit, and they take few", () => {
    const times = Array.from({ length: 200 }, (_, n) => 1_764_551_234_567.123 + n * 7.77);
    const entries = times.map((time): LiveEntry => ({ kind: "effect", at: time, effect: "" }));
    const packed = pack(entries, own);
    expect(unpack(packed, ZLIB).map((entry) => entry.at)).toEqual(times);
    expect(packed.bytes.length).toBeLessThan(200 * "1,1764551234567.123,".length);
  });

  test("knows its SIP messages", () => {
    for (const packed of [pack(ENTRIES, own), deflated(ENTRIES, ZLIB)])
      expect([BYE, NOISE, bytesOf("BYE"), NOISE.slice(1)].map((bytes) => has(packed, bytes, ZLIB))).toEqual([
        true,
        true,
        false,
        false,
      ]);
  });

  test("may be much: a message of a megabyte, and then a small one", () => {
    const large: LiveEntry = { kind: "xmpp", at: 1, out: true, stanza: `<a>${"é".repeat(500_000)}</a>` };
    for (const entries of [[large], ENTRIES]) expect(unpack(pack(entries, own), ZLIB)).toEqual(entries.map(entryOf));
  });

  test("has no number for more kinds of steps than there can be, and says them all the same", () => {
    const many = Array.from(
      { length: 3_000 },
      (_, n): LiveEntry => ({ kind: "step", at: n, event: `event ${n}`, after: "ended", guards: [], actions: [] }),
    );
    expect(unpack(pack(many, own), ZLIB)).toEqual(many.map(entryOf));
    // and those that had one keep it
    expect(unpack(pack(many.slice(0, 10), own), ZLIB)).toEqual(many.slice(0, 10).map(entryOf));
  });
});

describe("a ring", () => {
  test("keeps bytes as they were until they are released, and uses their room again", () => {
    const ring = new Ring();
    const kept = Array.from({ length: 40 }, (_, n) => ring.keep(new Uint8Array(100_000).fill(n)));
    expect(kept.every(({ bytes }, n) => bytes.every((byte) => byte === n))).toBe(true);
    const buffers = new Set(kept.map(({ bytes }) => bytes.buffer));
    for (const each of kept.slice(0, 20)) ring.release(each);
    const later = Array.from({ length: 20 }, (_, n) => ring.keep(new Uint8Array(100_000).fill(100 + n)));
    for (const { bytes } of later) buffers.add(bytes.buffer);
    expect(buffers.size).toBe(4);
    expect(kept.slice(20).every(({ bytes }, n) => bytes.every((byte) => byte === 20 + n))).toBe(true);
    expect(later.every(({ bytes }, n) => bytes.every((byte) => byte === 100 + n))).toBe(true);
  });

  test("gives what is large bytes of its own", () => {
    const ring = new Ring();
    const { bytes } = ring.keep(new Uint8Array(2_000_000).fill(7));
    expect([bytes.length, bytes.buffer.byteLength, bytes.every((byte) => byte === 7)]).toEqual([
      2_000_000,
      2_000_000,
      true,
    ]);
  });
});
