/** A chart as XState JSON is the argument of `createMachine`: what Stately's editor imports has the same states and steps as ours. */
import { expect, test } from "bun:test";
import { createMachine } from "xstate";
import { catalogue } from "../../machines/catalogue.ts";
import { machinesApi } from "../../web/api/machines.ts";
import { nameOf, statesOf, stepsOf } from "../../web/steps.ts";

/** A machine in words: its states, and each step by where it begins and ends. */
function wordsOf(machine: Parameters<typeof stepsOf>[0]): object {
  const states = statesOf(machine).map((node) => [nameOf(node), node.type, node.description ?? ""]);
  const steps = stepsOf(machine).map(({ from, event, guard, to, actions }) => [
    ...[nameOf(from), event, guard, to && nameOf(to)],
    actions,
  ]);
  return { states, steps };
}

test.each(Object.keys(catalogue))("%s is the same machine again", async (id) => {
  const answer = await machinesApi().request(`/${id}?format=xstate`);
  expect(answer.status).toBe(200);
  const json = (await answer.json()) as Parameters<typeof createMachine>[0];
  const machine = catalogue[id];
  if (machine === undefined) throw new Error(`${id} is no machine`);
  expect(wordsOf(createMachine(json))).toEqual(wordsOf(machine));
});

test("a chart that is not there is 404", async () => {
  expect((await machinesApi().request("/none?format=xstate")).status).toBe(404);
});
