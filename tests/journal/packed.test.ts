/** What is packed says the same again, deflated or not, and a ring keeps bytes until they are released, in room that is used again. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Entry, Fresh } from "../../journal/entries.ts";
import { type Compression, deflated, entriesOn, has, pack, unpack } from "../../journal/packed.ts";
import { Ring } from "../../journal/ring.ts";
import { Tape } from "../../journal/tape.ts";
import { Tapes } from "../../journal/tapes.ts";

const ZLIB: Compression = { deflate: (bytes) => deflateRawSync(bytes), inflate: (bytes) => inflateRawSync(bytes) };
const own = (bytes: Uint8Array) => ({ bytes: bytes.slice(), size: bytes.length });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const BYE = bytesOf("BYE sip:a@b SIP/2.0\r\n\r\n");
/** No UTF-8 at all. */
const NOISE = new Uint8Array([0, 255, 128, 13, 10]);
const at = { transport: "udp", host: "192.0.2.2", port: 5060 };
const said = { guards: ["is ringing"], actions: ["send ringing"] };

const ENTRIES: readonly Fresh[] = [
  { kind: "step", at: 1.25, event: "xstate.init", after: { outgoing: "inviting" }, guards: [], actions: [] },
  { kind: "step", at: 2, event: "sip.invite.provisional", after: "ended", ...said },
  { kind: "step", at: 2, event: "sip.invite.provisional", after: "ended", guards: [], actions: said.actions },
  { kind: "step", at: 3, event: "sip.ack", after: null, guards: [], actions: [], refused: "it does not fit" },
  { kind: "effect", at: 4, effect: "sip.send.bye" },
  { kind: "sip", at: 5, out: true, ...at, bytes: BYE },
  { kind: "xmpp", at: 6, out: false, stanza: "<iq from='jülïet@example.org/💃'/>" },
  { kind: "sip", at: 7, out: false, ...at, bytes: NOISE },
  { kind: "stream", at: 8, isUp: false },
  { kind: "relay", at: 9, sdp: "v=0" },
];

const onTape = (entries: readonly Fresh[], tape = new Tape()): Tape => {
  for (const entry of entries) tape.add(entry);
  return tape;
};

const NO_XMPP_ADDRESS = { transport: "", host: "", port: 0 };

/** An entry as it is read again. */
function read(entry: Fresh): Entry {
  if (entry.kind === "sip") return { ...entry, kind: "wire", wire: "sip", again: [] };
  if (entry.kind !== "xmpp") return entry;
  const { at, out, stanza } = entry;
  return { kind: "wire", at, wire: "xmpp", out, ...NO_XMPP_ADDRESS, bytes: bytesOf(stanza), again: [] };
}

const packedAndDeflated = (entries: readonly Fresh[]) => [pack(onTape(entries), own), deflated(onTape(entries), ZLIB)];

describe("what is written on a tape", () => {
  test("says the same, entry by entry, packed or deflated too", () => {
    const entries = ENTRIES.map(read);
    expect(entriesOn(onTape(ENTRIES), 0)).toEqual(entries);
    expect(entriesOn(onTape(ENTRIES), 5)).toEqual(entries.slice(5));
    for (const packed of packedAndDeflated(ENTRIES)) expect(unpack(packed, ZLIB)).toEqual(entries);
  });

  test("stays with those who have read it, when the tape is used again", () => {
    const tape = onTape(ENTRIES);
    const seen = entriesOn(tape, 0);
    const tapes = new Tapes();
    tapes.release(tape);
    const again = tapes.take();
    expect(again).toBe(tape);
    expect(entriesOn(onTape([...ENTRIES].reverse(), again), 0)).toEqual(ENTRIES.map(read).reverse());
    expect(seen).toEqual(ENTRIES.map(read));
  });

  test("is on one of 128 tapes that wait to be used again, if they are small; others give their memory back", () => {
    const tapes = new Tapes();
    const large = onTape([{ kind: "xmpp", at: 1, out: true, stanza: "x".repeat(70_000) }]);
    const all = [...Array.from({ length: 600 }, () => new Tape()), large];
    for (const tape of all) tapes.release(tape);
    const again = new Set(Array.from({ length: 600 }, () => tapes.take()));
    expect([all.filter((tape) => again.has(tape)).length, again.has(large)]).toEqual([128, false]);
    expect([all.filter(({ room }) => room === 0).length, large.room]).toEqual([473, 0]);
  });

  test("has the times of today to the last digit, and earlier ones than the first", () => {
    const times = Array.from({ length: 200 }, (_, n) => 1_764_551_234_567.123 + n * 7.77);
    times.push((times[0] ?? 0) - 0.5, (times[0] ?? 0) + 40 * 86_400_000);
    const tape = onTape(times.map((at): Fresh => ({ kind: "effect", at, effect: "" })));
    expect(entriesOn(tape, 0).map((entry) => entry.at)).toEqual(times);
  });

  test("knows its SIP messages", () => {
    for (const packed of packedAndDeflated(ENTRIES))
      expect([BYE, NOISE, bytesOf("BYE"), NOISE.slice(1)].map((bytes) => has(packed, bytes, ZLIB))).toEqual([
        true,
        true,
        false,
        false,
      ]);
  });

  test("has a SIP message once, and the last 20 times at which it came again", () => {
    const tape = onTape(ENTRIES);
    expect(tape.repeats(false, BYE, 6)).toBe(false);
    expect(tape.repeats(true, bytesOf("BYE"), 6)).toBe(false);
    for (let at = 10; at < 40; at++) expect(tape.repeats(true, BYE, at)).toBe(true);
    const times = Array.from({ length: 20 }, (_, n) => 20 + n);
    const bye = { ...read(ENTRIES[5] as Fresh), again: times };
    expect(entriesOn(tape, 5)[0]).toEqual(bye as Entry);
    expect(unpack(pack(tape, own), ZLIB)[5]).toEqual(bye as Entry);
    tape.remove(2);
    expect([tape.count, entriesOn(tape, 4)[0]]).toEqual([ENTRIES.length - 1, bye as Entry]);
    tape.remove(4);
    expect([tape.again, tape.repeats(true, BYE, 50)]).toEqual([[], false]);
  });

  test("may be much: a message of a megabyte, and then a small one", () => {
    const large: Fresh = { kind: "xmpp", at: 1, out: true, stanza: `<a>${"é".repeat(500_000)}</a>` };
    for (const entries of [[large], ENTRIES, [...ENTRIES, large, ...ENTRIES]])
      expect(unpack(pack(onTape(entries), own), ZLIB)).toEqual(entries.map(read));
  });

  test("has no number for more steps, effects and addresses than there can be, and says them all the same", () => {
    const many = (kind: "step" | "effect" | "sip") => Array.from({ length: 3_000 }, (_, n) => one(kind, n));
    const one = (kind: "step" | "effect" | "sip", at: number): Fresh => {
      if (kind === "effect") return { kind, at, effect: `effect ${at}` };
      if (kind === "step") return { kind, at, event: `event ${at}`, after: "ended", guards: [], actions: [] };
      return { kind, at, out: true, transport: "tcp", host: `2001:db8::${at}`, port: at, bytes: bytesOf(`\n${at}`) };
    };
    for (const kind of ["step", "effect", "sip"] as const) {
      const tape = onTape(many(kind));
      expect(entriesOn(tape, 0)).toEqual(many(kind).map(read));
      // and those that had one keep it
      expect(entriesOn(onTape(many(kind).slice(0, 10)), 0)).toEqual(many(kind).slice(0, 10).map(read));
      if (kind === "sip")
        expect(["\n2999", "2999", "\n0"].map((text) => tape.repeats(true, bytesOf(text), 1))).toEqual([
          true,
          false,
          true,
        ]);
    }
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
