/**
 * npm run coverage:charts: runs every play of tests/calls once over good wires, and writes what they walk of the call's chart:
 * docs/charts/coverage.json, .md and .svg. Exits 1 when a play fails.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call } from "../machines/call/call.ts";
import { unwalked, type Walked, writeCoverage } from "../web/coverage.ts";
import { writeCoverageSvg } from "../web/coverage-svg.ts";
import { layoutOf } from "../web/layout/layout.ts";
import { UNWALKED } from "./unwalked.ts";

const PLAYS = "^(?!.*\\((30 % loss|recorded)\\)$).*$";
/** Calls made by chance are no plays: what they walk changes with every change of the tests. */
const BY_CHANCE = "tests/calls/{fuzz,storm}.test.ts";

const folder = join(import.meta.dirname, "charts");
const file = join(folder, "coverage.json");
const run = ["test", "--preload", "./tests/support/coverage.ts", "--only-failures", "--timeout", "60000"];
const { status } = spawnSync(
  process.execPath,
  [...run, "tests/calls", "--path-ignore-patterns", BY_CHANCE, "-t", PLAYS],
  {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, CHART_WALKS: file },
    stdio: "inherit",
  },
);
if (status !== 0) process.exit(1);
const walked = JSON.parse(readFileSync(file, "utf8")) as Walked;
writeFileSync(join(folder, "coverage.md"), writeCoverage(call, walked, UNWALKED));
writeFileSync(join(folder, "coverage.svg"), writeCoverageSvg(layoutOf(call), "What plays walk of a call", walked));
console.log(`docs/charts/coverage.json, .md, .svg; no play walks ${unwalked(call, walked).length}`);
