/** Plays as tests: each once over good wires, once over wires that lose 30 % of the datagrams, and once as its journal writes it. */
import { expect, test } from "bun:test";
import { replay } from "../../replay/replay.ts";
import { type PlayOptions, play } from "./play.ts";
import { recorded } from "./recorded.ts";
import { callerSite, rowSite, type Site } from "./site.ts";

export type PlayRow = readonly [name: string, script: string, options?: PlayOptions];

export function plays(rows: readonly PlayRow[], everywhere: PlayOptions = {}): void {
  const table = callerSite();
  for (const [name, script, options = everywhere] of rows) {
    const site = rowSite(name, table);
    const run = (wires: PlayOptions) => play(script, { ...everywhere, ...options, ...wires });
    test(`${name} (recorded)`, () => playsAgain(name, script, { ...everywhere, ...options, site }));
    if (options.byTheClock) test(name, () => run({ site }).then(() => undefined));
    else onBothWires(name, run, site);
  }
}

/**
 * Plays that cannot be written out as they were, and why: this table only shrinks, since a play in it that can be written
 * out fails.
 */
const UNWRITTEN: Readonly<Record<string, string>> = {
  "as far as a phone can be told: more than 64 sources of a content are resource-constraint":
    "the call is larger than what a journal keeps of one",
};

/** Each call of a play, as its journal writes it, is a play that passes. */
async function playsAgain(name: string, script: string, options: PlayOptions): Promise<void> {
  // one that fails is told by its own test
  const again = await recorded(script, options).catch(() => []);
  const all = async (): Promise<void> => {
    for (const call of again) {
      await play(call.play);
      await playsAsJson(call.json);
    }
  };
  const why = UNWRITTEN[name] ?? options.unwritten;
  if (why !== undefined) await expect(all(), why).rejects.toThrow();
  else await all();
}

/** The chart does again what a call's JSON says that it has done. */
async function playsAsJson(json: string): Promise<void> {
  const lines: string[] = [];
  const isSame = await replay(json, { print: (line) => void lines.push(line), next: async () => {} });
  expect(isSame, lines.join("\n")).toBe(true);
}

/** One test over good wires, and one over bad ones. */
export function onBothWires(name: string, run: (wires: PlayOptions) => Promise<unknown>, site?: Site): void {
  const at = site ?? callerSite();
  test(name, () => run({ site: at }).then(() => undefined));
  test(`${name} (30 % loss)`, () => run({ site: at, lossy: true }).then(() => undefined));
}
