/** The scenes of the demo: each comes to its end on both sides, and together they go through the chart. */
import { describe, expect, test } from "bun:test";
import { ASLEEP } from "../examples/cast.ts";
import { memoryStage } from "../examples/memory-stage.ts";
import { SCENES } from "../examples/scenes.ts";
import { call } from "../machines/call/call.ts";
import { nameOf, statesOf } from "../web/steps.ts";

const PHONE = { name: "Friar Laurence", number: "+442079460142" };
/** Longer than any scene, and than all that it leaves behind: milliseconds. */
const LONG = 80_000;

const entered = new Set<string>();
const leaves = statesOf(call)
  .filter(({ states }) => Object.keys(states).length === 0)
  .map(nameOf);

describe("the demo", () => {
  test.each(SCENES.map((scene) => [scene.what, scene] as const))("shows: %s", async (_, { says, asleep }) => {
    const { stage, clock, journal } = await memoryStage(1);
    const played = stage.play(says, { jid: asleep ? ASLEEP : "juliet@verona.example/balcony", phone: PHONE, id: "c1" });
    await clock.advance(LONG);
    expect(await played).toBe(true);
    expect(stage.gateway.calls.registry.size).toBe(0);
    expect(journal.calls({}, 1).calls.map(({ state }) => state)).toEqual([["ended"]]);
    for (const state of Object.keys(journal.counts.entered)) entered.add(state);
  });

  test("shows every state that a call stays in", () => {
    expect(leaves.filter((state) => !entered.has(state))).toEqual(["starting"]);
  });
});
