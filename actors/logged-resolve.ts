/** Logged look-ups of host names. */
import type { Resolve } from "./hosts.ts";
import type { Log } from "./log.ts";
import type { Tally } from "./tally.ts";

/** The same look-up; results are logged at `debug`, failures as a warning. */
export function loggedResolve(resolve: Resolve, failed: Tally, log: Log): Resolve {
  return async (host) => {
    try {
      const addresses = await resolve(host);
      log({ level: "debug", event: "dns.found", host, addresses });
      return addresses;
    } catch (error) {
      failed.add("a host name that does not resolve", { host, error: String(error) });
      throw error;
    }
  };
}
