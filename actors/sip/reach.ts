/**
 * Where a peer may have us send: what its Contact or Record-Route names is only what it says.
 *
 * Rules: what is special (this machine, this link, a group, nowhere, a cloud's metadata) is named by nobody, but by who is on this machine or
 * this link himself; a TCP connection is made only to an address that the peer's own messages come from. The proxy, with its port, and the
 * networks of `[sip] allow` are excepted, and our own socket, where calls between two users meet (A19). What comes from the proxy is
 * somebody else's word, so the proxy's being on this machine lets nobody name this machine. Our own addresses are this machine, too.
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
  /** Our addresses, and our names in URIs. */
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

  /** Whether what is sent there goes to the proxy. */
  isProxy({ host, port }: Address): boolean {
    return this.#needs.isProxyPort(port) && this.#needs.acl.isProxy(host);
  }

  /**
   * Whether a message from there is one that the proxy has passed on: its TCP connections have any port. What comes by TLS is
   * its trunk's alone, which may be on the same machine.
   */
  isPassedOn({ transport, host, port, trunk }: Destination): boolean {
    if (trunk !== undefined) return false;
    return this.#needs.acl.hasBeenProxy(host) && (transport !== "udp" || this.#needs.isProxyPort(port));
  }

  /** Whether it comes from a host that is told in the configuration: the proxy's, or one of `[sip] allow`. */
  isTrusted({ host }: Address): boolean {
    return this.#needs.acl.allows(host);
  }

  /** Whether somebody whose messages come from these hosts may have us send there. A name is judged once it has an address. */
  mayLead(to: Destination, heard: readonly string[]): boolean {
    const host = normalAddress(to.host);
    if (this.isProxy(to) || this.#needs.acl.covers(to.host)) return true;
    if (this.#ours.has(host) && to.port === this.#needs.port()) return true;
    const special = this.#specialOf(host);
    if (special !== undefined && !this.#isThere(special, heard)) return false;
    return to.transport === "udp" || isIP(host) === 0 || heard.includes(host);
  }

  /** What the proxy has passed on may name anything, since we go by the proxy then. */
  mayName(hop: Destination, source: Destination): boolean {
    const heard = [normalAddress(source.host)];
    return this.isPassedOn(source) || this.mayLead({ ...hop, transport: "udp" }, heard);
  }

  /** Whether one of them is on the machine or the link itself. */
  #isThere(special: Special, heard: readonly string[]): boolean {
    const isNear = special === "this machine" || special === "this link";
    return isNear && heard.some((host) => this.#specialOf(host) === special);
  }

  #specialOf(host: string): Special | undefined {
    return this.#ours.has(host) ? "this machine" : specialOf(host);
  }
}
