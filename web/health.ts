/**
 * `GET /health`: 200 with JSON if the SIP sockets and the XMPP stream are up, else 503 with a list of what is down.
 *
 * For load balancers and operators; it reveals no calls. `proxy`, `relay` and `trunks` are informative and do not affect the status:
 * another gateway would report the same, and calls are attempted anyway.
 */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { Health } from "../machines/gateway.ts";
import { json } from "./api/documented.ts";
import { health as schema } from "./api/schemas.ts";

export function healthApp(health: () => Health): Hono {
  const app = new Hono();
  const responses = { 200: json(schema, "all is up"), 503: json(schema, "what is down") };
  app.get("/health", describeRoute({ summary: "Whether the gateway works", responses }), (context) => {
    const { sip, xmpp, proxy, relay, state, calls, trunks } = health();
    const down = [
      ...(sip ? [] : ["sip"]),
      ...(xmpp ? [] : ["xmpp"]),
      ...(state === "running" ? [] : [`gateway is ${state}`]),
    ];
    const status = down.length === 0 ? "up" : "down";
    const body = { status, down, proxy, relay, state, calls, ...(trunks ? { trunks } : {}) };
    return context.json(body, down.length === 0 ? 200 : 503, { "cache-control": "no-store" });
  });
  app.all("/health", (context) => context.text("GET only", 405, { allow: "GET, HEAD" }));
  return app;
}
