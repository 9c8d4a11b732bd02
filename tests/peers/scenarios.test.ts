/** The predecessor's nineteen scenarios, on every kind of server. */
import { afterAll, afterEach, beforeAll, describe, test } from "bun:test";
import { SCENARIOS } from "./scenarios-table.ts";
import { SERVERS, World } from "./scenarios-world.ts";

for (const kind of SERVERS) {
  const { name, missing } = kind;
  describe.skipIf(missing !== undefined)(`the scenarios on ${name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await World.start(kind);
    }, 120_000);
    afterEach(() => world.endScenario());
    afterAll(() => world?.stop());

    for (const [number, [scenario, play]] of SCENARIOS.entries())
      test(scenario, () => play(world, `${name}-scenario-${number}`), 30_000);
  });
}
