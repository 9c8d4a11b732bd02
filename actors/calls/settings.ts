/** Options of calls that SIGHUP changes: they apply to new calls, and end none. */
import type { CallsConfig } from "./needs.ts";

export interface CallSettings {
  readonly usernameToPhone: CallsConfig["addresses"]["usernameToPhone"];
  readonly maxCalls: number;
  readonly perUser: number;
  readonly perMinute: number;
  readonly dial: CallsConfig["dial"];
  readonly trusted: boolean;
}

/** The options, with getters for those settings: pass the object on as it is, since a copy would not change. */
export function withSettings(config: CallsConfig, settings: () => CallSettings): CallsConfig {
  return {
    ...config,
    get maxCalls() {
      return settings().maxCalls;
    },
    get perUser() {
      return settings().perUser;
    },
    get perMinute() {
      return settings().perMinute;
    },
    get dial() {
      return settings().dial;
    },
    get trusted() {
      return settings().trusted;
    },
    addresses: {
      ...config.addresses,
      get usernameToPhone() {
        return settings().usernameToPhone;
      },
    },
  };
}
