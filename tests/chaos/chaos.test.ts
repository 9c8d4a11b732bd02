/** A few worlds of chaos (world.ts); `npm run chaos` runs as many as wanted. */
import { expect, test } from "bun:test";
import { World } from "./world.ts";

// proves: O7
test.each([1, 2, 3, 4, 5, 29, 31, 5117])("nothing is lost and nothing is left, by seed %p", async (seed) => {
  const world = new World(seed);
  const { calls, kills, faults } = await world.run();
  expect([calls > 50, kills > 5, ...faults]).toEqual([true, true]);
});
