/**
 * npm run bench:compare -- A [B] [--noise] [--journal 0,64] [--store] [--turns 3] [--only small,held] [--begins user]
 *
 * Two commits side by side (`.` is the working tree): A B A B …, each time in a fresh process, under the load of this
 * tree's driver. CPU per call by thread and time to be answered, separately for the first calls of a process (cold) and after
 * warming up (steady); and RSS per held call. Prints the minimum of the turns, followed by the median; turns with unanswered
 * calls are discarded: the machine was overloaded.
 *
 * `--journal 0,64` measures A (or each) without and with its journal: the cost of recording.
 * `--store` measures A (or each) without and with a store of calls. `--noise` measures A twice in each turn, so that the table shows the
 * difference between equal trees. Shared machines vary by a third from one minute to the next: CPU time is more reliable than elapsed
 * time, the minimum more than the median.
 * About 12 minutes; five with `--turns 2 --warm 2000 --calls 2000 --settle 35`.
 */
import { parseArgs } from "node:util";
import { type Cpu, pinSelf } from "./process.ts";
import { type Begins, Run, type Size } from "./run.ts";
import { least, median, percentile } from "./statistics.ts";
import { Trees } from "./trees.ts";

const options = {
  turns: { type: "string", default: "3" },
  /** Small calls; for browser-size ones half of it. */
  cold: { type: "string", default: "1000" },
  warm: { type: "string", default: "4000" },
  calls: { type: "string", default: "4000" },
  held: { type: "string", default: "6000" },
  /** Seconds for held calls to settle: more than 64*T1. */
  settle: { type: "string", default: "40" },
  /** Calls per second. */
  small: { type: "string", default: "400" },
  browser: { type: "string", default: "150" },
  only: { type: "string", default: "small,browser,held" },
  begins: { type: "string", default: "user" },
  noise: { type: "boolean", default: false },
  store: { type: "boolean", default: false },
  journal: { type: "string", default: "" },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const begins: Begins = values.begins === "phone" ? "phone" : "user";
const count = (name: "turns" | "cold" | "warm" | "calls" | "held" | "settle" | Size): number => Number(values[name]);

/** Figures by row name. */
type Figures = Record<string, number>;

/** Turns with unanswered calls are discarded: they measured overload, not cost. */
const UNANSWERED = "calls without an answer";
const isWhole = (figures: Figures): boolean =>
  Object.entries(figures).every(([row, figure]) => figure === 0 || !row.endsWith(UNANSWERED));

/** A tree under test, and its figures for each turn. */
interface Contender {
  readonly name: string;
  readonly tree: string;
  /** Budget of its journal in MB, if set. */
  readonly journal: number | undefined;
  /** Whether it stores calls. */
  readonly stores: boolean;
  readonly found: Map<string, Figures[]>;
}

async function calls({ tree, journal, stores }: Contender, size: Size): Promise<Figures> {
  const part = size === "small" ? 1 : 0.5;
  const run = new Run(size, begins, tree, journal, stores);
  await run.open();
  const measured = async (phase: string, many: number): Promise<Figures> => {
    const cpu = run.gateway.watchCpu();
    const took = await run.make(many, phase, count(size));
    return rowsOf(phase, many, cpu(), took);
  };
  const cold = await measured("cold", count("cold") * part);
  await run.make(count("warm") * part, "warm", count(size));
  const steady = await measured("steady", count("calls") * part);
  await run.close();
  return { ...cold, ...steady };
}

function rowsOf(phase: string, many: number, cpu: Cpu, took: readonly number[]): Figures {
  return {
    [`${phase}: CPU, µs a call`]: cpu.all / many,
    [`${phase}: main thread`]: cpu.main / many,
    [`${phase}: of it in the kernel`]: cpu.kernel / many,
    [`${phase}: compiler's threads`]: cpu.compiler / many,
    [`${phase}: memory's threads`]: cpu.memory / many,
    [`${phase}: other threads`]: cpu.others / many,
    [`${phase}: answered after, p50 ms`]: percentile(took, 0.5),
    [`${phase}: answered after, p99 ms`]: percentile(took, 0.99),
    [`${phase}: ${UNANSWERED}`]: many - took.length,
  };
}

/** Memory of a process that has made and ended some calls, and then holds many; without forced garbage collection. */
async function held({ tree, journal, stores }: Contender): Promise<Figures> {
  const run = new Run("small", "user", tree, journal, stores);
  await run.open();
  await run.make(500, "warm", count("small"));
  await Bun.sleep(count("settle") * 1_000);
  const before = run.gateway.memory();
  const many = await run.hold(count("held"), "held", count("small"));
  await Bun.sleep(count("settle") * 1_000);
  const after = run.gateway.memory();
  await run.close();
  return { "kB of RSS a held call": (after - before) / many, [UNANSWERED]: count("held") - many };
}

const loads = {
  small: (contender: Contender) => calls(contender, "small"),
  browser: (contender: Contender) => calls(contender, "browser"),
  held,
};

/** Ratios are relative to the first contender. */
function table(load: string, contenders: readonly Contender[]): string {
  const columns = contenders.map(({ found }) => (found.get(load) ?? []).filter(isWhole));
  const names = Object.keys(columns.flat()[0] ?? {}).filter((row) => !row.endsWith(UNANSWERED));
  const rows = names.map((row) => {
    const figures = columns.map((turns) => turns.map((turn) => turn[row] ?? 0));
    const ratio = (of: (figures: readonly number[]) => number, mine: readonly number[]) =>
      of(figures[0] ?? []) === 0 ? "–" : (of(mine) / of(figures[0] ?? [])).toFixed(2);
    const cells = figures.map((mine) => `${short(least(mine))} (${short(median(mine))})`);
    const ratios = figures.slice(1).map((mine) => `${ratio(least, mine)} (${ratio(median, mine)})`);
    return `| ${[row, ...cells, ...ratios].join(" | ")} |`;
  });
  const whole = contenders.map(({ name }, index) => `${name} (${columns[index]?.length} of ${values.turns})`);
  const head = [load, ...whole, ...contenders.slice(1).map(({ name }) => `${name} / ${contenders[0]?.name}`)];
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows].join("\n");
}

const short = (figure: number): string => (figure < 100 ? figure.toFixed(1) : figure.toFixed(0));

async function main(): Promise<void> {
  const [a, b] = positionals;
  const journals = values.journal === "" ? [undefined] : values.journal.split(",").map(Number);
  if (a === undefined || (b === undefined && !values.noise && !values.store && journals.length === 1))
    throw new Error("which two commits? (or one, and --noise, --store or --journal)");
  const wanted = values.only.split(",").filter((word): word is keyof typeof loads => word in loads);
  const trees = new Trees();
  try {
    pinSelf(1);
    const contender = (commit: string, name = commit): Contender[] =>
      journals.flatMap((journal) =>
        (values.store ? [false, true] : [false]).map((stores) => ({
          name: `${name}${journal === undefined ? "" : `, journal ${journal}`}${stores ? ", with a store" : ""}`,
          tree: trees.of(commit),
          journal,
          stores,
          found: new Map(),
        })),
      );
    const contenders = contender(a);
    if (values.noise) contenders.push(...contender(a, `${a} again`));
    if (b !== undefined) contenders.push(...contender(b));
    for (const load of wanted) {
      for (let turn = 1; turn <= count("turns"); turn++)
        for (const each of contenders) {
          console.error(`${load}: turn ${turn} of ${values.turns}: ${each.name}`);
          each.found.set(load, [...(each.found.get(load) ?? []), await loads[load](each)]);
        }
      console.log(`\nLeast (median) of the turns in which every call was answered:\n\n${table(load, contenders)}`);
    }
  } finally {
    trees.remove();
  }
}

await main();
process.exit(0);
