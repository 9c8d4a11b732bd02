/**
 * npm run bench:load [-- --begins phone,user --times 1,2,4 --seconds 15 --capacity 500 --tree COMMIT]
 *
 * Behaviour under overload: offers multiples of the capacity, and counts the calls answered and ended according to the
 * gateway's records and the XMPP side, the calls refused, and the calls left half 5 s later: begun and not ended in the records, or a
 * session at the XMPP side. Then half the capacity for 5 s: recovered if nothing is refused.
 *
 * The capacity, unless given, is the number of calls per second of CPU time: the rate is raised to the estimate until the estimate stops
 * growing. If other processes take CPU, the remaining part of the capacity is the reference: "of what was left". SIPp's own counts are
 * not used: it mistakes a repeated 200 to its INVITE for the response to its BYE. About 5 minutes; `--tree` measures a commit.
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

/** Calls per second, below the capacity of any machine. */
const EASY = 150;
/** Most steps of the search for the capacity, and the growth that counts as none. */
const MOST_TRIES = 4;
const MORE = 1.1;

interface Load {
  readonly offered: number;
  readonly well: number;
  readonly refused: number;
  readonly half: number;
  /** Microseconds of CPU per call that ended well. */
  readonly cost: number;
  /** The fraction of time in which the gateway could have run but other processes had its core. */
  readonly starved: number;
  /** Calls per second that ended well. */
  readonly each: number;
}

/** Offers a rate of calls, and counts 5 s after the last of them. */
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

/** Raises the rate until the cost of a call no longer falls; returns the calls per second of CPU time. */
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
  const run = new Run("small", begins, { tree });
  await run.open();
  let phase = 0;
  const shown = async (what: string, rate: number, lasts: number, capacity = 0): Promise<Load> => {
    const load = await offer(run, `phase${++phase}`, rate, lasts);
    const { offered, well, refused, half, cost, starved, each } = load;
    const part = capacity === 0 ? "" : percent(each / (capacity * (1 - starved)));
    // CPU not spent on calls, at their cost at capacity, was spent on refusals
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
