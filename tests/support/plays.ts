/** Plays as tests: each once over good wires, and once over wires that lose 30 % of the datagrams. */
import { test } from "bun:test";
import { type PlayOptions, play } from "./play.ts";

export type PlayRow = readonly [name: string, script: string, options?: PlayOptions];

export function plays(rows: readonly PlayRow[], everywhere: PlayOptions = {}): void {
  for (const [name, script, options] of rows)
    for (const lossy of (options ?? everywhere).byTheClock ? [undefined] : [undefined, { seed: seedOf(name) }])
      test(lossy ? `${name} (30 % loss)` : name, () =>
        play(script, { ...everywhere, ...options, ...(lossy ? { lossy } : {}) }).then(() => undefined),
      );
}

const seedOf = (name: string): number => [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7);
