/** Kills at each commit point, some milliseconds before or after, by seed: each call ends exactly once on each side, or lives on both. */
import { expect, test } from "bun:test";
import { Rows } from "../../actors/store/memory.ts";
import { createChance } from "../../replay/chance.ts";
import { Town } from "../support/town.ts";

/** `KILLS=500` tries so many seeds. */
const SEEDS = Number(process.env.KILLS ?? 100);

// proves: O1, O3, O4
test.each(Array.from({ length: SEEDS }, (_, seed) => [seed] as const))("seed %d", async (seed) => {
  const chance = createChance(seed + 1);
  const saved = new Rows();
  const town = new Town(saved, seed);
  await town.open();
  // what happens in the life of the calls, at instants that a kill may hit
  for (let step = 0; step < 12; step++) {
    town.happens(chance);
    await town.pass(Math.floor(chance() * 8));
    if (chance() < 0.25) {
      town.kill();
      await town.pass(Math.floor(chance() * 1_500));
      await town.start();
    }
  }
  await town.settle();
  expect(town.halves, "calls that live on one side alone").toEqual([]);
  expect(town.twice, "what was said twice").toEqual([]);
  await town.hangUpAll();
  expect(town.left).toEqual([]);
});
