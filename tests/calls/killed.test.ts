/** Kills at each commit point, some milliseconds before or after, by seed: each call ends exactly once on each side, or lives on both. */
import { expect, test } from "bun:test";
import { Rows } from "../../actors/store/memory.ts";
import { createChance } from "../../replay/chance.ts";
import { Town } from "../support/town.ts";

/** `KILLS` is how many seeds are tried: 500 in .ci/run. */
const SEEDS = Number(process.env.KILLS ?? 100);
/** Datagrams that are lost, in each second world. */
const LOSS = 0.1;
/** Milliseconds that a write to the store takes, in each third world. */
const SLOW = 4;
/** So near to a commit point it is killed, in milliseconds. */
const NEAR = 5;

/** What happens in the life of calls by a seed, and, where that is said, a kill; gives the town. */
async function lived(seed: number, killedAt = Number.POSITIVE_INFINITY): Promise<Town> {
  const chance = createChance(seed + 1);
  const town = new Town(new Rows(), seed, seed % 2 === 0 ? 0 : LOSS, seed % 3 === 0 ? SLOW : 0);
  await town.open();
  let isKilled = false;
  for (let step = 0; step < 30; step++) {
    town.happens(chance);
    const pause = chance() * 12;
    const left = killedAt - town.clock.now();
    if (isKilled || left > pause) {
      await town.pass(pause);
      continue;
    }
    isKilled = true;
    await town.pass(Math.max(0, left));
    town.kill();
    await town.pass(chance() * 1_500);
    await town.start();
  }
  return town;
}

/** What is wrong with a town, once everybody has come to rest, and once all have hung up. */
async function wrongWith(town: Town): Promise<string[]> {
  await town.settle();
  const { halves } = town;
  await town.hangUpAll();
  return [...halves, ...town.twice, ...town.left.map((left) => `${left} is left`)];
}

// proves: O1, O3, O4
test("a kill within 5 ms of each commit point: each call ends once on each side, or lives on both", async () => {
  const wrong: string[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const { commits } = await lived(seed);
    const chance = createChance(seed + 1_000_000);
    const commit = commits[Math.floor(chance() * commits.length)];
    if (commit === undefined) continue;
    const found = await wrongWith(await lived(seed, commit + (2 * chance() - 1) * NEAR));
    wrong.push(...found.map((each) => `seed ${seed}: ${each}`));
  }
  expect(wrong).toEqual([]);
}, 240_000);
