/**
 * Datagrams over node:dgram: the same code on Bun, Deno and Node.
 *
 * Rules: there is always an `error` listener and each send has a callback, so the network cannot end the process; an IPv6
 * socket is IPv6 only, so that 0.0.0.0 and :: can be bound side by side and no address is `::ffff:1.2.3.4`; the receive
 * buffer is 4 MB, if the system permits it, for bursts (the 212,992 bytes of Linux hold some 90 INVITEs); a flood leaves turns to
 * others (datagram-turns.ts). COMPAT Deno 2.9:
 * the default stays there, since setRecvBufferSize makes each datagram cost 1 to 2 ms.
 */
import { createSocket, type Socket } from "node:dgram";
import { DatagramTurns } from "./datagram-turns.ts";
import type { Address, DatagramEvents, Datagrams, OpenDatagrams, ReceiveBuffer, Sent } from "./transport.ts";

/** In bytes; Linux grants at most `net.core.rmem_max`. */
const RECEIVE_BUFFER = 4_194_304;

/** Binds a UDP socket; rejects if the address cannot be bound. */
export const openUdp: OpenDatagrams = (at, events) =>
  new Promise((resolve, reject) => {
    const socket = socketFor(at.host);
    socket.once("error", reject);
    socket.bind({ port: at.port, address: at.host, exclusive: true }, () => {
      socket.off("error", reject);
      const turns = new DatagramTurns(events);
      listen(socket, turns, events);
      const receiveBuffer = "Deno" in globalThis ? undefined : widen(socket);
      resolve({ ...datagramsOf(socket, at.host, { turns, events }), ...(receiveBuffer && { receiveBuffer }) });
    });
  });

function socketFor(host: string): Socket {
  const v6 = host.includes(":");
  return createSocket({ type: v6 ? "udp6" : "udp4", ipv6Only: v6 });
}

function listen(socket: Socket, turns: DatagramTurns, events: DatagramEvents): void {
  // COMPAT Deno 2.9: a datagram is a view into a 64 kB buffer, which a stored datagram would keep in memory
  const own = (bytes: Uint8Array): Uint8Array => ("Deno" in globalThis ? new Uint8Array(bytes) : bytes);
  socket.on("message", (bytes, from) => turns.received(own(bytes), { host: from.address, port: from.port }));
  socket.on("error", (error) => {
    // COMPAT Bun 1.4.5: a dead peer's ICMP port-unreachable surfaces here; the socket remains usable.
    if (!isRefused(error)) events.failed(error);
  });
}

/** Asks for the receive buffer; if that is refused the default stays. */
function widen(socket: Socket): ReceiveBuffer {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER);
  } catch {
    // ENOBUFS on BSD: above the system's limit
  }
  // Linux doubles the size for its own overhead, and reports the double (socket(7))
  const told = socket.getRecvBufferSize() / (process.platform === "linux" ? 2 : 1);
  return { asked: RECEIVE_BUFFER, given: Math.min(told, RECEIVE_BUFFER) };
}

interface Listening {
  readonly turns: DatagramTurns;
  readonly events: DatagramEvents;
}

function datagramsOf(socket: Socket, host: string, { turns, events }: Listening): Datagrams {
  let open = true;
  const local = { host, port: socket.address().port };
  return {
    local,
    send(bytes, to, sent = () => {}) {
      const done: Sent = (error) => {
        if (error && open && isUnknown(error)) judge(error, local, events, sent);
        else sent(error);
      };
      if (open) attempt(socket, bytes, to, done, true);
      else sent(new Error("the socket is closed"));
    },
    close() {
      if (!open) return Promise.resolve();
      open = false;
      turns.stop();
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}

function attempt(socket: Socket, bytes: Uint8Array, to: Address, sent: Sent, again: boolean): void {
  try {
    socket.send(bytes, to.port, to.host, (error) => {
      // COMPAT Bun 1.4.5 (oven-sh/bun#29116): after one peer's port-unreachable the next send to any peer fails with
      // ECONNREFUSED and is lost. It says nothing about this destination, so it is sent once more.
      if (error && again && isRefused(error)) attempt(socket, bytes, to, sent, false);
      else if (error && !isRefused(error)) sent(error);
      else sent();
    });
  } catch (error) {
    if (again && isRefused(error)) attempt(socket, bytes, to, sent, false);
    else sent(error instanceof Error ? error : new Error(String(error)));
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}

/**
 * COMPAT Deno 2.9: a socket that the kernel has closed reports no error; one send fails without a known reason, and later ones
 * leave from another port. Since the first failure may be the destination's fault too, a second socket tries to bind our port: if that
 * succeeds, ours is lost, and the datagram counts as lost in the network.
 */
function judge(error: Error, { host, port }: Address, events: DatagramEvents, sent: Sent): void {
  const other = socketFor(host);
  other.once("error", () => sent(error));
  other.bind({ port, address: host, exclusive: true }, () =>
    other.close(() => {
      events.failed(error);
      sent();
    }),
  );
}

const isUnknown = (error: Error): boolean => "code" in error && error.code === "UNKNOWN";
