/**
 * A contender of turns.ts: makes calls in memory with the gateway of its tree, for each line that it reads, and writes what they took.
 *
 * It is copied into the trees of other commits, so it uses only what these have: in-memory.ts and sessions.ts.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { CallsInMemory } from "./in-memory.ts";
import { BROWSER, SMALL } from "./sessions.ts";

const [size, journal, warm, calls] = process.argv.slice(2);
const count = Number(calls);

/** µs of CPU of the main thread, by the scheduler, and of all. */
function cpu(): readonly number[] {
  const { user, system } = process.cpuUsage();
  return [Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ", 1)[0]) / 1_000, user + system];
}

const bench = new CallsInMemory(size === "browser" ? BROWSER : SMALL);
await bench.start(Number(journal));
await bench.calls(Number(warm));
console.log("[0,0]");
for await (const _ of createInterface(process.stdin)) {
  const before = cpu();
  await bench.calls(count);
  console.log(JSON.stringify(cpu().map((time, at) => (time - (before[at] ?? 0)) / count)));
}
