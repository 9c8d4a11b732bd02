/** Packet counters of a call, by side and kind, and the time of the last sign of life. */

type Kind = "rtp" | "rtcp";

interface Counter {
  packets: number;
  bytes: number;
  /** From strangers, not authentic, or replayed. */
  errors: number;
}

const counter = (): Counter => ({ packets: 0, bytes: 0, errors: 0 });

export class Traffic {
  readonly counters = { user: { rtp: counter(), rtcp: counter() }, phone: { rtp: counter(), rtcp: counter() } };
  readonly created: number;
  readonly #now: () => number;
  #lively: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.created = now();
  }

  /** The instant of the last packet or check; undefined before the first. */
  get lively(): number | undefined {
    return this.#lively;
  }

  live(): void {
    this.#lively = this.#now();
  }

  /** Counts a packet; false for one that must not be forwarded. */
  count(from: "user" | "phone", kind: Kind, packet: Uint8Array | undefined): packet is Uint8Array {
    const counted = this.counters[from][kind];
    if (!packet) {
      counted.errors++;
      return false;
    }
    counted.packets++;
    counted.bytes += packet.length;
    this.live();
    return true;
  }
}
