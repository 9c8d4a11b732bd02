/** The flow of a datagram: a UDP socket with a remote address, which cannot be lost. A class, since there is one per datagram. */
import type { Address } from "../../transports/transport.ts";
import type { Watch } from "../watch.ts";
import type { Flow } from "./flow.ts";
import type { SipSocket } from "./sockets.ts";

export class UdpFlow implements Flow {
  readonly transport = "udp";
  readonly remote: Address;
  readonly #socket: SipSocket;
  readonly #watch: Watch | undefined;

  constructor(socket: SipSocket, remote: Address, watch: Watch | undefined) {
    this.#socket = socket;
    this.remote = remote;
    this.#watch = watch;
  }

  send(bytes: Uint8Array, failed: () => void): void {
    this.#watch?.sip(true, bytes, "udp", this.remote.host, this.remote.port);
    this.#socket.send(bytes, this.remote, (error) => error && failed());
  }

  whenLost(): () => void {
    return nothing;
  }
}

const nothing = (): void => {};
