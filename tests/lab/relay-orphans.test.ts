/** What a gateway that was killed has left at a relay is deleted when the next one comes; calls of others stay. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hasLogged } from "../support/has-logged.ts";
import { COMPONENT } from "../support/prosody.ts";
import { until } from "../support/until.ts";
import { labTitle, noLab } from "./lab.ts";
import { RELAYS } from "./relays.ts";
import { type Scene, startScene } from "./scene.ts";
import { PROSODY_UDP } from "./worlds.ts";

describe.each(RELAYS)("$relay", ({ make }) =>
  describe.skipIf(noLab !== undefined)(labTitle("with calls of a gateway that was killed"), () => {
    const relay = make();
    let scene: Scene | undefined;
    beforeAll(() => relay.start());
    afterAll(async () => {
      await scene?.stop();
      await relay.stop();
    });

    // proves: W16
    test("ours are deleted, those of another stay", async () => {
      for (const name of [`carillon ${COMPONENT} one`, `carillon ${COMPONENT} two`, "somebody else's"])
        await relay.leave(name);
      expect(await relay.calls()).toHaveLength(3);
      scene = await startScene(PROSODY_UDP, { media: "rtp" });
      await until(
        "one call",
        () => relay.calls() as Promise<string[]>,
        ({ length }) => length === 1,
      );
      expect(await relay.calls()).toEqual(["somebody else's"]);
      await hasLogged(scene.gateway, '"event":"relay.orphans"');
    });
  }),
);
