/**
 * Allocates UDP sockets from the relay's port range.
 *
 * RFC 3550 §11: RTP has an even port, RTCP the next one. Rules: the range is used in turn from a random port, so that a freed
 * port rests; a port in use is skipped. Bound: after `MOST_TRIES` there are no ports.
 */
import type { Address, DatagramEvents, Datagrams, OpenDatagrams } from "../transports/transport.ts";
import { RelayError } from "./relay-error.ts";

const MOST_TRIES = 50;

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export type Received = (bytes: Uint8Array, from: Address) => void;

export class Ports {
  readonly #open: OpenDatagrams;
  readonly #range: PortRange;
  #next: number;

  constructor(open: OpenDatagrams, range: PortRange, chance: () => number) {
    this.#open = open;
    // pairs, the first port of which is even
    this.#range = { first: range.first + (range.first % 2), last: range.last };
    this.#next = Math.floor(chance() * this.#pairs);
  }

  get #pairs(): number {
    return Math.max(1, Math.floor((this.#range.last - this.#range.first + 1) / 2));
  }

  /** One socket, on an even port. */
  async one(host: string, received: Received): Promise<Datagrams> {
    return this.#try((port) => this.#bind({ host, port }, received));
  }

  /** Two sockets, on an even port and the next. */
  async pair(host: string, rtp: Received, rtcp: Received): Promise<readonly [Datagrams, Datagrams]> {
    return this.#try(async (port) => {
      const even = await this.#bind({ host, port }, rtp);
      try {
        return [even, await this.#bind({ host, port: port + 1 }, rtcp)] as const;
      } catch (error) {
        await even.close();
        throw error;
      }
    });
  }

  async #try<Opened>(open: (port: number) => Promise<Opened>): Promise<Opened> {
    for (let tries = 0; tries < Math.min(MOST_TRIES, this.#pairs); tries++) {
      const port = this.#range.first + 2 * this.#next;
      this.#next = (this.#next + 1) % this.#pairs;
      const opened = await open(port).catch((error: unknown) => whyNot(error));
      if (opened !== undefined) return opened;
    }
    throw new RelayError("no ports are left");
  }

  #bind(at: Address, received: Received): Promise<Datagrams> {
    // a fault of one socket costs its call the audio, and the call then ends by its time-out
    const events: DatagramEvents = { received, failed: () => {} };
    return this.#open(at, events);
  }
}

/** A port in use is skipped; any other error applies to all ports, and is thrown. */
function whyNot(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return undefined;
  throw new RelayError(`no socket: ${error instanceof Error ? error.message : String(error)}`);
}
