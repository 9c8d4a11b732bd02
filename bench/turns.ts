/**
 * npm run bench:turns -- A [B …] [--journal 0,64] [--size browser] [--rounds 40] [--calls 500] [--warm 4000] [--each 1]
 *
 * Commits side by side (`.` is the working tree), with calls in memory (in-memory.ts): no kernel, no peers. Each contender is a process of its own,
 * with its own heap and compiled code, and they take turns, so that a busy machine disturbs all of them alike. Prints µs of CPU a call of the
 * main thread and of all threads, least (median) of the rounds, and the medians of the ratios to the first contender within a round.
 * `--each 3` starts three processes of each, since equal processes differ by what they compile first; the figures are of all three together.
 */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { endsWithUs } from "./children.ts";
import { HERE } from "./process.ts";
import { least, median } from "./statistics.ts";
import { Trees } from "./trees.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    journal: { type: "string", default: "64" },
    size: { type: "string", default: "small" },
    rounds: { type: "string", default: "40" },
    calls: { type: "string", default: "500" },
    warm: { type: "string", default: "4000" },
    each: { type: "string", default: "1" },
  },
});
/** µs of CPU a call, of the main thread and of all. */
type Cpu = readonly [main: number, all: number];

class Contender {
  readonly name: string;
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, tree: string, journal: string) {
    this.name = name;
    const program = join(tree, "bench/turn.ts");
    if (tree !== HERE) copyFileSync(join(HERE, "bench/turn.ts"), program);
    const command = [process.execPath, program, values.size, journal, values.warm, values.calls];
    this.#process = endsWithUs(Bun.spawn(command, { stdin: "pipe", stdout: "pipe", stderr: "inherit" }));
    this.#lines = linesOf(this.#process.stdout)[Symbol.asyncIterator]();
  }

  async ready(): Promise<void> {
    await this.#lines.next();
  }

  async round(): Promise<Cpu> {
    this.#process.stdin.write("\n");
    this.#process.stdin.flush();
    return JSON.parse((await this.#lines.next()).value) as Cpu;
  }

  async close(): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

const of = (found: readonly Cpu[], at: 0 | 1): number[] => found.map((cpu) => cpu[at]);
const spread = (figures: readonly number[]): string => `${least(figures).toFixed(0)} (${median(figures).toFixed(0)})`;
const ratio = (mine: readonly number[], first: readonly number[]): string =>
  median(mine.map((figure, at) => figure / (first[at] ?? 1))).toFixed(3);

const trees = new Trees();

async function compare(): Promise<void> {
  const names = positionals.flatMap((tree) => values.journal.split(",").map((journal) => ({ tree, journal })));
  const teams: Contender[][] = [];
  for (const { tree, journal } of names) {
    const team = Array.from({ length: Number(values.each) }, () => {
      return new Contender(`${tree}, journal ${journal}`, trees.of(tree), journal);
    });
    for (const contender of team) await contender.ready();
    teams.push(team);
  }
  const found = teams.map((): Cpu[] => []);
  for (let round = 0; round < Number(values.rounds); round++)
    for (let member = 0; member < Number(values.each); member++)
      for (const [at, team] of teams.entries()) {
        const cpu = await team[member]?.round();
        if (cpu !== undefined) found[at]?.push(cpu);
      }
  for (const contender of teams.flat()) await contender.close();
  console.log("| tree | main thread | ratio | all threads | ratio |\n|---|---|---|---|---|");
  const first = found[0] ?? [];
  for (const [at, mine] of found.entries()) {
    const cells = [of(mine, 0), ratio(of(mine, 0), of(first, 0)), of(mine, 1), ratio(of(mine, 1), of(first, 1))];
    const shown = cells.map((cell) => (typeof cell === "string" ? cell : spread(cell)));
    console.log(`| ${[teams[at]?.[0]?.name, ...shown].join(" | ")} |`);
  }
}

try {
  await compare();
} finally {
  trees.remove();
}
process.exit(0);
