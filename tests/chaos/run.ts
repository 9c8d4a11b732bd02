/**
 * `npm run chaos -- [--minutes N] [--seed S]`: worlds of chaos, one seed after another, until the time is up. The first failure
 * is reported with its seed, which reproduces it.
 */
import { parseArgs } from "node:util";
import { World } from "./world.ts";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? (values.seed === undefined ? 10 : 0));
const end = Date.now() + minutes * 60_000;
let [calls, kills, worlds] = [0, 0, 0];

for (let seed = Number(values.seed ?? 1); worlds === 0 || Date.now() < end; seed++) {
  const world = new World(seed);
  const told = await world.run();
  if (told.faults.length > 0) {
    console.log(`${world.story.join("\n")}\n\n${told.faults.join("\n")}\nagain: npm run chaos -- --seed ${seed}`);
    process.exit(1);
  }
  worlds++;
  calls += told.calls;
  kills += told.kills;
}
console.log(`${worlds} worlds: ${calls} calls, ${kills} kills, nothing lost and nothing left`);
