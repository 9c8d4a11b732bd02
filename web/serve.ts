/** Serves a Hono app over HTTP, the same on Bun, Deno and Node. */
import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";

export interface Served {
  /** The port that was really bound. */
  readonly port: number;
  close(): Promise<void>;
}

/** Listens; rejects when the port is taken. */
export function serveWeb(app: Hono, { host, port }: { host: string; port: number }): Promise<Served> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => {
      server.off("error", reject);
      resolve({ port: info.port, close: () => closed(server) });
    });
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
