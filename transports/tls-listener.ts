/**
 * Accepts byte streams over node:tls: the same code on Bun, Deno and Node.
 *
 * RFC 3261 §26.3.1, RFC 5922 §7.4. Rules: a certificate is requested, but a client without one, or with an invalid one, is not rejected:
 * it is anonymous (peer.ts), whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED); TLS 1.2 at least. Bounds: those of tcp.ts, in
 * which a handshake counts as a stream, and of handshakes.ts.
 */

import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { Handshakes } from "./handshakes.ts";
import { peerOf } from "./peer.ts";
import { remoteOf, streamOf, watch } from "./tcp.ts";
import type { ListenTls, TlsServerTerms } from "./transport.ts";

/** Listens; `accept` returns the callbacks of each incoming stream. */
export const listenTls: ListenTls = (at, terms, accept) =>
  new Promise((resolve, reject) => {
    const handshakes = new Handshakes();
    const sockets = new Set<Socket>();
    const server = createServer({ ...inNode(terms), requestCert: true, rejectUnauthorized: false, noDelay: true });
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      handshakes.begin(socket);
    });
    server.on("secureConnection", (socket: TLSSocket) => {
      handshakes.end(socket);
      watch(socket, accept(streamOf(socket, remoteOf(socket)), peerOf(socket)));
    });
    server.on("tlsClientError", (_, socket) => void socket.destroy());
    server.once("error", reject);
    server.listen({ port: at.port, host: at.host, ipv6Only: at.host.includes(":") }, () => {
      server.off("error", reject);
      server.on("error", () => {}); // a connection was closed before it was accepted
      const renew = (renewed: TlsServerTerms): void => server.setSecureContext(inNode(renewed));
      resolve({ local: { host: at.host, port: portOf(server) ?? at.port }, renew, close });
    });

    function close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    }
  });

const inNode = ({ certificate, key, ca }: TlsServerTerms) => ({
  ...{ cert: certificate, key, minVersion: "TLSv1.2" as const },
  ...(ca && { ca }),
});

function portOf(server: Server): number | undefined {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : undefined;
}
