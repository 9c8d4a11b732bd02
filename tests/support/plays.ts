/** Plays as tests: each once without loss, once with 30 % loss, and once as written by its journal. */
import { test } from "bun:test";
import { type PlayOptions, performed } from "./play.ts";
import { callerSite, rowSite, type Site } from "./site.ts";

export type PlayRow = readonly [name: string, script: string, options?: PlayOptions];

export function plays(rows: readonly PlayRow[], everywhere: PlayOptions = {}): void {
  const table = callerSite();
  for (const [name, script, own = everywhere] of rows) {
    const site = rowSite(name, table);
    const options = { ...everywhere, ...own, site };
    let done: ReturnType<typeof performed> | undefined;
    /** Performs the play once, for both tests. */
    const once = (): ReturnType<typeof performed> => {
      done ??= performed(script, options);
      return done;
    };
    // a failure is reported by its own test
    test(`${name} (recorded)`, () =>
      once().then(
        (stage) => stage.goesAgain(),
        () => {},
      ));
    test(name, () => once().then(() => undefined));
    if (!options.byTheClock)
      test(`${name} (30 % loss)`, () => performed(script, { ...options, lossy: true }).then(() => {}));
  }
}

/** One test without loss, and one with loss. */
export function onBothWires(name: string, run: (wires: PlayOptions) => Promise<unknown>, site?: Site): void {
  const at = site ?? callerSite();
  test(name, () => run({ site: at }).then(() => undefined));
  test(`${name} (30 % loss)`, () => run({ site: at, lossy: true }).then(() => undefined));
}
