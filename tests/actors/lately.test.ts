/** How often somebody has done something lately. */
import { expect, test } from "bun:test";
import { Lately } from "../../actors/lately.ts";
import { createClock } from "../../replay/clock.ts";

test("so many in a window, and again as soon as the first is older than it", async () => {
  const clock = createClock();
  const lately = new Lately(clock, 1_000);
  expect([lately.take("a", 2), lately.take("a", 2), lately.take("a", 2)]).toEqual([true, true, false]);
  expect([lately.take("b", 2), lately.of("a"), lately.of("nobody")]).toEqual([true, 2, 0]);
  await clock.advance(1_000);
  expect([lately.of("a"), lately.take("a", 2)]).toEqual([0, true]);
});

test("no more instants are kept than the limit asks for", () => {
  const lately = new Lately(createClock(), 1_000);
  for (let count = 0; count < 100; count++) lately.count("a", 3);
  expect(lately.of("a")).toBe(3);
});

test("50,000 names are known, and the one that was heard of least lately is forgotten first", () => {
  const lately = new Lately(createClock(), 1_000);
  for (let name = 0; name < 50_000; name++) lately.count(`${name}`, 1);
  lately.count("0", 1);
  lately.count("one more", 1);
  expect(["0", "1", "2", "one more"].map((name) => lately.of(name))).toEqual([1, 0, 1, 1]);
});
