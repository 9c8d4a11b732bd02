/**
 * npm run soak [-- --held 10000 --turned-over 200000 --runs 3 --rate 400 --ceiling 1400]
 *
 * A long run: calls are held while many more are made and hung up, and RSS, heap and descriptors are recorded after each
 * twentieth. A run fails if RSS ever exceeded the ceiling (MB), if it ends with more descriptors than it began, if more than one
 * call in a hundred was not answered, or if one is left half: begun and not ended in the gateway's records, or a session at the XMPP
 * side. Each run is a fresh process, on a core of its own; users begin the calls, SIPp answers. About 12 minutes per run.
 *
 * A small one takes half a minute: `npm run soak -- --held 200 --turned-over 1000 --runs 1 --settle 1` (tests/peers/soak.test.ts).
 */
import { parseArgs } from "node:util";
import { pinSelf } from "./process.ts";
import { Run } from "./run.ts";
import { percentile } from "./statistics.ts";

const options = {
  held: { type: "string", default: "10000" },
  "turned-over": { type: "string", default: "200000" },
  runs: { type: "string", default: "3" },
  /** Calls per second; held ones begin at half of that. */
  rate: { type: "string", default: "400" },
  /** Seconds until nothing of an ended call remains: more than 64*T1. */
  settle: { type: "string", default: "40" },
  /** Upper limit of RSS in MB. */
  ceiling: { type: "string", default: "1400" },
} as const;
const { values } = parseArgs({ options });
const [held, turnedOver, rate, ceiling] = [values.held, values["turned-over"], values.rate, values.ceiling].map(
  Number,
) as [number, number, number, number];

const PARTS = Math.min(20, Math.ceil(turnedOver / 500));
/** Most calls that wait for their answer at once: this is no overload test. */
const MOST = 200;

/** Milliseconds after which a half call stays half: 64*T1, and time for a BYE. */
const LONGEST = 70_000;
/** SIPp gives up calls when it is short of CPU: at most one in this many. */
const GIVEN_UP = 100;
const settle = (): Promise<void> => Bun.sleep(1_000 * Number(values.settle));

function row(...cells: (string | number)[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

/** Records the figures after each part. */
async function look(run: Run, name: string, part: string, took: readonly number[], cost: number): Promise<void> {
  const { gateway } = run;
  const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
  row(
    ...[name, part, megabytes(gateway.memory() * 1_024), megabytes(await run.heap()), gateway.descriptors()],
    ...[cost.toFixed(0), percentile(took, 0.5).toFixed(1), percentile(took, 0.99).toFixed(1), run.sessions],
  );
}

/** The number of half calls, after pending ones had time to end. */
async function leftHalf(run: Run): Promise<number> {
  const half = (): number => Math.max(run.tally.begun - run.tally.ended, run.sessions);
  for (const start = performance.now(); half() > 0 && performance.now() - start < LONGEST; ) await Bun.sleep(100);
  return half();
}

/** One run; returns its failures. */
async function soak(name: string): Promise<string[]> {
  const run = new Run("small", "user");
  await run.open();
  await run.make(Math.min(500, turnedOver), "warm", rate / 2, MOST);
  await look(run, name, "warmed up", [], 0);
  const descriptors = run.gateway.descriptors();
  const holds = await run.hold(held, "held", rate / 2, MOST);
  await look(run, name, "held", [], 0);
  let answered = 0;
  for (let part = 1; part <= PARTS; part++) {
    const cpu = run.gateway.watchCpu();
    const many = Math.round(turnedOver / PARTS);
    const took = await run.make(many, `part${part}`, rate, MOST);
    answered += took.length;
    await look(run, name, `${part * many} turned over`, took, cpu().all / many);
  }
  await settle();
  await look(run, name, "settled", [], 0);
  await run.release(rate);
  await settle();
  await look(run, name, "all ended", [], 0);
  const half = await leftHalf(run);
  const [peak, open] = [run.gateway.peak() / 1_024, run.gateway.descriptors()];
  await run.close();
  const wanted = PARTS * Math.round(turnedOver / PARTS);
  return [
    ...unanswered("held ", held, holds),
    ...unanswered("", wanted, answered),
    ...(half > 0 ? [`${half} calls are left half`] : []),
    ...(peak > ceiling ? [`RSS was ${peak.toFixed(0)} MB, above the ceiling of ${ceiling}`] : []),
    ...(open > descriptors ? [`${open} descriptors, where there were ${descriptors}`] : []),
  ];
}

function unanswered(kind: string, wanted: number, answered: number): string[] {
  const lacking = wanted - answered;
  return lacking > wanted / GIVEN_UP ? [`${lacking} of ${wanted} ${kind}calls were not answered`] : [];
}

pinSelf(1);
row("run", "after", "MB of RSS", "MB of heap", "descriptors", "µs CPU a call", "p50 ms", "p99 ms", "sessions");
row(...Array.from({ length: 9 }, () => "---"));
const wrong: string[] = [];
for (let at = 1; at <= Number(values.runs); at++)
  for (const fault of await soak(`${at}`)) wrong.push(`run ${at}: ${fault}`);
console.log(wrong.length === 0 ? `\nAll ${values.runs} runs are well.` : `\n${wrong.join("\n")}`);
process.exit(wrong.length === 0 ? 0 : 1);
