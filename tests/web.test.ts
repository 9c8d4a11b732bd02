/** What the gateway shows over HTTP. */
import { expect, test } from "bun:test";
import { connectTcp } from "../transports/tcp.ts";
import { healthApp } from "../web/health.ts";
import { serveWeb } from "../web/serve.ts";

const UP = { sip: true, xmpp: true, proxy: "up", relay: "none", state: "running", calls: 2 } as const;

test("health is never kept by a cache", async () => {
  const response = await healthApp(() => UP).request("/health");
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
});

test("health says all that is down", async () => {
  const response = await healthApp(
    () => ({ sip: false, xmpp: false, proxy: "down", relay: "none", state: "draining", calls: 1 }) as const,
  ).request("/health");
  expect([response.status, await response.json()]).toEqual([
    503,
    {
      status: "down",
      down: ["sip", "xmpp", "gateway is draining"],
      proxy: "down",
      relay: "none",
      state: "draining",
      calls: 1,
    },
  ]);
});

// proves: K14
test("health says what becomes of each trunk, which makes nothing down", async () => {
  const trunks = [{ name: "fritz", state: "refused", why: "403 Forbidden" }];
  const response = await healthApp(() => ({ ...UP, trunks })).request("/health");
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: "up", down: [], proxy: "up", relay: "none", state: "running", calls: 2, trunks },
  ]);
});

test("health is asked for by GET and HEAD, and says so", async () => {
  const app = healthApp(() => UP);
  const response = await app.request("/health", { method: "POST" });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  expect((await app.request("/health", { method: "HEAD" })).status).toBe(200);
});

test("a client that is slow to ask does not keep the process from ending", async () => {
  const served = await serveWeb(
    healthApp(() => UP),
    { host: "127.0.0.1", port: 0 },
  );
  const cutOff = Promise.withResolvers<void>();
  const events = { received: () => {}, closed: () => cutOff.resolve() };
  const client = await connectTcp({ host: "127.0.0.1", port: served.port }, events, 1_000);
  client.write("GET /health HTTP/1.1\r\nHost: x\r\n");
  await fetch(`http://127.0.0.1:${served.port}/health`); // the half of a request has arrived by now
  await served.close();
  await cutOff.promise;
});
