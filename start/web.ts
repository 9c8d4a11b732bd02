/** The page, API and metrics of a gateway, on the host and port of `[web]`. */
import { systemClock } from "../actors/clock.ts";
import type { Gateway } from "../actors/gateway.ts";
import { inTime } from "../actors/hosts.ts";
import { whyUnresolved } from "../config/lookup.ts";
import type { Journal } from "../journal/journal.ts";
import { VERSION } from "../protocol/sip/capabilities.ts";
import { settingOf } from "../replay/setting.ts";
import { mostDescriptors } from "../transports/descriptors.ts";
import { resolveBySystem } from "../transports/names.ts";
import { Access, isLoopback } from "../web/access.ts";
import { windowApp } from "../web/app.ts";
import type { Metrics } from "../web/metrics.ts";
import { serveWeb } from "../web/serve.ts";
import { gatewayConfig, type Read } from "./gateway-config.ts";
import { random } from "./random.ts";
import { StartError, whyUnbound } from "./start-error.ts";

/** Milliseconds for the response to a drain request to get out before a gateway without calls stops. */
const A_MOMENT = 100;

export async function openWeb(
  config: Read,
  gateway: Gateway,
  { token, ...by }: { readonly journal: Journal | undefined; readonly metrics: Metrics; readonly token: string },
): ReturnType<typeof serveWeb> {
  const { host, port } = config.web;
  const [address = host] = await inTime(
    resolveBySystem,
    systemClock,
  )(host).catch((error: unknown) => {
    throw new StartError(`[web] host "${host}" does not resolve: ${whyUnresolved(error)}`);
  });
  const access = new Access({
    token,
    isLocal: isLoopback(address.includes(":") ? `[${address}]` : address),
    random,
    now: () => systemClock.now(),
  });
  const app = windowApp({
    ...by,
    access,
    boot: random(),
    version: VERSION,
    health: () => gateway.health,
    setting: () => settingOf(gatewayConfig(config)),
    hangUp: (id) => gateway.calls.hangUp(id),
    drain: () => void systemClock.after(A_MOMENT, () => gateway.stop()),
  });
  return await serveWeb(app, { host: address, port, most: mostDescriptors() / 4 }).catch((error: unknown) => {
    throw new StartError(`[web] ${host}, port ${port}: ${whyUnbound(error)}`);
  });
}
