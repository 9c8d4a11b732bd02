/** Plays as tests: each once over good wires, and once over wires that lose 30 % of the datagrams. */
import { test } from "bun:test";
import { type PlayOptions, play } from "./play.ts";

export type PlayRow = readonly [name: string, script: string, options?: PlayOptions];

export function plays(rows: readonly PlayRow[], everywhere: PlayOptions = {}): void {
  for (const [name, script, options = everywhere] of rows) {
    const run = (wires: PlayOptions) => play(script, { ...everywhere, ...options, ...wires });
    if (options.byTheClock) test(name, () => run({}).then(() => undefined));
    else onBothWires(name, run);
  }
}

/** One test over good wires, and one over bad ones. */
export function onBothWires(name: string, run: (wires: PlayOptions) => Promise<unknown>): void {
  test(name, () => run({}).then(() => undefined));
  test(`${name} (30 % loss)`, () => run({ lossy: { seed: seedOf(name) } }).then(() => undefined));
}

const seedOf = (name: string): number => [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
