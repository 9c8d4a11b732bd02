/** The clock of the machine: no wait is so long that the run-time takes it for none. */
import { afterEach, expect, spyOn, test } from "bun:test";
import { systemClock } from "../../actors/clock.ts";

const set = spyOn(globalThis, "setTimeout");
afterEach(() => set.mockRestore());

test("a wait that setTimeout cannot hold (it makes 1 ms of it) is the longest one that it can", () => {
  const cancels = [2 ** 31 - 1, 2 ** 31, 750_000_000_000, Number.POSITIVE_INFINITY].map((ms) =>
    systemClock.after(ms, () => {}),
  );
  const asked = set.mock.calls.map(([, ms]) => ms);
  for (const cancel of cancels) cancel();
  expect(asked).toEqual(cancels.map(() => 2_147_483_647));
});
