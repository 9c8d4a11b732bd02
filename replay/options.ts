/** What a play says of the gateway's configuration (`# options: …`), as options of its stage. */
import type { CallsConfig } from "../actors/calls/needs.ts";
import type { PlayConfiguration } from "../journal/setting.ts";
import { gatewayConfig, PROXY } from "./gateway.ts";
import type { StageOptions } from "./stage.ts";

/** The options that a play itself asks for. */
export function configuredBy(script: string): Pick<StageOptions, "calls" | "intercept" | "relay" | "online" | "byTcp"> {
  const written = /^# options: (.*)$/m.exec(script)?.[1];
  if (written === undefined) return {};
  const { intercept, relay, codecs, media, online, transport, hasCredentials, usernameToPhone, ...timers } = JSON.parse(
    written,
  ) as PlayConfiguration;
  const { addresses } = gatewayConfig({}, intercept && "intercept").calls;
  const calls: Partial<CallsConfig> = {
    ...timers,
    ...(media ? { media: media as CallsConfig["media"] } : {}),
    ...(codecs ? { codecs: codecs.split(",") } : {}),
    ...(hasCredentials ? { username: "carillon", password: "pw" } : {}),
    ...(usernameToPhone ? { addresses: { ...addresses, usernameToPhone } } : {}),
    ...(transport === "tcp" ? { proxy: { transport, ...PROXY } } : {}),
  };
  return {
    calls,
    ...(intercept ? { intercept } : {}),
    ...(relay ? { relay } : {}),
    ...(online ? { online } : {}),
    ...(transport === "tcp" ? { byTcp: true } : {}),
  };
}
