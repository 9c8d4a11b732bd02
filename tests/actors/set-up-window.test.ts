/** The set-up window: what it refuses of a machine that is cold, stalls, has too much to do, or waits for others. On a simulated machine. */
import { describe, expect, test } from "bun:test";
import { SetUpWindow } from "../../actors/set-up-window.ts";

/** Begins so many calls, without a quiet turn. */
const begin = (window: SetUpWindow, count: number): number[] =>
  Array.from({ length: count }, () => {
    window.heard();
    return window.begun();
  });

function quietTurn(window: SetUpWindow): void {
  window.turned(); // what has come until now
  window.turned();
}

describe("a new window", () => {
  test("takes a burst of 512 calls, and no more", () => {
    const window = new SetUpWindow();
    begin(window, 511);
    expect(window.admits).toBe(true);
    begin(window, 1);
    expect(window.admits).toBe(false);
  });

  test("counts what waits as what is in set-up", () => {
    const window = new SetUpWindow();
    begin(window, 500);
    window.waits(12);
    expect(window.admits).toBe(false);
    window.waits(11);
    expect(window.admits).toBe(true);
  });

  test("has a place again for each call whose set-up is complete", () => {
    const window = new SetUpWindow();
    const [first = -1] = begin(window, 512);
    window.completed(first);
    expect(window.admits).toBe(true);
  });

  test("forgets in a quiet turn what waits for others, and does not count its completion then", () => {
    const window = new SetUpWindow();
    const [first = -1] = begin(window, 512);
    quietTurn(window);
    expect(window.taken).toBe(0);
    window.completed(first);
    expect(window.taken).toBe(0);
  });
});

describe("a turn is not quiet", () => {
  test("when 17 messages came", () => {
    const window = new SetUpWindow();
    begin(window, 17);
    window.turned();
    expect(window.taken).toBe(17);
  });

  test("when a call waits", () => {
    const window = new SetUpWindow();
    begin(window, 5);
    window.waits(1);
    window.turned();
    expect(window.taken).toBe(6);
  });
});

/** A window that was never quiet while so many calls began and completed, one waiting all the time. */
function pressed(calls: number): SetUpWindow {
  const window = new SetUpWindow();
  window.waits(1);
  for (let call = 0; call < calls; call++) for (const round of begin(window, 1)) window.completed(round);
  return window;
}

describe("without quiet turns", () => {
  test.each([
    ["1,023 calls leave it", 1_023, 512],
    ["1,024 halve it", 1_024, 256],
    ["512 more do again", 1_536, 128],
    ["and 256 more", 1_792, 64],
    ["and never below 32", 10_000, 32],
  ])("%s", (_, calls, size) => {
    expect(pressed(calls).size).toBe(size);
  });

  test("it grows by one with each set-up that completes while nothing waits, to 512", () => {
    const window = pressed(10_000);
    window.waits(0);
    quietTurn(window);
    const sizes = [100, 1_000].map((calls) => {
      for (let call = 0; call < calls; call++) {
        for (const round of begin(window, 1)) window.completed(round);
        quietTurn(window);
      }
      return window.size;
    });
    expect(sizes).toEqual([132, 512]);
  });
});
