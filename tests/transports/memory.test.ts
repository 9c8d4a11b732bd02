import { createClock } from "../../replay/clock.ts";
import { createWire } from "../../replay/wire.ts";
import { datagramsKeep, streamsKeep, type Until } from "./conformance.ts";

const clock = createClock();
const wire = createWire(clock);
const whole = createWire(clock, { split: 3 });
const until: Until = async (promise) => {
  await clock.advance(2_000);
  return await promise;
};

datagramsKeep("datagrams in memory", wire.openUdp, until);
streamsKeep("streams in memory", wire.listen, wire.connect, until);
streamsKeep("streams in memory, split", whole.listen, whole.connect, until);
