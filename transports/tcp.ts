/**
 * Byte streams over node:net: the same code on Bun, Deno and Node.
 *
 * Rules: `closed` is called exactly once, and never for a stream that did not open; Nagle's algorithm is off; a stream that
 * the other side ends is ended here too; one that sends without end leaves turns to others (stream-turns.ts); an IPv6 listener is IPv6 only. Bound: half of the process's descriptors; further streams are
 * closed on arrival. COMPAT Bun 1.4.5: a process without free descriptors retries accept in a loop (38 % of a core with 64 of them).
 */
import { createConnection, createServer, type Socket } from "node:net";
import { mostDescriptors } from "./descriptors.ts";
import { StreamTurns } from "./stream-turns.ts";
import type { Address, ByteStream, Connect, Listen, Sent, StreamEvents } from "./transport.ts";

const MOST = mostDescriptors() / 2;
/** All open sockets, of all listeners and connections. */
const open = new Set<Socket>();

/** Whether no further stream may be opened. */
export const isFull = (): boolean => open.size >= MOST;

/** Counts a socket until it is closed. */
export function count(socket: Socket): void {
  open.add(socket);
  socket.once("close", () => open.delete(socket));
}

/** Connects, from the local address `from` if given; rejects after `timeout` milliseconds. */
export const connectTcp: Connect = (to, events, timeout, from) =>
  opened("connect", { to, events, timeout }, () => {
    const local = from === undefined ? {} : { localAddress: from };
    return createConnection({ host: to.host, port: to.port, noDelay: true, ...local });
  });

/** The destination of a stream, its callbacks, and the time-out in milliseconds. */
interface Opening {
  readonly to: Address;
  readonly events: StreamEvents;
  readonly timeout: number;
}

/** Starts a socket by `begin`, and resolves to a stream at its `ready` event. */
export function opened(
  ready: "connect" | "secureConnect",
  { to, events, timeout }: Opening,
  begin: () => Socket,
): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    if (isFull()) return reject(new Error("no descriptor is left for one more connection"));
    const socket = begin();
    count(socket);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no connection to ${to.host}:${to.port} in ${timeout} ms`)), timeout);
    socket.on("error", fail);
    const cut = (): void => fail(new Error("it has closed the connection"));
    socket.on("close", cut); // a TLS handshake may be cut off without an error
    socket.once(ready, () => {
      clearTimeout(timer);
      socket.off("error", fail).off("close", cut);
      const stream = streamOf(socket, to);
      watch(socket, events);
      resolve(stream);
    });
  });
}

/** Listens; `accept` returns the callbacks of each incoming stream. */
export const listenTcp: Listen = (at, accept) =>
  new Promise((resolve, reject) => {
    const sockets = new Set<Socket>();
    const server = createServer({ noDelay: true }, (socket) => {
      if (isFull()) return void socket.destroy();
      count(socket);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      watch(socket, accept(streamOf(socket, remoteOf(socket))));
    });
    server.once("error", reject);
    server.listen({ port: at.port, host: at.host, ipv6Only: at.host.includes(":") }, () => {
      server.off("error", reject);
      server.on("error", () => {}); // a connection was closed before it was accepted
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : at.port;
      resolve({ local: { host: at.host, port }, close });
    });

    function close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    }
  });

/** The remote address of an accepted stream. */
export const remoteOf = ({ remoteAddress = "", remotePort = 0 }: Socket): Address => ({
  host: remoteAddress,
  port: remotePort,
});

/** Reports received bytes, and the close once. */
export function watch(socket: Socket, events: StreamEvents): void {
  let fault: Error | undefined;
  let over = false;
  const turns = new StreamTurns(socket, (bytes) => events.received(bytes));
  socket.on("data", (bytes: Uint8Array) => {
    if (!over) turns.received(bytes);
  });
  socket.on("error", (error) => {
    fault = error;
  });
  socket.once("close", () => {
    over = true;
    turns.end();
    events.closed(fault);
  });
}

export function streamOf(socket: Socket, remote: Address): ByteStream {
  return {
    local: { host: socket.localAddress ?? "", port: socket.localPort ?? 0 },
    remote,
    get waiting() {
      return socket.writableLength;
    },
    write: (bytes, sent) => write(socket, bytes, sent),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

/** Corks: all writes of one turn of the event loop go out together at its end; each write costs the kernel some 20 µs. */
function write(socket: Socket, bytes: Uint8Array | string, sent: Sent = () => {}): void {
  if (socket.destroyed || !socket.writable) return sent(new Error("the stream is closed"));
  if (socket.writableCorked === 0) {
    socket.cork();
    setImmediate(() => socket.uncork());
  }
  socket.write(bytes, (error) => sent(error ?? undefined));
}
