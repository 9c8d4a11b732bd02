/**
 * A chart for other tools has the same states and steps as ours: XState JSON is the argument of `createMachine`, and the code that Stately's editor
 * imports "should be formatted as a createMachine() factory function" (https://stately.ai/docs/import-from-code).
 */
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createMachine } from "xstate";
import { catalogue } from "../../machines/catalogue.ts";
import { machinesApi } from "../../web/api/machines.ts";
import { nameOf, statesOf, stepsOf } from "../../web/steps.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";

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

test.each(Object.keys(catalogue))(
  "%s is the same machine as code, which is one createMachine() of what JSON can say",
  async (id) => {
    const answer = await machinesApi().request(`/${id}?format=code`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
    const code = await answer.text();
    expect(code).toStartWith('import { createMachine } from "xstate";\n\nexport const machine = createMachine({\n');
    const folder = makeFolder("xstate", import.meta.dir);
    writeFileSync(join(folder, "machine.js"), code);
    const { machine } = await import(join(folder, "machine.js")).finally(() => removeFolder(folder));
    expect(wordsOf(machine)).toEqual(wordsOf(catalogue[id] as typeof machine));
  },
);

test("a chart that is not there is 404", async () => {
  expect((await machinesApi().request("/none?format=xstate")).status).toBe(404);
});
