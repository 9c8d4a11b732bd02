/** What a drawing says of a small chart: pictures that close what has an inside, and rows that say what is really done. */
import { describe, expect, test } from "bun:test";
import { createMachine } from "xstate";
import { drawChart } from "../../web/drawing.ts";

const kettle = createMachine({
  id: "kettle",
  initial: "cold",
  on: { drop: ".broken" },
  states: {
    cold: { on: { switch: { target: "on", guard: "there is water" }, pour: { actions: "count" } } },
    on: {
      initial: "warming",
      entry: "light the lamp",
      on: { stir: ".warming", start: { target: ".warming", reenter: true } },
      states: {
        warming: { entry: "hum", on: { bubbles: "boiling" } },
        boiling: { after: { "a minute": "#kettle.cold" }, on: { switch: "#kettle.cold", lid: "#kettle.broken" } },
      },
    },
    broken: { type: "final" },
  },
});
const drawn = drawChart(kettle);
const [, whole = "", inside = ""] = drawn.split("```mermaid").map((text) => text.split("```")[0]);

describe("the picture of the whole", () => {
  test.each([
    ["a state with an inside is a closed box", "  on[[on]]"],
    ["a final state is round", "  broken([broken])"],
    ["it begins with the first state", "  start_(( )) --> cold"],
    ["what leads on from an inner state leads on from the box", '  on -- "switch<br/>or after a minute" --> cold'],
    ["what holds everywhere leads on from any state", '  any_ -- "drop" --> broken'],
  ])("%s", (_, line) => {
    expect(whole.split("\n")).toContain(line);
  });

  test("what changes no state is no arrow", () => {
    expect(whole).not.toContain("pour");
  });
});

describe("the picture of an inside", () => {
  test.each([
    ["it begins with what leads in", '  start_(( )) -- "switch" --> on_warming'],
    ["what leads out ends in an exit", "  cold[cold]:::away"],
    ["it has the arrows between its own states", '  on_warming -- "bubbles" --> on_boiling'],
  ])("%s", (_, line) => {
    expect(inside.split("\n")).toContain(line);
  });
});

describe("the rows", () => {
  test.each([
    [
      "entering does what is done on entry, outermost first",
      "| cold | switch | there is water | on.warming | light the lamp, hum |",
    ],
    ["a state that is not left is not entered again", "| on | stir |  | on.warming | hum |"],
    ["a state that is left on purpose is entered again", "| on | start |  | on.warming | light the lamp, hum |"],
    ["a time has the name of its delay", "| on.boiling | after a minute |  | cold |  |"],
    ["what changes no state says what it does", "| cold | pour |  |  | count |"],
  ])("%s", (_, row) => {
    expect(drawn.split("\n")).toContain(row);
  });
});
