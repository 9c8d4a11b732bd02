/**
 * The sockets to media relays: one UDP socket for each address family, opened when first needed.
 *
 * Rules: a datagram that cannot be sent counts as lost; a faulty socket is closed, and the next
 * datagram opens a new one.
 */
import type { Address, Datagrams, OpenDatagrams } from "../../transports/transport.ts";

const ANY = { v4: { host: "0.0.0.0", port: 0 }, v6: { host: "::", port: 0 } } as const;
type Family = keyof typeof ANY;

export class RelaySocket {
  readonly #open: OpenDatagrams;
  readonly #received: (bytes: Uint8Array) => void;
  readonly #sockets = new Map<Family, Promise<Datagrams | undefined>>();
  #stopped = false;

  constructor(open: OpenDatagrams, received: (bytes: Uint8Array) => void) {
    this.#open = open;
    this.#received = received;
  }

  send(bytes: Uint8Array, to: Address): void {
    if (this.#stopped) return;
    void this.#socket(to.host.includes(":") ? "v6" : "v4").then((socket) => socket?.send(bytes, to));
  }

  stop(): void {
    this.#stopped = true;
    for (const family of [...this.#sockets.keys()]) this.#close(family);
  }

  #socket(family: Family): Promise<Datagrams | undefined> {
    const known = this.#sockets.get(family);
    if (known) return known;
    const failed = (): void => this.#close(family);
    const opened = this.#open(ANY[family], { received: (bytes) => this.#received(bytes), failed }).catch(() => {
      this.#sockets.delete(family);
      return undefined;
    });
    this.#sockets.set(family, opened);
    return opened;
  }

  #close(family: Family): void {
    const socket = this.#sockets.get(family);
    this.#sockets.delete(family);
    void socket?.then((open) => open?.close());
  }
}
