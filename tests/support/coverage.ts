/**
 * The walks of all plays in a run, for `npm run coverage:charts`: written at the end to the file in `CHART_WALKS`.
 *
 * Loaded before the tests (`--preload`), so that it ends after them and is shared by all their files.
 */
import { afterAll } from "bun:test";
import { writeFileSync } from "node:fs";
import { Walks } from "./walked.ts";

const file = process.env.CHART_WALKS;

/** Counts the walks of plays, if requested. */
export const walks: Walks | undefined = file === undefined ? undefined : counted(file);

function counted(to: string): Walks {
  const all = new Walks();
  afterAll(() => writeFileSync(to, `${JSON.stringify(all.walked, null, 1)}\n`));
  return all;
}
