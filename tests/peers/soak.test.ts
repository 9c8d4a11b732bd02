/** A small soak (`npm run soak`): calls are held while others come and go, and nothing is left of those. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { BUN } from "../support/runtimes.ts";
import { noSipp } from "../support/sipp.ts";

const SMALL = ["--held", "100", "--turned-over", "1000", "--runs", "1", "--rate", "150", "--settle", "1"];

async function soak(...more: readonly string[]): Promise<{ code: number; lines: string[] }> {
  const command = [...BUN.command, "bench/soak.ts", ...SMALL, ...more];
  const run = Bun.spawn(command, { cwd: join(import.meta.dir, "../.."), stdout: "pipe", stderr: "inherit" });
  const [code, text] = await Promise.all([run.exited, new Response(run.stdout).text()]);
  return { code, lines: text.trim().split("\n") };
}

test.skipIf(noSipp !== undefined)(
  `held calls stay, others leave nothing${noSipp ? ` (left out: ${noSipp})` : ""}`,
  async () => {
    const { code, lines } = await soak();
    expect([code, lines.at(-1)]).toEqual([0, "All 1 runs are well."]);
    const sessions = lines.filter((line) => line.startsWith("| 1 |")).map((line) => Number(line.split("|").at(-2)));
    // a busy machine may still have a call under way in the rows before
    expect(sessions.slice(-2)).toEqual([100, 0]);
  },
);

test.skipIf(noSipp !== undefined)("more memory than the ceiling fails it", async () => {
  const { code, lines } = await soak("--ceiling", "10", "--held", "10", "--turned-over", "20");
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/^run 1: RSS was \d+ MB, above the ceiling of 10$/);
});
