/**
 * The walks of all plays of a run, for `npm run coverage:charts`: `CHART_WALKS` names the file that they are written to at its end.
 *
 * It is loaded before the tests (`--preload`), so that it ends after them, and is the same for all their files.
 */
import { afterAll } from "bun:test";
import { writeFileSync } from "node:fs";
import { Walks } from "./walked.ts";

const file = process.env.CHART_WALKS;

/** Who counts what plays walk, when somebody has asked for it. */
export const walks: Walks | undefined = file === undefined ? undefined : counted(file);

function counted(to: string): Walks {
  const all = new Walks();
  afterAll(() => writeFileSync(to, `${JSON.stringify(all.walked, null, 1)}\n`));
  return all;
}
