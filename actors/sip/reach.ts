/**
 * Which destinations a peer may make us send to: its Contact and Record-Route are unverified claims.
 *
 * Rules: special addresses (this machine, this link, multicast, unspecified, a cloud's metadata) are accepted from no peer, except this
 * machine's and this link's from a peer on it; a TCP connection is opened only to an address that the peer's own messages come from.
 * Exempt are the proxy with its port, the networks of `[sip] allow`, and our own socket, where calls between two users meet (A19).
 * Messages from the proxy carry other parties' claims, so a proxy on this machine does not make this machine's addresses
 * acceptable. Our own addresses count as this machine.
 */
import { isIP } from "node:net";
import type { Destination } from "../../protocol/sip/message.ts";
import { normalAddress, type Special, specialOf } from "../../protocol/special-address.ts";
import type { Address } from "../../transports/transport.ts";
import type { SipAcl } from "./acl.ts";
import type { ReachPort } from "./user.ts";

export interface ReachNeeds {
  readonly acl: Pick<SipAcl, "isProxy" | "hasBeenProxy" | "covers" | "allows">;
  readonly isProxyPort: (port: number) => boolean;
  /** Our addresses, and our host names in URIs. */
  readonly ours: readonly string[];
  /** Our SIP port. */
  readonly port: () => number;
  readonly strict: boolean;
}

export class Reach implements ReachPort {
  readonly #needs: ReachNeeds;
  readonly #ours: ReadonlySet<string>;
  readonly strict: boolean;

  constructor(needs: ReachNeeds) {
    this.#needs = needs;
    this.strict = needs.strict;
    this.#ours = new Set(needs.ours.map(normalAddress));
  }

  /** Whether a message to this address goes to the proxy. */
  isProxy({ host, port }: Address): boolean {
    return this.#needs.isProxyPort(port) && this.#needs.acl.isProxy(host);
  }

  /**
   * Whether a message from this source was forwarded by the proxy: its TCP connections may have any port. A message from an
   * authenticated trunk is that trunk's, even if its host is the proxy's.
   */
  isPassedOn({ transport, host, port, trunk }: Destination): boolean {
    if (trunk !== undefined) return false;
    return this.#needs.acl.hasBeenProxy(host) && (transport !== "udp" || this.#needs.isProxyPort(port));
  }

  /** Whether it comes from a configured host: the proxy's, or one of `[sip] allow`. */
  isTrusted({ host }: Address): boolean {
    return this.#needs.acl.allows(host);
  }

  /** Whether a peer whose messages come from these hosts may make us send there. A host name is judged by its addresses later. */
  mayLead(to: Destination, heard: readonly string[]): boolean {
    const host = normalAddress(to.host);
    if (this.isProxy(to) || this.#needs.acl.covers(to.host)) return true;
    if (this.#ours.has(host) && to.port === this.#needs.port()) return true;
    const special = this.#specialOf(host);
    if (special !== undefined && !this.#isThere(special, heard)) return false;
    return to.transport === "udp" || isIP(host) === 0 || heard.includes(host);
  }

  /** Whether a request from `source` may set this next hop; the proxy may set any, since we then send via the proxy. */
  mayName(hop: Destination, source: Destination): boolean {
    const heard = [normalAddress(source.host)];
    return this.isPassedOn(source) || this.mayLead({ ...hop, transport: "udp" }, heard);
  }

  /**
   * Whether a message from there may have media sent to this host. A name is no address. Our own addresses are no special ones here: a PBX
   * beside us has them.
   */
  mayHaveMedia(host: string, source: Destination): boolean {
    if (isIP(host) === 0) return false;
    const special = specialOf(host);
    if (special === undefined || special === "nowhere" || this.#needs.acl.covers(host)) return true;
    return isNear(special) && !this.isPassedOn(source) && specialOf(source.host) === special;
  }

  /** Whether one of them is on the machine or the link itself. */
  #isThere(special: Special, heard: readonly string[]): boolean {
    return isNear(special) && heard.some((host) => this.#specialOf(host) === special);
  }

  #specialOf(host: string): Special | undefined {
    return this.#ours.has(host) ? "this machine" : specialOf(host);
  }
}

const isNear = (special: Special): boolean => special === "this machine" || special === "this link";
