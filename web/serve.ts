/** Serves a Hono app over HTTP, the same on Bun, Deno and Node. */
import { serve } from "@hono/node-server";
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
      resolve({ port: info.port, close: () => new Promise((closed) => server.close(() => closed())) });
    });
    server.once("error", reject);
  });
}
