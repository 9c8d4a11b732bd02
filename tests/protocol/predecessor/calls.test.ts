/** Whole calls as the predecessor had them: tests/vectors/predecessor, each on a gateway in its place, departures named. */
import { describe, expect, test } from "bun:test";
import { asCarillon, deviationsOf, predecessorVectors } from "../../support/predecessor.ts";
import { playPredecessor } from "../../support/predecessor-play.ts";
import { CALL_DEVIATIONS } from "./deviations.ts";

/** A departure of the gateway from its play, and no fault of the play itself. */
const DEPARTS = /^the gateway departs from the play|calls of|toEqual/;

for (const way of ["jingle to sip", "sip to jingle"]) {
  // proves: L1
  describe(`${way} is as it was`, () => {
    for (const vector of predecessorVectors(way.split(" ").join("-"))) {
      const deviations = deviationsOf(vector, CALL_DEVIATIONS);
      test(vector.name, () => playPredecessor(asCarillon(vector, deviations)));
      for (const deviation of deviations)
        test(`${vector.name}, but: ${deviation.what}`, async () => {
          const play = playPredecessor(asCarillon(vector, deviations, deviation));
          await expect(play).rejects.toThrow(DEPARTS);
        });
    }
  });
}
