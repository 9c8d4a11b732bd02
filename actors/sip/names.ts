/**
 * Host names that SIP messages are sent to, made addresses: those of the configuration, and those that peers have written.
 *
 * Rules: a name of the configuration is looked up as the system does (/etc/hosts too), in a table of its own, which no peer's name can
 * fill or delay, and renewed before it is old, so that no request waits for it but the first; a peer's name is asked of the name server alone, and never waits for a thread that other look-ups hold. A peer has
 * `MOST_OF_ONE` questions open at once: further names of it are not found until one is answered.
 */
import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import { Hosts, type Resolve } from "../hosts.ts";

const MOST_OF_ONE = 8;
/** In milliseconds: sooner than an address is old (hosts.ts). */
const RENEWED = 20_000;

export interface NamesNeeds {
  readonly clock: Clock;
  /** For the names of the configuration. */
  readonly resolve: Resolve;
  /** For all others. */
  readonly resolvePeer: Resolve;
  /** The names of the configuration, in lower case. */
  readonly configured: readonly string[];
}

export class SipNames {
  readonly #configured: ReadonlySet<string>;
  readonly #ours: Hosts;
  readonly #theirs: Hosts;
  /** How many questions each peer has open. */
  readonly #open = new Map<string, number>();

  readonly #clock: Clock;
  /** Renews no names any more; there before the first is asked for. */
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

  /** The addresses of a host that the configuration names, or that a peer has written. */
  find(host: string, peer: string | undefined, use: (addresses: readonly string[]) => void): void {
    if (peer === undefined || this.#configured.has(host.toLowerCase())) {
      if (isIP(host) === 0) this.#disarm ??= this.#renewed();
      return this.#ours.find(host, use);
    }
    const open = this.#open.get(peer) ?? 0;
    if (open >= MOST_OF_ONE) return use([]);
    this.#open.set(peer, open + 1);
    this.#theirs.find(host, (addresses) => {
      this.#answered(peer);
      use(addresses);
    });
  }

  /** Renews what was asked for, now and again. */
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
