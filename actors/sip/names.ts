/**
 * Resolves the host names that SIP messages are sent to: configured ones, and those written by peers.
 *
 * Rules: a configured name is resolved by the system (including /etc/hosts), in a table of its own that peers' names cannot fill or
 * delay, and renewed before it expires, so that only the first request waits for it; a peer's name is resolved by the name server only,
 * and never waits for a thread that other look-ups block. A peer has `MOST_OF_ONE` queries open at once: further names of it are not found
 * until one is answered.
 */
import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import { Hosts, type Resolve } from "../hosts.ts";

const MOST_OF_ONE = 8;
/** Milliseconds: less than the lifetime of an address (hosts.ts). */
const RENEWED = 20_000;

export interface NamesNeeds {
  readonly clock: Clock;
  /** For configured names. */
  readonly resolve: Resolve;
  /** For all others. */
  readonly resolvePeer: Resolve;
  /** The configured names, in lower case. */
  readonly configured: readonly string[];
}

export class SipNames {
  readonly #configured: ReadonlySet<string>;
  readonly #ours: Hosts;
  readonly #theirs: Hosts;
  /** The number of open queries of each peer. */
  readonly #open = new Map<string, number>();

  readonly #clock: Clock;
  /** Stops the renewal; undefined until the first configured name is looked up. */
  #disarm: (() => void) | undefined;

  constructor({ clock, resolve, resolvePeer, configured }: NamesNeeds) {
    this.#clock = clock;
    this.#configured = new Set(configured);
    this.#ours = new Hosts(resolve, clock);
    this.#theirs = new Hosts(resolvePeer, clock);
  }

  stop(): void {
    this.#disarm?.();
  }

  /** The addresses of a host: a configured one, or one that a peer has written. */
  find(host: string, peer: string | undefined, use: (addresses: readonly string[]) => void): void {
    if (peer === undefined || this.#configured.has(host.toLowerCase())) {
      if (isIP(host) === 0) this.#disarm ??= this.#renewed();
      return this.#ours.find(host, use);
    }
    this.#findOf(peer, host, use);
  }

  #findOf(peer: string, host: string, use: (addresses: readonly string[]) => void): void {
    const open = this.#open.get(peer) ?? 0;
    if (open >= MOST_OF_ONE) return use([]);
    this.#open.set(peer, open + 1);
    this.#theirs.find(host, (addresses) => {
      this.#answered(peer);
      use(addresses);
    });
  }

  /** Renews the names in use periodically. */
  #renewed(): () => void {
    return this.#clock.after(RENEWED, () => {
      this.#ours.renew();
      this.#disarm = this.#renewed();
    });
  }

  #answered(peer: string): void {
    const left = (this.#open.get(peer) ?? 1) - 1;
    if (left > 0) this.#open.set(peer, left);
    else this.#open.delete(peer);
  }
}
