/** Rules for every chart: described states, known delays and targets, current drawings. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AnyStateMachine, createMachine } from "xstate";
import { catalogue } from "../../machines/catalogue.ts";
import { delays as transactionDelays } from "../../machines/transactions/transaction.ts";
import { writeChartSvg } from "../../web/chart-svg.ts";
import { drawChart } from "../../web/drawing.ts";
import { layoutOf } from "../../web/layout/layout.ts";
import { statesOf, stepsOf } from "../../web/steps.ts";

const charts = Object.entries(catalogue);
const delaysOf = (machine: AnyStateMachine): string[] =>
  statesOf(machine).flatMap((node) => Object.keys((node.config.after ?? {}) as object));

describe.each(charts)("%s", (name, machine) => {
  test("is named as in the catalogue", () => {
    expect(machine.id).toBe(name);
  });

  test("says in one sentence what each state is", () => {
    const unsaid = statesOf(machine).filter(({ description }) => !/^[A-Z].*\.$/.test(description ?? ""));
    expect(unsaid.map(({ path }) => path.join("."))).toEqual([]);
  });

  test("has a name for every delay, which is known where delays are made", () => {
    const known = Object.keys({ ...machine.implementations.delays, ...transactionDelays });
    expect(delaysOf(machine).filter((delay) => !known.includes(delay))).toEqual([]);
  });

  test("leads only to states that are there", () => {
    expect(stepsOf(machine).length).toBeGreaterThan(0);
  });

  test("names every action and guard", () => {
    const transitions = statesOf(machine).flatMap((node) => [...node.transitions.values()].flat());
    const named = (one: unknown): boolean =>
      typeof one === "string" || (typeof one === "object" && one !== null && "type" in one);
    expect(
      transitions.filter(({ actions, guard }) => !actions.every(named) || (guard !== undefined && !named(guard))),
    ).toEqual([]);
  });

  test("is drawn as it is: if not, `npm run charts`", () => {
    const drawn = (ending: string): string =>
      readFileSync(join(import.meta.dir, `../../docs/charts/${name}.${ending}`), "utf8");
    const layout = layoutOf(machine);
    expect(drawn("md")).toBe(drawChart(machine));
    expect(drawn("svg")).toBe(writeChartSvg(layout, `The chart of ${name}`));
    expect(JSON.parse(drawn("json"))).toEqual(layout);
  });
});

describe("what does not fit is found", () => {
  const charts = (way: object) => () =>
    stepsOf(createMachine({ id: "lamp", initial: "off", states: { off: { on: { press: way } }, on: {} } }));

  test("a target that is no state", () => {
    expect(charts({ target: "on" })).not.toThrow();
    expect(charts({ target: "onn" })).toThrow("onn");
  });

  test("a delay that nobody knows", () => {
    const lamp = createMachine({ id: "lamp", initial: "on", states: { on: { after: { "a whille": {} } } } });
    expect(delaysOf(lamp)).toEqual(["a whille"]);
  });
});

/** Limits for a picture to fit a screen, at 16 px about 1400 by 900: boxes, arrows, and lines on an arrow. */
const pictures = charts.flatMap(([name, machine]) =>
  [...drawChart(machine).matchAll(/```mermaid\n(.*?)```/gs)].map(
    ([, text = ""], index) => [name, index, text] as const,
  ),
);

test("the call is a picture of the whole, and one for each inside", () => {
  expect(pictures.filter(([name]) => name === "call").length).toBe(7);
});

test.each(pictures)("%s, picture %i: fits a screen and can be read", (_name, _index, text) => {
  const arrows = [...text.matchAll(/^ +(\w+)(?:\(\( \)\))? (?:-- "(.*)" )?--> (\w+)$/gm)];
  const labels = arrows.map(([, , label = ""]) => label.split("<br/>"));
  expect(arrows.length).toBe(text.split("-->").length - 1);
  expect(arrows.length).toBeLessThanOrEqual(18);
  expect(new Set(arrows.flatMap(([, from, , to]) => [from, to])).size).toBeLessThanOrEqual(13);
  expect(labels.filter((lines) => lines.length > 5)).toEqual([]);
  expect(labels.flat().filter((line) => line.length > 36)).toEqual([]);
});
