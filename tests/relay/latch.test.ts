/** Whose packets are the phone's: row by row, who sends when, and who is believed. */
import { describe, expect, test } from "bun:test";
import { Latch } from "../../relay/latch.ts";

const at = (place: string) => {
  const [host = "", port = ""] = place.split(":");
  return { host, port: Number(port) };
};

const [SAID, OTHER_PORT, STRANGER] = ["192.0.2.1:4000", "192.0.2.1:5000", "198.51.100.9:4000"] as const;

/** Who sends at which millisecond, and whether that is taken. */
type Row = readonly [string, number, boolean];

describe("the phone's address", () => {
  // proves: V15
  test.each<[string, Row[], string]>([
    ["is that of the SDP", [], SAID],
    ["is that of the SDP, from whatever port", [[OTHER_PORT, 0, true]], OTHER_PORT],
    [
      "is locked at the first packet",
      [
        [SAID, 0, true],
        [OTHER_PORT, 1, false],
        [STRANGER, 2, false],
      ],
      SAID,
    ],
    [
      "is not a stranger's that comes first",
      [
        [STRANGER, 0, false],
        [SAID, 20, true],
        [STRANGER, 2_000, false],
      ],
      SAID,
    ],
    [
      "is another where the SDP's stays silent for a second, as behind a NAT",
      [
        [STRANGER, 0, false],
        [STRANGER, 980, false],
        [STRANGER, 1_000, true],
        ["198.51.100.8:1", 1_020, false],
        ["198.51.100.8:1", 2_100, false],
      ],
      STRANGER,
    ],
    [
      "is that of the SDP again when the phone speaks at last, after a stranger who has sent while it rang",
      [
        [STRANGER, 0, false],
        [STRANGER, 1_000, true],
        [OTHER_PORT, 9_000, true],
        [STRANGER, 9_020, false],
        [SAID, 9_040, false],
      ],
      OTHER_PORT,
    ],
    [
      "is not that of strangers who take turns",
      [
        [STRANGER, 0, false],
        ["198.51.100.8:1", 900, false],
        [STRANGER, 1_000, false],
        [STRANGER, 1_900, false],
      ],
      SAID,
    ],
  ])("%s", (_, rows, peer) => {
    const latch = new Latch();
    latch.expect(at(SAID));
    for (const [from, when, isTaken] of rows)
      expect([from, when, latch.takes(at(from), when)]).toEqual([from, when, isTaken]);
    expect(latch.peer).toEqual(at(peer));
  });

  test("nobody's is taken before an SDP, or on hold by 0.0.0.0", () => {
    const latch = new Latch();
    for (const when of [0, 1_000, 2_000]) expect(latch.takes(at(STRANGER), when)).toBe(false);
    latch.expect(at(SAID));
    latch.expect(undefined);
    expect(latch.takes(at(SAID), 3_000)).toBe(false);
    expect(latch.peer).toBeUndefined();
  });

  test("the same SDP again changes nothing, another one begins anew", () => {
    const latch = new Latch();
    latch.expect(at(SAID));
    latch.takes(at(OTHER_PORT), 0);
    latch.expect(at(SAID));
    expect(latch.peer).toEqual(at(OTHER_PORT));
    latch.expect(at("192.0.2.7:6000"));
    expect(latch.takes(at(OTHER_PORT), 1)).toBe(false);
    expect(latch.peer).toEqual(at("192.0.2.7:6000"));
  });
});
