/** The predecessor's vectors are all there and all run, and docs/predecessor.md tells every departure from them. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { predecessorVectors, type Vector } from "../../support/predecessor.ts";
import { CALL_DEVIATIONS, MEDIA_DEVIATIONS } from "./deviations.ts";

const FOLDERS: Readonly<Record<string, number>> = {
  "jingle-to-sdp": 8,
  "sdp-to-jingle": 7,
  "jingle-to-sip": 17,
  "sip-to-jingle": 24,
};
const all = Object.keys(FOLDERS).flatMap(predecessorVectors);
const deviations = [...MEDIA_DEVIATIONS, ...CALL_DEVIATIONS];
const names = (vectors: readonly Vector[]): string[] => vectors.map(({ name }) => name);

describe("the vectors", () => {
  test.each(Object.entries(FOLDERS))("%s are %d", (folder, count) => {
    expect(predecessorVectors(folder)).toHaveLength(count);
  });

  // proves: L1
  test("are 56, each of its own name, and each is to be kept", () => {
    expect(new Set(names(all)).size).toBe(56);
    expect(all.filter(({ mark }) => !/^keep(?:\/(?:quirk|bug|gap))?$/.test(mark))).toEqual([]);
  });

  test("that a departure names are there", () => {
    expect(deviations.flatMap(({ vectors }) => vectors).filter((name) => !names(all).includes(name))).toEqual([]);
  });

  test("with a defect in them have a departure each", () => {
    const departed = new Set(deviations.flatMap(({ vectors }) => vectors));
    const defective = all.filter(({ mark }) => mark !== "keep");
    expect(names(defective).filter((name) => !departed.has(name))).toEqual([]);
  });
});

describe("docs/predecessor.md", () => {
  const rows = readFileSync(join(import.meta.dir, "../../../docs/predecessor.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| Carillon"));

  test.each(deviations.map((deviation) => [deviation.what, deviation] as const))("tells: %s", (_, deviation) => {
    const { what, reason, vectors } = deviation;
    expect(rows).toContain(`| ${what} | ${reason} | ${vectors.join(", ")} |`);
  });

  test("tells no other", () => {
    expect(rows).toHaveLength(deviations.length);
  });
});
