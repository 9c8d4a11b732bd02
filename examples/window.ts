/**
 * The window of the demo: the page that shows its calls, on loopback alone.
 *
 * Hanging up needs a token, as with every gateway (web/access.ts): each run has one of its own, and prints a link that shows it.
 */
import { systemClock } from "../actors/clock.ts";
import type { Gateway } from "../actors/gateway.ts";
import type { Journal } from "../journal/journal.ts";
import type { Setting } from "../journal/setting.ts";
import { VERSION } from "../protocol/sip/capabilities.ts";
import { Access } from "../web/access.ts";
import { windowApp } from "../web/app.ts";
import type { Metrics } from "../web/metrics.ts";
import { serveWeb } from "../web/serve.ts";

const HOST = "127.0.0.1";
export const USUAL_PORT = 8080;

/** Letters of the token. */
const TOKEN = 12;

export interface DemoWindow {
  readonly port: number;
  /** The link that lets who follows it look, and hang up. */
  readonly link: string;
}

/** Serves the page at its usual port, or at a free one when that is taken. */
export async function openWindow(
  gateway: Gateway,
  by: { readonly journal: Journal; readonly metrics: Metrics; readonly setting: () => Setting },
  random: () => string,
): Promise<DemoWindow> {
  const token = random().slice(0, TOKEN);
  const app = windowApp({
    ...{ ...by, boot: random(), version: VERSION },
    access: new Access({ token, isLocal: true, random, now: () => systemClock.now() }),
    health: () => gateway.health,
    hangUp: (id) => gateway.calls.hangUp(id),
    drain: () => gateway.stop(),
  });
  const usual = serveWeb(app, { host: HOST, port: USUAL_PORT });
  const { port } = await usual.catch(() => serveWeb(app, { host: HOST, port: 0 }));
  return { port, link: `http://${HOST}:${port}/#token=${token}` };
}
