/** Every state and transition of the call's chart is covered by a play, or has a documented reason (npm run coverage:charts). */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNWALKED } from "../../docs/unwalked.ts";
import { call } from "../../machines/call/call.ts";
import { keyOf, leavesOf, unwalked, type Walked, writeCoverage } from "../../web/coverage.ts";
import { writeCoverageSvg } from "../../web/coverage-svg.ts";
import { layoutOf } from "../../web/layout/layout.ts";
import { stepsOf } from "../../web/steps.ts";

const read = (name: string): string => readFileSync(join(import.meta.dir, "../../docs/charts", name), "utf8");
const walked = JSON.parse(read("coverage.json")) as Walked;
const all = [...leavesOf(call), ...stepsOf(call).map(keyOf)];

describe("what plays walk of the call's chart", () => {
  test("is all of it, but for what has a reason: write a play, then npm run coverage:charts", () => {
    expect(unwalked(call, walked).filter((name) => !(name in UNWALKED))).toEqual([]);
  });

  test("has no reason for what is walked, or for what the chart does not have", () => {
    const never = unwalked(call, walked);
    expect(Object.keys(UNWALKED).filter((name) => !never.includes(name))).toEqual([]);
  });

  test("is of the chart as it is", () => {
    expect([...Object.keys(walked.states), ...Object.keys(walked.ways)].filter((name) => !all.includes(name))).toEqual(
      [],
    );
  });

  test("is drawn from what was recorded", () => {
    expect(read("coverage.md")).toBe(writeCoverage(call, walked, UNWALKED));
    expect(read("coverage.svg")).toBe(writeCoverageSvg(layoutOf(call), "What plays walk of a call", walked));
  });
});
