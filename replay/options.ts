/** The gateway configuration in a play (`# options: …`), as options of its stage. */

import type { DialConfig } from "../actors/calls/dial-limits.ts";
import type { CallsConfig } from "../actors/calls/needs.ts";
import type { TrunkSettings } from "../actors/trunks/trunk.ts";
import { PLAY_MANNER, type PlayConfiguration } from "../journal/setting.ts";
import { PROXY as PROXY_TRUNK } from "../protocol/dial-plan.ts";
import { gatewayConfig, PROVIDER, PROXY } from "./gateway.ts";
import type { StageOptions } from "./stage-options.ts";

type Configured = Pick<
  StageOptions,
  "calls" | "intercept" | "relay" | "online" | "byTcp" | "byTls" | "trunks" | "routes"
>;

const PROVIDER_NAME = "provider";

/** The options in a play. */
export function configuredBy(script: string): Configured {
  const written = /^# options: (.*)$/m.exec(script)?.[1];
  if (written === undefined) return {};
  const {
    intercept,
    relay,
    codecs,
    media,
    online,
    transport,
    hasCredentials,
    usernameToPhone,
    speaksAs,
    trunk,
    routes,
    dial,
    ...timers
  } = JSON.parse(written) as PlayConfiguration;
  const { addresses } = gatewayConfig({}, intercept && "intercept").calls;
  const calls: Partial<CallsConfig> = {
    ...timers,
    ...(media ? { media: media as CallsConfig["media"] } : {}),
    ...(codecs ? { codecs: codecs.split(",") } : {}),
    ...(hasCredentials ? { username: "carillon", password: "pw" } : {}),
    addresses: { ...addresses, ...(usernameToPhone && { usernameToPhone }), ...(speaksAs && { speaksAs }) },
    ...(transport === "tcp" ? { proxy: { transport, ...PROXY } } : {}),
    ...(dial ? { dial: dialOf(dial, trunk ? PROVIDER_NAME : PROXY_TRUNK) } : {}),
  };
  return {
    calls,
    ...(intercept ? { intercept } : {}),
    ...(relay ? { relay: "as the play says" } : {}),
    ...(online ? { online } : {}),
    ...(trunk ? { trunks: [trunkOf(trunk)] } : {}),
    ...(routes ? { routes } : {}),
    ...(transport === "tcp" || isByStream(trunk?.transport) ? { byTcp: true } : {}),
    ...(transport === "tls" || trunk?.transport === "tls" ? { byTls: true } : {}),
  };
}

/** A plan that allows each number literally. */
function dialOf({ to, hide, longest, emergency }: NonNullable<PlayConfiguration["dial"]>, trunk: string): DialConfig {
  return {
    ...{ country: "", area: "", international: "", national: "", emergency, hide, longest },
    rules: to.map((each) => ({ to: each, trunk })),
    ...{ callsPerUser: 0, callsPerHour: 0 },
  };
}

/** Without registration: a play is one call. */
function trunkOf(said: NonNullable<PlayConfiguration["trunk"]>): TrunkSettings {
  const {
    hasPassword,
    hasOutboundProxy,
    registers: _,
    codecs,
    media,
    transport,
    ...trunk
  } = { ...PLAY_MANNER, ...said };
  return {
    ...trunk,
    ...{ name: PROVIDER_NAME, server: PROVIDER, register: false, expires: 600, keepalive: 0, authUsername: "" },
    ...(hasOutboundProxy ? { outboundProxy: PROVIDER } : {}),
    ...{ password: hasPassword ? "pw" : "", codecs: codecs.split(",") },
    media: media as TrunkSettings["media"],
    transport: isByStream(transport) ? transport : "udp",
  };
}

/** TCP or TLS; the wire of plays has no certificates. */
const isByStream = (transport: string | undefined): transport is "tcp" | "tls" =>
  transport === "tcp" || transport === "tls";
