/**
 * The window: page, API, feed, metrics and health as one Hono application.
 *
 * Read-only except for two functions of the gateway, to hang up and to drain. The page consists of committed files
 * (page/dist); without a journal (`[web] journal = 0`) only health and metrics remain.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { describeRoute, openAPIRouteHandler } from "hono-openapi";
import type { Journal } from "../journal/journal.ts";
import type { Setting } from "../journal/setting.ts";
import type { Health } from "../machines/gateway.ts";
import type { Access } from "./access.ts";
import { callsApi } from "./api/calls.ts";
import { json, MAY_LOOK, MAY_TOUCH, textOf } from "./api/documented.ts";
import { exportsApi } from "./api/exports.ts";
import { feedApi } from "./api/feed.ts";
import { machinesApi } from "./api/machines.ts";
import { overview } from "./api/schemas.ts";
import { healthApp } from "./health.ts";
import { security } from "./security.ts";

export interface WindowNeeds {
  readonly journal: Journal | undefined;
  readonly access: Access;
  readonly health: () => Health;
  readonly boot: string;
  readonly version: string;
  /** The configuration needed by plays. */
  readonly setting: () => Setting;
  readonly hangUp: (id: string) => boolean;
  readonly metrics: { readonly type: string; text(): Promise<string> };
  /** Stops accepting new calls. */
  readonly drain: () => void;
}

/** The files of the page, by path. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
  "/inter.woff2": ["inter.woff2", "font/woff2"],
};

export function windowApp(needs: WindowNeeds): Hono {
  const app = new Hono();
  app.use(security);
  app.route("/", healthApp(needs.health));
  app.get("/metrics", describeRoute(METRICS), needs.access.look, async (context) =>
    context.body(await needs.metrics.text(), 200, { "content-type": needs.metrics.type, "cache-control": "no-store" }),
  );
  if (needs.journal) app.route("/", lookingApp(needs, needs.journal, app));
  app.notFound((context) => context.json({ error: "not found" }, 404));
  return app;
}

const METRICS = {
  summary: "Metrics for Prometheus",
  responses: { 200: textOf("text/plain", "the text format of Prometheus"), ...MAY_LOOK },
};
const OVERVIEW = {
  summary: "Counts over all calls since the start",
  responses: { 200: json(overview, "counts"), ...MAY_LOOK },
};
const DRAIN = {
  summary: "Accepts no new calls, and exits after the last one, like SIGTERM; needs the token",
  responses: { 202: { description: "it drains" }, ...MAY_TOUCH },
};

/** `whole` is described in `/openapi.json`. */
function lookingApp(needs: WindowNeeds, journal: Journal, whole: Hono): Hono {
  const { access, health, boot, version, hangUp, drain, setting } = needs;
  const app = new Hono();
  app.route("/", access.routes);
  app.use("/api/*", access.look, noStore);
  app.use("/openapi.json", access.look);
  for (const [path, [file, type]] of Object.entries(FILES)) {
    app.get(path, (context) => context.body(read(file), 200, { "content-type": type, "cache-control": "no-cache" }));
  }
  const top = () => ({ ...health(), version });
  app.route("/api/calls", callsApi({ journal, access, hangUp }));
  app.route("/api/calls", exportsApi({ journal, setting }));
  app.route("/api/machines", machinesApi());
  app.route("/api/feed", feedApi({ journal, boot, counts: top }));
  app.get("/api/overview", describeRoute(OVERVIEW), (context) => context.json(journal.counts));
  app.post("/api/drain", describeRoute(DRAIN), access.touch, (context) => {
    drain();
    return context.body(null, 202);
  });
  app.get("/openapi.json", openAPIRouteHandler(whole, { documentation: { info: { title: "Carillon", version } } }));
  return app;
}

const noStore: Parameters<Hono["use"]>[1] = async (context, next) => {
  await next();
  context.header("cache-control", "no-store");
};

const read = (file: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "page/dist", file)));
