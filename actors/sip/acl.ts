/**
 * Who may start calls over SIP: the proxy, and the networks of `[sip] allow`.
 *
 * Rules: the proxy's addresses are looked up every minute, since they change, and more often while there are none; until
 * they are known only the networks are allowed. An address that the name no longer resolves to is allowed for `FORMER` more, since the
 * proxy stays in use there until its callers have noticed its move; our credentials and requests go only to its present addresses. Loopback
 * is not exempt: otherwise any local account could call as anybody. Nothing waits for a look-up. This applies to requests outside dialogs;
 * those inside are recognised by their tags.
 */
import ipaddr from "ipaddr.js";
import { normalAddress } from "../../protocol/special-address.ts";
import type { Clock } from "../clock.ts";
import type { Resolve } from "../hosts.ts";

/** Milliseconds. */
const AGAIN = 60_000;
const AGAIN_WHEN_UNKNOWN = 5_000;
const FORMER = 600_000;
/** The maximum number of former addresses; the oldest are dropped. */
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
  /** The time at which each address stopped being the proxy's, in insertion order. */
  readonly #former = new Map<string, number>();
  #disarm: () => void = () => {};
  #stopped = false;

  constructor(needs: AclNeeds) {
    this.#needs = needs;
    // a proxy configured by its address needs no look-up
    if (ipaddr.isValid(needs.proxyHost)) this.#proxy = new Set([normalAddress(needs.proxyHost)]);
    this.permit(needs.networks);
  }

  /** Replaces the networks whose hosts may start calls. */
  permit(networks: readonly string[]): void {
    this.#networks = networks.map(readNetwork);
  }

  /** Looks the proxy up, now and periodically; settles after the first look-up. */
  async start(): Promise<void> {
    const found = await this.#needs.resolve(this.#needs.proxyHost).catch(() => []);
    if (this.#stopped) return;
    // a failed look-up does not revoke the proxy's addresses
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

  /** Whether it is the proxy, or was within the last `FORMER` milliseconds. */
  hasBeenProxy(host: string): boolean {
    const at = this.#former.get(normalAddress(host));
    return this.isProxy(host) || (at !== undefined && this.#needs.clock.now() - at < FORMER);
  }

  /** Whether a network of `[sip] allow` contains this address. */
  covers(host: string): boolean {
    if (!ipaddr.isValid(host)) return false;
    const address = ipaddr.process(host);
    return this.#networks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
  }

  /** Whether requests outside dialogs are accepted from this address. */
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
