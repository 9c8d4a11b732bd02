/** Plays as tests: each once over good wires, and once over wires that lose 30 % of the datagrams. */
import { test } from "bun:test";
import { type PlayOptions, play } from "./play.ts";
import { callerSite, rowSite, type Site } from "./site.ts";

export type PlayRow = readonly [name: string, script: string, options?: PlayOptions];

export function plays(rows: readonly PlayRow[], everywhere: PlayOptions = {}): void {
  const table = callerSite();
  for (const [name, script, options = everywhere] of rows) {
    const site = rowSite(name, table);
    const run = (wires: PlayOptions) => play(script, { ...everywhere, ...options, ...wires });
    if (options.byTheClock) test(name, () => run({ site }).then(() => undefined));
    else onBothWires(name, run, site);
  }
}

/** One test over good wires, and one over bad ones. */
export function onBothWires(name: string, run: (wires: PlayOptions) => Promise<unknown>, site?: Site): void {
  const at = site ?? callerSite();
  test(name, () => run({ site: at }).then(() => undefined));
  test(`${name} (30 % loss)`, () => run({ site: at, lossy: true }).then(() => undefined));
}
