/**
 * Server-reflexive addresses of our sockets behind a NAT, by binding requests to a STUN server.
 *
 * RFC 8489 §3, RFC 8445 §5.1.1.2. Rules: the configured servers are tried in order, one at a time, over IPv4 only, since IPv6 has no NAT; a call waits
 * at most `PATIENCE` for the answer and continues without one; a server that is silent or does not resolve is skipped for `REST`, so that it
 * delays one call and not every call. An idle mapping is kept alive by a request every `KEEP`. Left out: TURN, which clients bring, and of which one
 * side is enough (docs/decisions.md).
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
  /** Its resolved address, and how long that is valid. */
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

  /** The server-reflexive address of this socket; undefined if no server answers in time. */
  async seen(protocol: StunProtocol): Promise<Address | undefined> {
    const { clock } = this.#needs;
    const server = this.#servers.find(({ restsUntil }) => restsUntil <= clock.now());
    if (!server) return undefined;
    const seen = await this.#inTime(this.#ask(server, protocol));
    if (seen === undefined) this.#rest(server);
    return seen;
  }

  /** Keeps the mapping alive by repeated requests, as long as it is needed. */
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
