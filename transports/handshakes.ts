/**
 * Open TLS handshakes of a listener.
 *
 * Bounds: `MOST` at once, `MOST_OF_ONE` from one network, `PATIENCE` milliseconds each. COMPAT: node:tls reports a handshake time-out, but
 * leaves the socket open, on all three runtimes, so the TCP socket is closed here; a TLS socket does not expose its TCP socket, so both
 * are matched by the remote address.
 */
import type { Socket } from "node:net";
import { networkOf } from "./network.ts";
import { count, isFull } from "./tcp.ts";

const PATIENCE = 5_000;
const MOST = 200;
const MOST_OF_ONE = 20;

interface Handshake {
  readonly network: string;
  readonly timer: NodeJS.Timeout;
}

export class Handshakes {
  readonly #open = new Map<string, Handshake>();

  get count(): number {
    return this.#open.size;
  }

  begin(socket: Socket): void {
    socket.on("error", () => {}); // also on an open stream, whose owner is notified by `watch`
    const name = nameOf(socket);
    const network = networkOf(socket.remoteAddress ?? "");
    const ofSame = [...this.#open.values()].filter((each) => each.network === network).length;
    if (isFull() || this.#open.size >= MOST || ofSame >= MOST_OF_ONE) return void socket.destroy();
    count(socket);
    const timer = setTimeout(() => socket.destroy(), PATIENCE);
    this.#open.set(name, { network, timer });
    socket.once("close", () => this.#forget(name));
  }

  end(socket: Socket): void {
    this.#forget(nameOf(socket));
  }

  #forget(name: string): void {
    clearTimeout(this.#open.get(name)?.timer);
    this.#open.delete(name);
  }
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
