/**
 * Who may begin calls over SIP: the proxy, and the networks of `[sip] allow`.
 *
 * Rules: the proxy's addresses are looked up again every minute, since they change, and sooner while there are none; until
 * they are known the first time only the networks may. An address that the name no longer has may for `FORMER` more, since the
 * proxy goes on there until its callers have seen its move; our credentials and requests go to the present ones alone. Loopback is no exception: whoever has an account on this machine
 * would call as anybody. Nothing waits for a look-up. This judges requests outside dialogs; those inside are known by
 * their tags.
 */
import ipaddr from "ipaddr.js";
import { normalAddress } from "../../protocol/special-address.ts";
import type { Clock } from "../clock.ts";
import type { Resolve } from "../hosts.ts";

/** In milliseconds. */
const AGAIN = 60_000;
const AGAIN_WHEN_UNKNOWN = 5_000;
const FORMER = 600_000;
/** Of a name that has ever other addresses, the newest are kept. */
const MOST_FORMER = 32;

export interface AclNeeds {
  readonly clock: Clock;
  readonly resolve: Resolve;
  readonly proxyHost: string;
  /** `10.0.0.0/8`, or single addresses. */
  readonly networks: readonly string[];
}

export class SipAcl {
  readonly #needs: AclNeeds;
  #networks: readonly Network[] = [];
  #proxy: ReadonlySet<string> = new Set();
  /** When each was last known as an address of the proxy; the one that left first is first. */
  readonly #former = new Map<string, number>();
  #disarm: () => void = () => {};
  #stopped = false;

  constructor(needs: AclNeeds) {
    this.#needs = needs;
    // a proxy that is named by its address needs no look-up to be known
    if (ipaddr.isValid(needs.proxyHost)) this.#proxy = new Set([normalAddress(needs.proxyHost)]);
    this.permit(needs.networks);
  }

  /** The networks whose hosts may begin calls from now on, instead of those before. */
  permit(networks: readonly string[]): void {
    this.#networks = networks.map(readNetwork);
  }

  /** Looks the proxy up, now and every while; settles after the first look-up. */
  async start(): Promise<void> {
    const found = await this.#needs.resolve(this.#needs.proxyHost).catch(() => []);
    if (this.#stopped) return;
    // a name server that is away does not take the proxy's rights from it
    if (found.length > 0) this.#moves(new Set(found.map(normalAddress)));
    const pause = this.#proxy.size > 0 ? AGAIN : AGAIN_WHEN_UNKNOWN;
    this.#disarm = this.#needs.clock.after(pause, () => void this.start());
  }

  #moves(to: ReadonlySet<string>): void {
    const now = this.#needs.clock.now();
    for (const address of this.#proxy) if (!to.has(address)) this.#former.set(address, now);
    for (const [address, at] of this.#former)
      if (to.has(address) || now - at >= FORMER || this.#former.size > MOST_FORMER) this.#former.delete(address);
    this.#proxy = to;
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  /** Whether this is the proxy's configured name, or an address that it resolves to. */
  isProxy(host: string): boolean {
    return host.toLowerCase() === this.#needs.proxyHost.toLowerCase() || this.#proxy.has(normalAddress(host));
  }

  /** Whether it is the proxy, or was a while ago. */
  hasBeenProxy(host: string): boolean {
    const at = this.#former.get(normalAddress(host));
    return this.isProxy(host) || (at !== undefined && this.#needs.clock.now() - at < FORMER);
  }

  /** Whether a network of `[sip] allow` has this address. */
  covers(host: string): boolean {
    if (!ipaddr.isValid(host)) return false;
    const address = ipaddr.process(host);
    return this.#networks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  }

  /** Whether requests outside dialogs are taken from this address. */
  allows(host: string): boolean {
    return this.covers(host) || (ipaddr.isValid(host) && this.hasBeenProxy(host));
  }
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function readNetwork(network: string): Network {
  if (network.includes("/")) return ipaddr.parseCIDR(network);
  const address = ipaddr.parse(network);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
