/**
 * Host names of SIP destinations made addresses, remembered for a while, asked for once at a time.
 *
 * What resolves is injected (node:dns lookup in production: /etc/hosts and the system's resolver). Addresses come in
 * the order in which they are to be tried: IPv4 first, since "localhost" means 127.0.0.1 to most phones. Left out on
 * purpose: NAPTR and SRV (RFC 3263), which a gateway with one configured proxy does without.
 */
import { isIP } from "node:net";
import type { Clock } from "../clock.ts";

/** All addresses of a host name; rejects when there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;
/** Told the addresses, none when the name cannot be resolved. */
type Use = (addresses: readonly string[]) => void;

const KEPT = 30_000;
const KEPT_WHEN_UNKNOWN = 2_000;
const MOST = 1_000;

export class SipHosts {
  readonly #resolve: Resolve;
  readonly #clock: Clock;
  readonly #known = new Map<string, { addresses: readonly string[]; until: number }>();
  readonly #asked = new Map<string, Use[]>();

  constructor(resolve: Resolve, clock: Clock) {
    this.#resolve = resolve;
    this.#clock = clock;
  }

  /** Finds the addresses of a host: at once when it is an address or known, or no host at all. */
  find(host: string, use: Use): void {
    if (isIP(host) !== 0 || host === "") {
      use(host === "" ? [] : [host]);
      return;
    }
    const known = this.#known.get(host);
    if (known !== undefined && known.until > this.#clock.now()) use(known.addresses);
    else this.#ask(host, use);
  }

  #ask(host: string, use: Use): void {
    const waiting = this.#asked.get(host);
    if (waiting !== undefined) {
      waiting.push(use);
      return;
    }
    if (this.#asked.size >= MOST) {
      use([]);
      return;
    }
    this.#asked.set(host, [use]);
    const told = (addresses: readonly string[]): void => this.#told(host, addresses);
    Promise.resolve()
      .then(() => this.#resolve(host))
      .catch((): readonly string[] => [])
      .then(told);
  }

  #told(host: string, found: readonly string[]): void {
    const addresses = found.filter((address) => isIP(address) !== 0).sort((one, other) => isIP(one) - isIP(other));
    if (this.#known.size >= MOST) this.#known.clear();
    const kept = addresses.length > 0 ? KEPT : KEPT_WHEN_UNKNOWN;
    this.#known.set(host, { addresses, until: this.#clock.now() + kept });
    const waiting = this.#asked.get(host) ?? [];
    this.#asked.delete(host);
    for (const use of waiting) use(addresses);
  }
}
