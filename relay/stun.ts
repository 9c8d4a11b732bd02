/**
 * Where others see a socket of ours behind a NAT: what a STUN server answers to a binding request from that socket.
 *
 * RFC 8489 §3, RFC 8445 §5.1.1.2. Rules: the servers are asked in the order of the configuration, one at a time, and IPv4 alone, since IPv6 has no
 * NAT to be seen through; a call waits for the answer no longer than `PATIENCE`, and goes on without one; a server that was silent, or has no address,
 * rests for `REST`, so that it costs one call that time and not each. A mapping that nobody uses is kept by asking again each `KEEP`. Left out: TURN,
 * which the users' clients bring, and of which one side is enough (docs/decisions.md).
 */
import { isIPv4 } from "node:net";
import { type StunProtocol, serverReflexiveCandidate } from "werift";
import type { Clock } from "../actors/clock.ts";
import type { Log } from "../actors/log.ts";
import type { Address } from "../transports/transport.ts";

/** Milliseconds. */
const PATIENCE = 500;
const REST = 60_000;
const KEEP = 15_000;
const RESOLVED_FOR = 300_000;

export interface StunNeeds {
  readonly servers: readonly Address[];
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Server {
  readonly at: Address;
  /** Its address, until then. */
  found?: { readonly host: string; readonly until: number };
  restsUntil: number;
}

export class StunServers {
  readonly #needs: StunNeeds;
  readonly #servers: readonly Server[];

  constructor(needs: StunNeeds) {
    this.#needs = needs;
    this.#servers = needs.servers.map((at) => ({ at, restsUntil: 0 }));
  }

  /** Where the socket of this protocol is seen; undefined where nobody says it in time. */
  async seen(protocol: StunProtocol): Promise<Address | undefined> {
    const { clock } = this.#needs;
    const server = this.#servers.find(({ restsUntil }) => restsUntil <= clock.now());
    if (!server) return undefined;
    const seen = await this.#inTime(this.#ask(server, protocol));
    if (seen === undefined) this.#rest(server);
    return seen;
  }

  /** Asks again and again, so that the mapping stays, until it is not needed any more. */
  keep(protocol: StunProtocol, isNeeded: () => boolean): void {
    this.#needs.clock.after(KEEP, () => {
      if (!isNeeded()) return;
      void this.seen(protocol);
      this.keep(protocol, isNeeded);
    });
  }

  async #ask(server: Server, protocol: StunProtocol): Promise<Address | undefined> {
    const host = await this.#addressOf(server).catch(() => undefined);
    if (host === undefined) return undefined;
    const candidate = await serverReflexiveCandidate(protocol, [host, server.at.port]).catch(() => undefined);
    return candidate && isIPv4(candidate.host) ? { host: candidate.host, port: candidate.port } : undefined;
  }

  async #addressOf(server: Server): Promise<string | undefined> {
    const { resolve, clock } = this.#needs;
    const { host } = server.at;
    if (isIPv4(host)) return host;
    if (server.found && server.found.until > clock.now()) return server.found.host;
    const found = (await resolve(host)).find(isIPv4);
    if (found !== undefined) server.found = { host: found, until: clock.now() + RESOLVED_FOR };
    return found;
  }

  #inTime<Found>(asked: Promise<Found>): Promise<Found | undefined> {
    return new Promise((resolve) => {
      const disarm = this.#needs.clock.after(PATIENCE, () => resolve(undefined));
      void asked.then((found) => {
        disarm();
        resolve(found);
      });
    });
  }

  #rest(server: Server): void {
    server.restsUntil = this.#needs.clock.now() + REST;
    this.#needs.log({ level: "warn", event: "relay.stun.silent", ...server.at });
  }
}
