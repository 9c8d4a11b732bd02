/**
 * Where the phone really is: the address that its packets come from, which behind a NAT is not that of its SDP (RFC 4961).
 *
 * Rules: the address of the SDP is believed at once, from whatever port it sends; another one only if that stays silent for `PATIENCE`
 * while the same stranger goes on. Then it is locked: later strangers are dropped, until an SDP names another address; but whoever
 * was no more than patient yields to the address of the SDP, since a phone that rings is silent, and a stranger may send to all ports.
 */
import type { Address } from "../transports/transport.ts";

/** Milliseconds. */
const PATIENCE = 1_000;

export class Latch {
  #said: Address | undefined;
  #peer: Address | undefined;
  #stranger: { readonly at: Address; readonly since: number } | undefined;

  /** Where packets are sent to; nowhere before any SDP, or on hold by 0.0.0.0. */
  get peer(): Address | undefined {
    return this.#peer ?? this.#said;
  }

  /** An SDP names this address. */
  expect(address: Address | undefined): void {
    if (isSame(address, this.#said)) return;
    this.#said = address;
    this.#peer = undefined;
    this.#stranger = undefined;
  }

  /** Whether a packet is the phone's. */
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
