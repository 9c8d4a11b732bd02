/** Overload on a simulated machine: below capacity nothing is refused, above it the machine does what it can, and is whole again. */
import { describe, expect, test } from "bun:test";
import { Load } from "../../actors/load.ts";
import { Machine } from "../support/machine.ts";

/** Two milliseconds a call: 500 a second. */
const CAPACITY = 500;
const COST = 1_000 / CAPACITY;

describe("below capacity nothing is refused", () => {
  test.each([0.1, 0.5, 0.9])("at %d of it", (part) => {
    const machine = new Machine({ cost: () => COST });
    expect(machine.run(part * CAPACITY, 30)).toMatchObject({ refused: 0, half: 0 });
  });

  // a call of a cold process costs two and a half times as much, of a very cold one four times
  test("by a process that is cold", () => {
    const machine = new Machine({ cost: (now) => COST * (now < 500 ? 4 : now < 2_000 ? 2.5 : 1) });
    expect(machine.run(0.6 * CAPACITY, 10)).toMatchObject({ refused: 0, half: 0 });
  });

  test.each([100, 250, 400])("where a turn of %d ms comes between, now and then", (stall) => {
    let next = 1_000;
    const machine = new Machine({
      cost: (now) => {
        if (now < next) return COST;
        next = now + 3_000;
        return stall;
      },
    });
    expect(machine.run(0.8 * CAPACITY, 30)).toMatchObject({ refused: 0, half: 0 });
  });

  test("while a thousand calls wait for peers that never answer", () => {
    let answers = false;
    const machine = new Machine({ cost: () => COST, answers: () => answers });
    expect(machine.run(200, 5)).toMatchObject({ refused: 0, half: 1_000 });
    answers = true;
    expect(machine.run(0.8 * CAPACITY, 10)).toMatchObject({ refused: 0, half: 0 });
  });
});

describe("above capacity", () => {
  // proves: G25
  test.each([
    [1, 0.95],
    [2, 0.9],
    [4, 0.8],
    [10, 0.6], // the refusals themselves cost that much
  ])("at %d times it %d of it is done, no call is left half, none waits for long", (times, part) => {
    const machine = new Machine({ cost: () => COST });
    const soon = machine.run(times * CAPACITY, 5);
    expect(soon.longest).toBeLessThan(2_000);
    const { done, half, longest } = machine.run(times * CAPACITY, 30);
    expect(done).toBeGreaterThan(part * CAPACITY * 30);
    expect(half).toBe(0);
    expect(longest).toBeLessThan(250);
  });

  // proves: G25
  test.each([2, 4, 10])("after %d times it nothing is refused any more 5 s later", (times) => {
    const machine = new Machine({ cost: () => COST });
    expect(machine.run(times * CAPACITY, 30).refused).toBeGreaterThan(0);
    machine.run(0.9 * CAPACITY, 5);
    expect(machine.run(0.9 * CAPACITY, 10)).toMatchObject({ refused: 0, half: 0 });
  });
});

describe("a turn", () => {
  test("ends with the first message after the event loop has come round, and no timer wakes the process for it", () => {
    let [now, timers] = [0, 0];
    const rounds: (() => void)[] = [];
    const after = (): (() => void) => {
      timers++;
      return () => {};
    };
    const load = new Load({ now: () => now, after, round: (run) => void rounds.push(run) });
    const taken = [];
    load.begun();
    now = 5;
    load.heard();
    taken.push(load.figures.taken); // the loop is at the same messages still
    for (const run of rounds.splice(0)) run();
    load.heard();
    taken.push(load.figures.taken); // a quiet turn is over: what is in set-up waits for somebody else
    expect([taken, timers]).toEqual([[1, 0], 0]);
  });
});
