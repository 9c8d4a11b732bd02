/**
 * Serves a Hono app over HTTP, the same on Bun, Deno and Node. Bounds: `MOST_CONNECTIONS`, or fewer if it is told so, more are closed
 * at once; who has not asked in `PATIENCE` is closed, too.
 */
import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";

/** Feeds last, and a browser opens six; a load balancer and Prometheus a few more. */
const MOST_CONNECTIONS = 200;
/** How long a request may take to come, its head and its body each; milliseconds. */
const PATIENCE = 5_000;

export interface Served {
  /** The port that was really bound. */
  readonly port: number;
  close(): Promise<void>;
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly most?: number;
  readonly patience?: number;
}

/** Listens; rejects when the port is taken. */
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

/** Stops listening; who still asks, or is slow to, is cut off, since the process must not wait for them. */
function closed(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
