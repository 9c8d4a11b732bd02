/**
 * npm run bench:load [-- --begins phone,user --times 1,2,4 --seconds 15 --capacity 500 --tree COMMIT]
 *
 * What becomes of calls when more come than can be done: so many times the capacity is offered, and counted is how many calls were
 * answered and have ended in the gateway's own records and at the XMPP side, how many were refused, and how many are left half 5 s later:
 * begun and not ended in the records, or a session at the XMPP side. Then half the capacity for 5 s: whole again, if nothing is refused.
 *
 * The capacity, unless it is said, is how many calls the process can do in a second of CPU time: as many are offered as it seems to be, until it is no more by
 * that. Where others take its core from it, what is left of the capacity is less: "of what was left". SIPp's own counts are not used: it takes a repeated 200 to its INVITE for the
 * answer to its BYE. About 5 minutes; `--tree` measures a commit.
 */
import { parseArgs } from "node:util";
import { pinSelf } from "./process.ts";
import { type Begins, Run } from "./run.ts";
import { Trees } from "./trees.ts";

const options = {
  begins: { type: "string", default: "phone,user" },
  times: { type: "string", default: "1,2,4" },
  seconds: { type: "string", default: "15" },
  warm: { type: "string", default: "3000" },
  capacity: { type: "string", default: "" },
  tree: { type: "string", default: "." },
} as const;
const { values } = parseArgs({ options });
const seconds = Number(values.seconds);

/** Calls a second, below the capacity of any machine. */
const EASY = 150;
/** How often the capacity is looked for, and what is no more than before. */
const MOST_TRIES = 4;
const MORE = 1.1;

interface Load {
  readonly offered: number;
  readonly well: number;
  readonly refused: number;
  readonly half: number;
  /** Microseconds of CPU a call that has ended well. */
  readonly cost: number;
  /** The part of the time in which others had the gateway's core although it could have run. */
  readonly starved: number;
  /** Calls that ended well, a second. */
  readonly each: number;
}

/** Offers so many calls a second, and looks 5 s after the last of them. */
async function offer(run: Run, name: string, rate: number, lasts: number): Promise<Load> {
  const [before, refused] = [run.tally, await run.refused()];
  const cpu = run.gateway.watchCpu();
  const [start, waited] = [performance.now(), run.gateway.starved()];
  const offered = await run.offer(Math.ceil(rate * lasts), name, rate);
  const starved = (run.gateway.starved() - waited) / (performance.now() - start);
  await Bun.sleep(5_000);
  const after = run.tally;
  const well = Math.min(after.well - before.well, after.over - before.over);
  const half = Math.max(after.begun - after.ended, run.sessions);
  const cost = cpu().all / Math.max(1, well);
  return { offered, well, refused: (await run.refused()) - refused, half, cost, starved, each: well / lasts };
}

const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;

function row(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

/** Offers more and more, until a call does not get cheaper by it any more; gives how many calls a second of CPU time can do. */
async function saturated(first: number, shown: (what: string, rate: number, lasts: number) => Promise<Load>) {
  let capacity = first;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const found = 1e6 / (await shown("saturated", capacity, seconds)).cost;
    if (found < capacity * MORE) return Math.max(found, capacity);
    capacity = found;
  }
  return capacity;
}

async function measure(begins: Begins, tree: string): Promise<void> {
  const run = new Run("small", begins, tree);
  await run.open();
  let phase = 0;
  const shown = async (what: string, rate: number, lasts: number, capacity = 0): Promise<Load> => {
    const load = await offer(run, `phase${++phase}`, rate, lasts);
    const { offered, well, refused, half, cost, starved, each } = load;
    const part = capacity === 0 ? "" : percent(each / (capacity * (1 - starved)));
    // what is not spent on calls, at what they cost at capacity, is spent on refusals
    const spent = capacity === 0 || refused === 0 ? "" : ((well * (cost - 1e6 / capacity)) / refused).toFixed(0);
    const memory = (run.gateway.memory() / 1024).toFixed(0);
    row([
      begins,
      what,
      rate.toFixed(0),
      offered,
      well,
      each.toFixed(0),
      part,
      refused,
      half,
      cost.toFixed(0),
      spent,
      percent(starved),
      memory,
    ]);
    return load;
  };
  await shown("cold", EASY, Number(values.warm) / EASY);
  const { cost } = await shown("warm", EASY, 10);
  const capacity = Number(values.capacity) || (await saturated(1e6 / cost, shown));
  for (const times of values.times.split(",").map(Number)) {
    await shown(`${times} times`, capacity * times, seconds, capacity);
    await shown("afterwards", EASY, 5);
  }
  await run.close();
}

pinSelf(1);
row([
  "who calls",
  "offered",
  "calls/s",
  "offered calls",
  "ended well",
  "a second",
  "of what was left",
  "refused",
  "left half",
  "µs CPU a call",
  "a refusal",
  "core taken",
  "MB",
]);
row(Array.from({ length: 13 }, () => "---"));
const trees = new Trees();
try {
  const tree = trees.of(values.tree);
  for (const begins of values.begins.split(",")) await measure(begins === "user" ? "user" : "phone", tree);
} finally {
  trees.remove();
}
process.exit(0);
