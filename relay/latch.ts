/**
 * The phone's actual address: the source of its packets, which behind a NAT differs from that in its SDP (RFC 4961).
 *
 * Rules: packets from the SDP's address are accepted at once, from any port; another address only if the SDP's stays silent for
 * `PATIENCE` while the same stranger keeps sending. It is locked then: further strangers are dropped, until an SDP has another address; but
 * an address locked by patience yields to that of the SDP, since a ringing phone is silent, and a stranger may send to all ports.
 */
import type { Address } from "../transports/transport.ts";

/** Milliseconds. */
const PATIENCE = 1_000;

export class Latch {
  #said: Address | undefined;
  #peer: Address | undefined;
  #stranger: { readonly at: Address; readonly since: number } | undefined;

  /** The destination of packets; undefined before the first SDP, or on hold by 0.0.0.0. */
  get peer(): Address | undefined {
    return this.#peer ?? this.#said;
  }

  /** Sets the address from an SDP. */
  expect(address: Address | undefined): void {
    if (isSame(address, this.#said)) return;
    this.#said = address;
    this.#peer = undefined;
    this.#stranger = undefined;
  }

  /** Whether a packet is accepted as the phone's. */
  takes(from: Address, now: number): boolean {
    const isSaid = from.host === this.#said?.host;
    if (this.#peer && (!isSaid || this.#peer.host === from.host)) return isSame(from, this.#peer);
    if (!isSaid && !this.#isPatient(from, now)) return false;
    this.#peer = from;
    return true;
  }

  #isPatient(from: Address, now: number): boolean {
    if (!this.#said) return false;
    if (!this.#stranger || !isSame(this.#stranger.at, from)) {
      this.#stranger = { at: from, since: now };
      return false;
    }
    return now - this.#stranger.since >= PATIENCE;
  }
}

const isSame = (one: Address | undefined, other: Address | undefined): boolean =>
  one?.host === other?.host && one?.port === other?.port;
