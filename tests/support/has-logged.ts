/** Waits for a text in the log of a gateway's process: log lines are written in batches, some time after what they report. */
import { until } from "./until.ts";

export const hasLogged = (gateway: { log(): string }, what: string | RegExp, seconds?: number): Promise<string> =>
  until(
    `in the log: ${what}`,
    () => gateway.log(),
    (log) => (typeof what === "string" ? log.includes(what) : what.test(log)),
    seconds,
  );
