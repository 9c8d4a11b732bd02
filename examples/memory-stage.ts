/** The stage of the demo in memory: simulated clock and wires, seeded randomness; so the same calls are made each time. */

import { Journal } from "../journal/journal.ts";
import { createChance } from "../replay/chance.ts";
import { createClock, type SimulatedClock } from "../replay/clock.ts";
import { createWire } from "../replay/wire.ts";
import { Stage } from "./stage.ts";

export interface MemoryStage {
  readonly stage: Stage;
  readonly clock: SimulatedClock;
  readonly chance: () => number;
  readonly random: () => string;
  readonly journal: Journal;
}

/** Opens a stage at a time of day, in milliseconds since 1970. */
export async function memoryStage(seed: number, start?: number): Promise<MemoryStage> {
  const clock = createClock(start);
  const chance = createChance(seed);
  const wire = createWire(clock);
  const random = (): string =>
    Array.from({ length: 4 }, () =>
      Math.floor(chance() * 2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("");
  const journal = new Journal({ now: () => clock.now(), budget: 64 * 2 ** 20 });
  const sockets = { udp: wire.openUdp, listen: wire.listen, connect: wire.connect };
  const stage = await Stage.open({
    ...{ clock, chance, random, watch: journal, gateway: sockets, others: sockets },
    log: () => {},
  });
  const started = stage.start();
  await clock.advance(500);
  await started;
  return { stage, clock, chance, random, journal };
}
