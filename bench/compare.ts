/**
 * npm run bench:compare -- A [B] [--noise] [--journal 0,64] [--store] [--only small,browser,held] [--begins user]
 *
 * Commits side by side (`.` is the working tree), under the load of this tree's driver: CPU per call by thread and time to be
 * answered, separately for the first calls of a process (cold) and after warming up (steady); and RSS per held call. Prints the
 * minimum of the rounds, followed by the median; a ratio is the median of the ratios within each round (contender.ts).
 *
 * `--journal 0,64` measures A (or each) without and with its journal: the cost of recording. `--store` measures A (or each) without
 * and with a store of calls. `--env NAME=value` measures A (or each) without and with this in its environment. `--noise` measures A
 * twice, so that the table shows the difference between equal trees. Shared machines vary by a third from one minute to the next:
 * CPU time is more reliable than elapsed time, a ratio more than its parts.
 * The compiler ends after some 18,000 calls; JavaScriptCore discards the code of a process that rests for a minute, so the contenders warm up
 * in turns, too. Two contenders: small calls 3 minutes, browser-size 6, held 2.
 */
import { parseArgs } from "node:util";
import { type Contender, type Found, inRounds } from "./contender.ts";
import { pinSelf } from "./process.ts";
import { type Begins, Run, type Size } from "./run.ts";
import { least, median } from "./statistics.ts";
import { Trees } from "./trees.ts";

const options = {
  /** Small calls; for browser-size ones half of it. */
  cold: { type: "string", default: "1000" },
  /** Calls in a round; for browser-size ones half of it. */
  calls: { type: "string", default: "2000" },
  /** Rounds for warming up, and rounds that count. */
  warm: { type: "string", default: "8" },
  rounds: { type: "string", default: "8" },
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
  env: { type: "string", default: "" },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const begins: Begins = values.begins === "phone" ? "phone" : "user";
const count = (name: "cold" | "calls" | "warm" | "rounds" | "held" | "settle" | Size): number => Number(values[name]);

function calls(contenders: readonly Contender[], size: Size): Promise<string> {
  const part = size === "small" ? 1 : 0.5;
  const load = { size, begins, rate: count(size), cold: count("cold") * part, calls: count("calls") * part };
  return inRounds(contenders, { ...load, warm: count("warm"), rounds: count("rounds") }).then((found) =>
    table(size, contenders, found),
  );
}

/** Memory of processes that have made and ended some calls, and then hold many; without forced garbage collection. */
async function held(contenders: readonly Contender[]): Promise<string> {
  const settle = () => Bun.sleep(count("settle") * 1_000);
  const runs = contenders.map((contender) => new Run("small", "user", contender));
  for (const run of runs) {
    await run.open();
    await run.make(500, "warm", count("small"));
  }
  await settle();
  const before = runs.map((run) => run.gateway.memory());
  const many: number[] = [];
  for (const run of runs) many.push(await run.hold(count("held"), "held", count("small")));
  await settle();
  const kilobytes = runs.map((run, index) => (run.gateway.memory() - (before[index] ?? 0)) / (many[index] ?? 0));
  for (const run of runs) await run.close();
  const rows = contenders.map(({ name }, index) => `| ${name} | ${many[index]} | ${kilobytes[index]?.toFixed(1)} |`);
  return ["| held | calls | kB of RSS a call |", "|---|---|---|", ...rows].join("\n");
}

const loads = {
  small: (contenders: readonly Contender[]) => calls(contenders, "small"),
  browser: (contenders: readonly Contender[]) => calls(contenders, "browser"),
  held,
};

/** Ratios are relative to the first contender. */
function table(load: string, contenders: readonly Contender[], found: readonly Found[]): string {
  const rows = Object.keys(found.flatMap(({ cold, steady }) => [cold, ...steady]).find(Boolean) ?? {});
  const names = contenders.map(({ name }) => name);
  const head = [load, ...names, ...names.slice(1).map((name) => `${name} / ${names[0]}`)];
  const cold = rows.map((row) => [
    `cold: ${row}`,
    ...found.map(({ cold }) => short(cold?.[row])),
    ...names.slice(1).map(() => ""),
  ]);
  const steady = rows.map((row) => [
    `steady: ${row}`,
    ...found.map(({ steady }) => spread(steady.flatMap((figures) => figures?.[row] ?? []))),
    ...found.slice(1).map((mine) => paired(row, found[0], mine)),
  ]);
  const lines = [head, head.map(() => "---"), ...cold, ...steady].map((cells) => `| ${cells.join(" | ")} |`);
  const whole = found.map(
    ({ steady }, index) => `${names[index]} ${steady.filter(Boolean).length} of ${steady.length}`,
  );
  return `Least (median) of the rounds in which every call was answered (${whole.join(", ")}):\n\n${lines.join("\n")}`;
}

const short = (figure: number | undefined): string =>
  figure === undefined ? "–" : figure < 100 ? figure.toFixed(1) : figure.toFixed(0);

const spread = (figures: readonly number[]): string => `${short(least(figures))} (${short(median(figures))})`;

/** The median of the ratios of rounds that both have. */
function paired(row: string, first: Found | undefined, mine: Found): string {
  const ratios = mine.steady.flatMap((figures, round) => {
    const [over, under] = [figures?.[row], first?.steady[round]?.[row]];
    return over === undefined || under === undefined || under === 0 ? [] : [over / under];
  });
  return ratios.length === 0 ? "–" : median(ratios).toFixed(2);
}

/** The trees to compare, each with every combination of the options that are varied. */
function contendersOf(trees: Trees, a: string, b: string | undefined): Contender[] {
  const journals = values.journal === "" ? [undefined] : values.journal.split(",").map(Number);
  const [variable, setting] = values.env.split("=", 2);
  const environments = variable && setting !== undefined ? [{}, { [variable]: setting }] : [{}];
  const commits = [[a, a], ...(values.noise ? [[a, `${a} again`]] : []), ...(b === undefined ? [] : [[b, b]])];
  return commits.flatMap(([commit = a, name = a]) =>
    journals.flatMap((journal) =>
      (values.store ? [false, true] : [false]).flatMap((stores) =>
        environments.map((environment) => {
          const said = [name, journal === undefined ? [] : `journal ${journal}`, stores ? "with a store" : []].flat();
          const set = Object.keys(environment).length > 0 ? [values.env] : [];
          return { name: [...said, ...set].join(", "), tree: trees.of(commit), journal, stores, environment };
        }),
      ),
    ),
  );
}

async function main(): Promise<void> {
  const [a, b] = positionals;
  const wanted = values.only.split(",").filter((word): word is keyof typeof loads => word in loads);
  const trees = new Trees();
  try {
    const contenders = a === undefined ? [] : contendersOf(trees, a, b);
    if (contenders.length < 2) throw new Error("which two commits? (or one, and --noise, --store, --journal or --env)");
    pinSelf(1);
    for (const load of wanted) console.log(`\n${await loads[load](contenders)}`);
  } finally {
    trees.remove();
  }
}

await main();
process.exit(0);
