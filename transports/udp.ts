/**
 * Datagrams over node:dgram: the same code on Bun, Deno and Node.
 *
 * Rules: an `error` listener is always there and each send has a callback, so that nothing the network does can end the
 * process; an IPv6 socket is IPv6 only, so that 0.0.0.0 and :: can be bound side by side and no address is ever
 * `::ffff:1.2.3.4`. The receive buffer stays as the system gives it (COMPAT Deno 2.9: setRecvBufferSize makes each
 * datagram cost a millisecond).
 */
import { createSocket, type Socket } from "node:dgram";
import type { Address, DatagramEvents, Datagrams, OpenDatagrams, Sent } from "./transport.ts";

/** Binds a UDP socket; rejects when the address cannot be had. */
export const openUdp: OpenDatagrams = (at, events) =>
  new Promise((resolve, reject) => {
    const v6 = at.host.includes(":");
    const socket = createSocket({ type: v6 ? "udp6" : "udp4", ipv6Only: v6 });
    socket.once("error", reject);
    socket.bind({ port: at.port, address: at.host, exclusive: true }, () => {
      socket.off("error", reject);
      listen(socket, events);
      resolve(datagramsOf(socket, at.host));
    });
  });

function listen(socket: Socket, events: DatagramEvents): void {
  socket.on("message", (bytes, from) => events.received(bytes, { host: from.address, port: from.port }));
  socket.on("error", (error) => {
    // COMPAT Bun 1.4.5: the ICMP answer of a dead peer surfaces here; the socket is as good as before.
    if (!isRefused(error)) events.failed(error);
  });
}

function datagramsOf(socket: Socket, host: string): Datagrams {
  let open = true;
  return {
    local: { host, port: socket.address().port },
    send(bytes, to, sent = () => {}) {
      if (open) attempt(socket, bytes, to, sent, true);
      else sent(new Error("the socket is closed"));
    },
    close() {
      if (!open) return Promise.resolve();
      open = false;
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
