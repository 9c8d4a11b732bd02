/** Keys in SDP: which line is taken, and what we write. */
import { describe, expect, test } from "bun:test";
import type { Crypto } from "../../protocol/media/media.ts";
import { ALL_SUITES, masterOf, readKeys, writeKeys } from "../../relay/sdes.ts";

const SECRET = Buffer.alloc(30, 5);
const INLINE = `inline:${SECRET.toString("base64")}`;
const crypto = (tag: number, suite: string, keyParams = INLINE): Crypto => ({ tag, suite, keyParams });
const [LONG = "", SHORT = ""] = ALL_SUITES;

describe("keys in SDP", () => {
  // proves: V17
  test.each<[string, Crypto[], number | undefined]>([
    ["the first of ours", [crypto(1, "AEAD_AES_256_GCM"), crypto(2, SHORT), crypto(3, LONG)], 2],
    ["one with a lifetime", [crypto(4, LONG, `${INLINE}|2^31`)], 4],
    ["none with an MKI", [crypto(1, LONG, `${INLINE}|2^20|1:4`)], undefined],
    ["none with two keys", [crypto(1, LONG, `${INLINE};${INLINE}`)], undefined],
    ["none that is too short", [crypto(1, LONG, "inline:AAAA")], undefined],
    ["none of no suite", [crypto(1, "toString"), crypto(2, "NULL_HMAC_SHA1_80")], undefined],
  ])("%s", (_, lines, tag) => {
    expect(readKeys(lines)?.tag).toBe(tag);
  });

  test("what we write can be read, under each suite", () => {
    const written = writeKeys(SECRET, ALL_SUITES);
    expect(written.map(({ tag, suite }) => [tag, suite])).toEqual([
      [1, "AES_CM_128_HMAC_SHA1_80"],
      [2, "AES_CM_128_HMAC_SHA1_32"],
    ]);
    for (const each of written) expect(readKeys([each])?.master).toEqual(masterOf(SECRET, each.suite));
    expect(masterOf(SECRET, SHORT).tag).toBe(4);
  });
});
