/** The window of the demo: the page that shows its calls, on loopback alone. */

import { systemClock } from "../actors/clock.ts";
import type { Gateway } from "../actors/gateway.ts";
import type { Journal } from "../journal/journal.ts";
import type { Setting } from "../journal/setting.ts";
import { VERSION } from "../protocol/sip/capabilities.ts";
import { Access } from "../web/access.ts";
import { windowApp } from "../web/app.ts";
import type { Metrics } from "../web/metrics.ts";
import { type Served, serveWeb } from "../web/serve.ts";

const HOST = "127.0.0.1";
export const USUAL_PORT = 8080;

/** Serves the page at its usual port, or at a free one when that is taken. */
export async function openWindow(
  gateway: Gateway,
  by: { readonly journal: Journal; readonly metrics: Metrics; readonly setting: () => Setting },
  random: () => string,
): Promise<Served> {
  const app = windowApp({
    ...{ ...by, boot: random(), version: VERSION },
    access: new Access({ token: "", isLocal: true, random, now: () => systemClock.now() }),
    health: () => gateway.health,
    hangUp: (id) => gateway.calls.hangUp(id),
    drain: () => gateway.stop(),
  });
  return serveWeb(app, { host: HOST, port: USUAL_PORT }).catch(() => serveWeb(app, { host: HOST, port: 0 }));
}
