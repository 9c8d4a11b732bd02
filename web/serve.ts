/** Serves a Hono app over HTTP, the same on Bun, Deno and Node. Bound: `MOST_CONNECTIONS`, or fewer if it is told so; more are closed at once. */
import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";

/** Feeds last, and a browser opens six; a load balancer and Prometheus a few more. */
const MOST_CONNECTIONS = 200;

export interface Served {
  /** The port that was really bound. */
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; rejects when the port is taken. */
export function serveWeb(
  app: Hono,
  { host, port, most = MOST_CONNECTIONS }: { host: string; port: number; most?: number },
): Promise<Served> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => {
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
