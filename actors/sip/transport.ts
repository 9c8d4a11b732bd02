/**
 * The transport layer of SIP: UDP and TCP on one port, TLS toward trunks and on its own port, and the choice between them for each message.
 *
 * RFC 3261 §18, RFC 3581 (rport), RFC 6026 §8.8. Rules: a response is sent on the socket or connection of its request, and by §18.2.2
 * if that is gone; a request over 1300 bytes is sent by TCP, or by UDP if TCP is refused or takes longer than two seconds;
 * destinations written by a peer are used only if reach.ts permits them; Via and Contact contain the transport actually used (send.ts);
 * TLS never falls back to another transport.
 * Incoming messages are read in arrivals.ts, flows are in flows.ts. Left out: `maddr` (multicast, and a way to make us send to third parties), `sips`.
 */

import type { Destination, Request, Transport } from "../../protocol/sip/message.ts";
import type {
  ByteStream,
  Connect,
  ConnectTls,
  Listen,
  ListenTls,
  OpenDatagrams,
  StreamEvents,
  TlsServerTerms,
  TlsTerms,
} from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Resolve } from "../hosts.ts";
import { type ArrivalsNeeds, SipArrivals } from "./arrivals.ts";
import { SipConnections } from "./connections.ts";
import type { Flow, RoutedRequest } from "./flow.ts";
import { SipFlows } from "./flows.ts";
import { isKeepAlive, KeepAlive, PING } from "./keep-alive.ts";
import { SipNames } from "./names.ts";
import { withVia, writeBy } from "./send.ts";
import { SipSockets } from "./sockets.ts";
import { type Secure, TlsListeners } from "./tls-listeners.ts";
import type { Kept, Named } from "./user.ts";

/** RFC 3261 §18.1.1: a larger request may not fit the path MTU, and is sent by TCP. */
const GREATEST_DATAGRAM = 1_300;

/** Called with the request ready to send, or with the reason for none if known. */
type Use = (routed: RoutedRequest | undefined, why?: string) => void;

type Written = Omit<RoutedRequest, "flow">;

/** Functions that open sockets. */
export interface OpenSip {
  readonly udp: OpenDatagrams;
  readonly listen: Listen;
  readonly connect: Connect;
  /** If left out, nothing is sent, or received, over TLS. */
  readonly connectTls?: ConnectTls | undefined;
  readonly listenTls?: ListenTls | undefined;
}

/** The sockets of the stack: what they are opened with, and which names and addresses they are for. */
export interface SocketsNeeds {
  readonly clock: Clock;
  readonly open: OpenSip;
  /** The TLS parameters of a trunk: its domain and authorities, our certificate. */
  readonly tls?: ((trunk: string) => TlsTerms | undefined) | undefined;
  /** The parameters of our TLS listener, if any. */
  readonly secure?: Secure | undefined;
  /** For the names in `configured`, and for those written by peers. */
  readonly resolve: Resolve;
  readonly resolvePeer: Resolve;
  readonly configured: readonly string[];
  /** The addresses to listen on, and to send from. */
  readonly bind: readonly string[];
  readonly port: number;
  /** Our host in Via. */
  readonly localHost: string;
  /** A TLS connection to a trunk was tried: why there is none, in words, "" where there is one. */
  tried?(trunk: string, why: string): void;
  /** A socket failed too often, and is not reopened. */
  broken(why: string): void;
}

export interface SipTransportNeeds extends ArrivalsNeeds, SocketsNeeds {}

/** Whether the sockets of each transport are open; TLS only if we listen for it. */
export interface Sockets {
  readonly udp: boolean;
  readonly tcp: boolean;
  readonly tls?: boolean;
}

export class SipTransport {
  readonly #needs: SipTransportNeeds;
  readonly #names: SipNames;
  readonly #connections: SipConnections;
  readonly #sockets: SipSockets;
  readonly #flows: SipFlows;
  readonly #tls: TlsListeners | undefined;
  readonly #arrivals: SipArrivals;

  constructor(needs: SipTransportNeeds) {
    this.#needs = needs;
    this.#names = new SipNames(needs);
    this.#connections = new SipConnections({
      clock: needs.clock,
      allow: (source) => needs.allow(source),
      connect: (to, events, timeout) => this.#connect(to, events, timeout),
      dropped: needs.dropped,
      tried: (trunk, why) => needs.tried?.(trunk, why),
      received: (bytes, by) => this.#arrivals.received({ bytes, source: by.remote, by }),
    });
    this.#sockets = new SipSockets({
      ...needs,
      received: (bytes, { host, port }, by) => {
        if (!isKeepAlive(bytes)) this.#arrivals.received({ bytes, source: { transport: "udp", host, port }, by });
      },
      accept: (stream) => this.#connections.accept(stream),
    });
    this.#flows = new SipFlows({
      sockets: this.#sockets,
      connections: this.#connections,
      ownPort: (transport) => this.#ownPort(transport),
      watch: needs.watch,
    });
    this.#arrivals = new SipArrivals(needs, {
      flows: this.#flows,
      alias: (source, port) => this.#connections.alias(source, port),
    });
    const { secure, open, dropped } = needs;
    if (secure && open.listenTls)
      this.#tls = new TlsListeners({
        ...{ secure, dropped, listenTls: open.listenTls },
        accept: (stream, by) => this.#connections.accept(stream, by),
      });
  }

  /** The actual port. */
  get port(): number {
    return this.#sockets.port;
  }

  /** The actual TLS port, if any. */
  get tlsPort(): number | undefined {
    return this.#tls?.port;
  }

  get up(): boolean {
    return this.#sockets.up;
  }

  get sockets(): Sockets {
    const { up, listens } = this.#sockets;
    return { udp: up, tcp: listens, ...(this.#tls && { tls: this.#tls.port !== undefined }) };
  }

  /** Binds every address, for UDP, TCP and TLS. */
  async start(): Promise<void> {
    await this.#sockets.start();
    await this.#tls?.start(this.#sockets.hosts).catch(async (error: unknown) => {
      await this.#sockets.stop();
      throw error;
    });
  }

  /** Replaces our TLS parameters for new connections. */
  renew(terms: TlsServerTerms): void {
    this.#tls?.renew(terms);
  }

  /** Whether a destination can be reached: over a connection opened by the other side only as long as that is open. */
  isOpen(to: Destination): boolean {
    return !to.accepted || this.#connections.has(to);
  }

  async stop(): Promise<void> {
    this.#names.stop();
    this.#arrivals.stop();
    this.#connections.stop();
    await Promise.all([this.#sockets.stop(), this.#tls?.stop()]);
  }

  /**
   * Routes a request: `use` gets it as written for its transport, or undefined if there is no path. A destination written by a peer
   * is used only if the peer may choose it.
   */
  route(request: Request, branch: string, to: Destination, use: Use, named?: Named): void {
    this.#names.find(to.host, named?.peer, (addresses) => {
      const host = this.#reachable(addresses, to, named);
      if (host !== undefined) this.#choose(request, branch, at(host, to), use, named);
      else if (named !== undefined && to.host !== "") this.route(request, branch, named.otherwise, use);
      else use(undefined);
    });
  }

  #reachable(addresses: readonly string[], to: Destination, named: Named | undefined): string | undefined {
    for (const address of addresses)
      if (this.#sockets.for(address) !== undefined && mayLead(address, to, named)) return address;
    return undefined;
  }

  /** The flow back to the source of a request that an earlier gateway read (flows.ts). */
  back(request: Request, source: Destination): Flow {
    return this.#flows.restored(request, source);
  }

  /** Keeps the flow to an address alive, and reports its loss; the returned function cancels that. */
  keep(to: Destination, kept: Kept): () => void {
    if (to.transport !== "udp") return this.#connections.keep(to, kept);
    const ping = (): void => this.#sockets.for(to.host)?.send(PING, to);
    const alive = new KeepAlive(
      this.#needs.clock,
      { ...kept, answers: false },
      { pongs: () => 0, ping, silent: () => {} },
    );
    return () => alive.stop();
  }

  #choose(request: Request, branch: string, to: Destination, use: Use, named: Named | undefined): void {
    if (to.transport !== "udp") return this.#overStream(request, branch, to, use);
    const written = this.#written(request, branch, "udp");
    const isLarge = written.bytes.length > GREATEST_DATAGRAM && !this.#connections.refusedLately(to);
    if (!isLarge || named?.mayLead({ ...to, transport: "tcp" }) === false) this.#overUdp(written, to, use);
    else this.#overStream(request, branch, to, use, written);
  }

  #overUdp({ request, bytes }: Written, to: Destination, use: Use): void {
    const socket = this.#sockets.for(to.host);
    use(socket && { request, bytes, flow: this.#flows.byUdp(socket, to) });
  }

  /** By a connection; `datagram` goes where there is none. */
  #overStream(request: Request, branch: string, to: Destination, use: Use, datagram?: Written): void {
    this.#connections.to(to, (connection, why) => {
      if (connection !== undefined) {
        const { transport } = connection.remote;
        use({ ...this.#written(request, branch, transport), flow: this.#flows.byStream(connection) });
      } else if (datagram !== undefined) this.#overUdp(datagram, to, use);
      else use(undefined, why);
    });
  }

  #written(request: Request, branch: string, transport: Transport): Written {
    const ownPort = this.#ownPort(transport);
    const ours = withVia(request, transport, { branch, host: this.#needs.localHost, port: ownPort ?? this.port });
    return { request: ours, bytes: writeBy(ours, { transport, ownPort }) };
  }

  /** Our port for this transport, if it differs from that of UDP and TCP. */
  #ownPort(transport: Transport): number | undefined {
    return transport === "tls" ? this.tlsPort : undefined;
  }

  #connect(to: Destination, events: StreamEvents, timeout: number): Promise<ByteStream> {
    const { open, tls } = this.#needs;
    const from = this.#boundFor(to.host);
    if (to.transport !== "tls") return open.connect(to, events, timeout, from);
    const terms = to.trunk === undefined ? undefined : tls?.(to.trunk);
    if (terms === undefined || open.connectTls === undefined) return Promise.reject(new Error("it is not a trunk"));
    return open.connectTls(terms, to, events, timeout, from);
  }

  /** The local address of TCP connections: the bound one, as for UDP; undefined lets the system choose. */
  #boundFor(host: string): string | undefined {
    const bound = this.#sockets.for(host)?.local.host;
    return bound === "0.0.0.0" || bound === "::" ? undefined : bound;
  }
}

/** The same destination at one of its addresses. */
const at = (host: string, to: Destination): Destination => (host === to.host ? to : { ...to, host });

/** Whether a request may go to this address of its destination, which a peer may have written. */
const mayLead = (host: string, to: Destination, named: Named | undefined): boolean =>
  named === undefined || named.mayLead(at(host, to));
