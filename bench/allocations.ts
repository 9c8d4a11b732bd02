/**
 * npm run bench:allocations [-- --calls 1000 --warm 3000 --journal 64 --size small --top 60 --held 2000]
 *
 * What a call allocates, measured on a gateway in memory (in-memory.ts), so that the figures are the same on a busy machine. Bun counts objects
 * by type, those that an ended call retains for 32 s (64*T1), and those of a held call, with its bytes of heap. `node bench/allocations.ts` (Node 22.18 or newer) prints kB by function, including
 * collected objects; allocations by the engine or a library count for our function that called it. README.md has the latest figures.
 */
import { Session } from "node:inspector/promises";
import { parseArgs } from "node:util";
import { CallsInMemory } from "./in-memory.ts";
import { BROWSER, SMALL } from "./sessions.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "1000" },
    warm: { type: "string", default: "3000" },
    journal: { type: "string", default: "64" },
    size: { type: "string", default: "small" },
    top: { type: "string", default: "60" },
    held: { type: "string", default: "2000" },
  },
});
const bench = new CallsInMemory(values.size === "browser" ? BROWSER : SMALL);
const ROOT = new URL("..", import.meta.url).href;
/** So few that nothing is collected meanwhile. */
const UNCOLLECTED = 40;
const WORDS: readonly (readonly [type: string, word: string])[] = [
  ["string", "texts"],
  ["Array", "lists"],
  ["Object", "plain objects"],
  ["Function", "functions"],
  ["JSLexicalEnvironment", "scopes"],
];

/** The objects that are more than before, in each of so many calls. */
type Counts = Readonly<Record<string, number>>;
const cellsOf = (before: Counts, after: Counts, calls: number): string =>
  WORDS.map(([type]) => (((after[type] ?? 0) - (before[type] ?? 0)) / calls).toFixed(calls > 100 ? 1 : 0)).join(" | ");

async function countObjects(): Promise<void> {
  const { heapStats } = await import("bun:jsc");
  const counts = (): Counts => heapStats().objectTypeCounts;
  Bun.gc(true);
  const before = counts();
  await bench.calls(UNCOLLECTED);
  console.log(`| | ${WORDS.map(([, word]) => word).join(" | ")} |\n|---|${"---|".repeat(WORDS.length)}`);
  console.log(`| a call | ${cellsOf(before, counts(), UNCOLLECTED)} |`);
  Bun.gc(true);
  const rest = counts();
  await bench.calls(Number(values.calls));
  Bun.gc(true);
  console.log(`| left of it for a while | ${cellsOf(rest, counts(), Number(values.calls))} |`);
  await countHeld();
}

/** Objects of calls that are held and have had nothing to do for a minute, when those that ended before have been released. */
async function countHeld(): Promise<void> {
  const { heapStats } = await import("bun:jsc");
  const heap = () => {
    Bun.gc(true);
    return heapStats();
  };
  await bench.wait(60);
  const before = heap();
  await bench.hold(Number(values.held));
  await bench.wait(60);
  const after = heap();
  const size = (after.heapSize - before.heapSize) / Number(values.held) / 1_000;
  console.log(`| held | ${cellsOf(before.objectTypeCounts, after.objectTypeCounts, Number(values.held))} |`);
  console.log(`\nA held call: ${size.toFixed(1)} kB of heap, and of objects`);
  const more = Object.entries(after.objectTypeCounts).map(([type, count]) => {
    return [type, (count - (before.objectTypeCounts[type] ?? 0)) / Number(values.held)] as const;
  });
  for (const [type, count] of more.sort(([, one], [, other]) => other - one))
    if (count >= 0.5) console.log(`${count.toFixed(1).padStart(6)} ${type}`);
}

/** A function, and what was allocated in it and in what it called. */
interface Frame {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly selfSize: number;
  readonly children: readonly Frame[];
}

/** Adds what a function has allocated to the nearest function of ours. */
function add({ callFrame, selfSize, children }: Frame, caller: string, sizes: Map<string, number>): void {
  const { functionName, url, lineNumber } = callFrame;
  const isOurs = url.startsWith(ROOT) && !url.includes("node_modules");
  const at = isOurs ? `${functionName} ${url.slice(ROOT.length)}:${lineNumber + 1}` : caller;
  sizes.set(at, (sizes.get(at) ?? 0) + selfSize);
  for (const child of children) add(child, at, sizes);
}

async function weighFunctions(): Promise<void> {
  const session = new Session();
  session.connect();
  const collected = { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  await session.post("HeapProfiler.startSampling", { samplingInterval: 512, ...collected });
  await bench.calls(Number(values.calls));
  const { profile } = await session.post("HeapProfiler.stopSampling");
  const sizes = new Map<string, number>();
  add(profile.head as Frame, "(outside)", sizes);
  const kB = (bytes: number): string => (bytes / Number(values.calls) / 1_000).toFixed(2);
  const rows = [...sizes].sort(([, one], [, other]) => other - one);
  const ours = rows.filter(([name]) => !name.includes("bench/") && name !== "(outside)");
  console.log(`${kB(ours.reduce((sum, [, size]) => sum + size, 0))} kB a call`);
  for (const [name, size] of ours.slice(0, Number(values.top))) console.log(`${kB(size).padStart(6)} ${name}`);
}

await bench.start(Number(values.journal));
await bench.calls(Number(values.warm));
await ("Bun" in globalThis ? countObjects() : weighFunctions());
process.exit(0);
