/**
 * npm run bench:restart -- [TREE] [--calls 10000] [--size small] [--turns 3]
 *
 * The time until a killed gateway has its ports open again, by the number of saved calls. One call is made and held by real peers; its
 * row is copied many times, each copy with other ids. Prints the start without a row, the start with all of them, and the size of a
 * row.
 */
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { HERE } from "./process.ts";
import { Run } from "./run.ts";
import { least, median } from "./statistics.ts";

const options = {
  calls: { type: "string", default: "10000" },
  size: { type: "string", default: "small" },
  turns: { type: "string", default: "3" },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const calls = Number(values.calls);

/** Milliseconds until the next gateway's ports are open. */
async function started(run: Run): Promise<number> {
  const began = performance.now();
  await run.start();
  const took = performance.now() - began;
  await run.gateway.close();
  return took;
}

/** Copies one row many times, with unique ids; returns its size. */
function multiply(store: string): number {
  const database = new DatabaseSync(store);
  const row = database.prepare("SELECT id, text FROM saved").get() as { id: string; text: string };
  const { dialog, side } = JSON.parse(row.text) as { dialog: { callId: string }; side: { sid: string } };
  const insert = database.prepare("INSERT INTO saved (seat, id, revision, text) VALUES ('', ?, 1, ?)");
  database.exec("BEGIN");
  for (let call = 1; call < calls; call++) {
    const named = (name: string): string => `${name}${call}`;
    const names = [row.id, dialog.callId, side.sid];
    const text = names.reduce((sum, name) => sum.replaceAll(name, named(name)), row.text);
    insert.run(named(row.id), text);
  }
  database.exec("COMMIT");
  database.close();
  return row.text.length;
}

const run = new Run(values.size === "browser" ? "browser" : "small", "user", {
  tree: positionals[0] ?? HERE,
  stores: true,
});
await run.open();
if ((await run.hold(1, "held", 1)) !== 1) throw new Error("the call was not answered");
// it is saved once more, a second after its answer
await Bun.sleep(2_000);
await run.gateway.close();
const one: number[] = [];
for (let turn = 0; turn < Number(values.turns); turn++) one.push(await started(run));
const bytes = multiply(run.store);
if (process.env.KEEP) (await import("node:fs")).copyFileSync(run.store, process.env.KEEP);
const all: number[] = [];
for (let turn = 0; turn < Number(values.turns); turn++) all.push(await started(run));
const told = (took: readonly number[]): string => `${Math.round(least(took))} (${Math.round(median(took))})`;
console.log(`ports open after ${told(one)} ms with 1 call saved, ${told(all)} ms with ${calls} of ${bytes} bytes`);
await run.close();
process.exit(0);
