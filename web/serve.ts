/**
 * Serves a Hono app over HTTP, the same on Bun, Deno and Node. Bounds: `MOST_CONNECTIONS`, or the given number; further ones are closed
 * immediately, as are those without a request within `PATIENCE`.
 */
import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";

/** Feeds are long-lived, and a browser opens six; a load balancer and Prometheus a few more. */
const MOST_CONNECTIONS = 200;
/** Milliseconds in which the head of a request must arrive, and then its body. */
const PATIENCE = 5_000;

export interface Served {
  /** The bound port. */
  readonly port: number;
  close(): Promise<void>;
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly most?: number;
  readonly patience?: number;
}

/** Listens; rejects if the port is in use. */
export function serveWeb(
  app: Hono,
  { host, port, most = MOST_CONNECTIONS, patience = PATIENCE }: Listening,
): Promise<Served> {
  return new Promise((resolve, reject) => {
    const times = { headersTimeout: patience, requestTimeout: patience, connectionsCheckingInterval: patience / 4 };
    const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions: times }, (info) => {
      server.off("error", reject);
      resolve({ port: info.port, close: () => closed(server) });
    });
    server.maxConnections = Math.min(most, MOST_CONNECTIONS);
    server.once("error", reject);
  });
}

/** Stops listening; open and slow requests are cut off, since the process must not wait for them. */
function closed(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
