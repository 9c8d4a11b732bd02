/** When a disk is too slow to be waited for. */
import { expect, test } from "bun:test";
import { Pace } from "../../../actors/store/pace.ts";

test("a disk is slow for a second after each slow write", () => {
  const pace = new Pace(20);
  pace.took(0, 19.9);
  expect(pace.isSlow(20)).toBe(false);
  pace.took(100, 120);
  expect([pace.isSlow(121), pace.isSlow(1_119), pace.isSlow(1_120)]).toEqual([true, true, false]);
  pace.took(1_000, 1_030);
  expect([pace.isSlow(2_029), pace.isSlow(2_030)]).toEqual([true, false]);
});
