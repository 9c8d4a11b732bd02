/** A whole gateway for plays: its configuration, and clock, random numbers and wires in memory. */
import { createHash } from "node:crypto";
import type { CallsConfig } from "../actors/calls/needs.ts";
import type { GatewayConfig, GatewayNeeds } from "../actors/gateway-config.ts";
import type { LogEvent } from "../actors/log.ts";
import { createChance } from "./chance.ts";
import type { SimulatedClock } from "./clock.ts";
import type { Wire } from "./wire.ts";

export const GATEWAY = { host: "192.0.2.1", port: 5600 };
export const PROXY = { host: "192.0.2.2", port: 5060 };
export const PROVIDER = { host: "198.51.100.7", port: 5060 };
export const SERVER = { host: "192.0.2.3", port: 5347 };
export const COMPONENT = "sip.example.org";

export function gatewayConfig(
  calls: Partial<CallsConfig> = {},
  mode: "gateway" | "intercept" = "gateway",
  sip: Partial<GatewayConfig["sip"]> = {},
): GatewayConfig {
  return {
    sip: { bind: ["0.0.0.0"], port: GATEWAY.port, localHost: GATEWAY.host, allow: [], strict: false, ...sip },
    xmpp: {
      mode,
      ...SERVER,
      domain: COMPONENT,
      secret: "secret",
      hosts: ["example.org"],
      video: true,
    },
    calls: {
      proxy: { transport: "udp", ...PROXY },
      outbound: false,
      localHost: GATEWAY.host,
      sdpOrigin: GATEWAY.host,
      profile: "deployed",
      username: "",
      password: "",
      realm: [],
      media: "webrtc",
      codecs: ["PCMA", "PCMU", "G722"],
      addresses: {
        hosts: ["example.org"],
        component: COMPONENT,
        ours: [GATEWAY.host],
        proxyHost: PROXY.host,
        proxyPort: PROXY.port,
        intercept: mode === "intercept",
        speaksAs: [],
        usernameToPhone: [{ username: "nurse", phone: "+4930123" }],
      },
      trusted: true,
      ringTimeout: 180_000,
      gatherTimeout: 500,
      renegotiateTimeout: 10_000,
      jmiTimeout: 30_000,
      retryAudioOnly: true,
      maxCalls: 100,
      perUser: 0,
      perMinute: 0,
      ...calls,
    },
    drainTimeout: 60_000,
  };
}

export function needsOf(clock: SimulatedClock, wire: Wire, log: (event: LogEvent) => void, seed = 1): GatewayNeeds {
  const chance = createChance(seed);
  return {
    clock,
    chance,
    random: () => Array.from({ length: 3 }, () => Math.floor(chance() * 2 ** 32).toString(36)).join(""),
    hash: (algorithm, text) => createHash(algorithm).update(text).digest("hex"),
    sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
    open: {
      ...{ udp: wire.openUdp, listen: wire.listen, listenTls: wire.listenTls },
      ...{ connect: wire.connect, connectTls: wire.connectTls },
    },
    resolve: async (host) => [host],
    resolvePeer: async (host) => [host],
    log,
  };
}
