/**
 * The web page of the demo, with its calls, only on loopback.
 *
 * Hanging up needs a token, as with every gateway (web/access.ts): each run has its own, and prints a link that contains it.
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

/** Characters of the token. */
const TOKEN = 12;

export interface DemoWindow {
  readonly port: number;
  /** The sign-in link, which permits hanging up. */
  readonly link: string;
}

/** Serves the page at its usual port, or at a free one if that is in use. */
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
