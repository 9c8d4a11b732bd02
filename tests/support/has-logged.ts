/** Waits for a text in the log of a gateway's process, which is written in batches, after what it reports. */
import { until } from "./until.ts";

export const hasLogged = (gateway: { log(): string }, what: string): Promise<string> =>
  until(
    `in the log: ${what}`,
    () => gateway.log(),
    (log) => log.includes(what),
  );
