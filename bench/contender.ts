/**
 * A contender of a comparison: a tree with its options, the gateway that runs from it, and its figures.
 *
 * Runs are in rounds: all gateways live at once, and in each round every one makes the same calls in its turn, so that they
 * share the minute, the machine's other load, and the age of their compiled code.
 */
import type { Cpu } from "./process.ts";
import { type Begins, Run, type Size } from "./run.ts";
import { percentile } from "./statistics.ts";

/** Figures by row name. */
export type Figures = Record<string, number>;

export interface Contender {
  readonly name: string;
  readonly tree: string;
  /** Budget of its journal in MB, if set. */
  readonly journal: number | undefined;
  /** Whether it stores calls. */
  readonly stores: boolean;
  /** Added to the environment of its process. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Figures of one contender: of its first calls, and of each round after warming up. */
export interface Found {
  cold: Figures | undefined;
  /** By round; undefined if a call was not answered: such a round measures overload. */
  readonly steady: (Figures | undefined)[];
}

export interface Load {
  readonly size: Size;
  readonly begins: Begins;
  /** Calls per second. */
  readonly rate: number;
  readonly cold: number;
  /** Calls in a round. */
  readonly calls: number;
  /** Rounds for warming up, and rounds that count. */
  readonly warm: number;
  readonly rounds: number;
}

/** Makes the calls of a load by all contenders, in rounds; the order changes from round to round. */
export async function inRounds(contenders: readonly Contender[], load: Load): Promise<Found[]> {
  const live = await Promise.all(contenders.map((contender) => opened(contender, load)));
  for (const each of live) each.found.cold = await made(each.run, load.cold, load.rate, "cold");
  for (let round = 0; round < load.warm + load.rounds; round++) {
    const isCounted = round >= load.warm;
    for (const { run, found } of round % 2 === 0 ? live : live.toReversed()) {
      const figures = await made(run, load.calls, load.rate, `round${round}`);
      if (isCounted) found.steady.push(figures);
    }
    console.error(`${load.size}: round ${round + 1} of ${load.warm + load.rounds}${isCounted ? "" : ", warming up"}`);
  }
  for (const { run } of live) await run.close();
  return live.map(({ found }) => found);
}

async function opened({ tree, journal, stores, environment }: Contender, { size, begins }: Load) {
  const run = new Run(size, begins, { tree, journal, stores, environment });
  await run.open();
  const found: Found = { cold: undefined, steady: [] };
  return { run, found };
}

/** The figures of some calls; undefined if one was not answered. */
async function made(run: Run, many: number, rate: number, name: string): Promise<Figures | undefined> {
  const cpu = run.gateway.watchCpu();
  const took = await run.make(many, name, rate);
  return took.length < many ? undefined : figuresOf(many, cpu(), took);
}

const figuresOf = (many: number, cpu: Cpu, took: readonly number[]): Figures => ({
  "CPU, µs a call": cpu.all / many,
  "main thread": cpu.main / many,
  "of it in the kernel": cpu.kernel / many,
  "compiler's threads": cpu.compiler / many,
  "memory's threads": cpu.memory / many,
  "other threads": cpu.others / many,
  "answered after, p50 ms": percentile(took, 0.5),
  "answered after, p99 ms": percentile(took, 0.99),
});
