/**
 * The transport layer of SIP: UDP and TCP on one port, TLS toward trunks and on a port of its own, and which of them a message takes.
 *
 * RFC 3261 §18, RFC 3581 (rport), RFC 6026 §8.8. Rules: a response goes out on the socket or connection of its request, and by §18.2.2
 * when that is gone; a request over 1300 bytes goes by TCP, or by UDP when TCP is refused or takes longer than two seconds; what a
 * peer has named is used only where reach.ts lets it lead us; Via and Contact name the transport that really carries them (send.ts);
 * what goes by TLS goes by nothing else.
 * No incoming message can throw. Left out on purpose: `maddr` (multicast, and a way to make us send to others), `sips`.
 */

import { withToTag } from "../../protocol/sip/build.ts";
import { topVia } from "../../protocol/sip/mandatory.ts";
import {
  type Destination,
  defaultPort,
  type Message,
  type Request,
  type Response,
  type Transport,
} from "../../protocol/sip/message.ts";
import type {
  Address,
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
import type { Load } from "../load.ts";
import type { Log } from "../log.ts";
import type { Tally } from "../tally.ts";
import type { Watch } from "../watch.ts";
import { type Connection, SipConnections } from "./connections.ts";
import type { Flow, RoutedRequest } from "./flow.ts";
import { isKeepAlive, KeepAlive, PING } from "./keep-alive.ts";
import { SipNames } from "./names.ts";
import { markedHeader, readReceived, replyTo } from "./receive.ts";
import { withVia, writeBy } from "./send.ts";
import { type SipSocket, SipSockets } from "./sockets.ts";
import { type Secure, TlsListeners } from "./tls-listeners.ts";
import { UdpFlow } from "./udp-flow.ts";
import type { Kept, Named } from "./user.ts";
import { WaitingInvites } from "./waiting.ts";

/** RFC 3261 §18.1.1: a larger request may not fit the path MTU, and goes by TCP. */
const GREATEST_DATAGRAM = 1_300;

/** Gets a request ready to be sent, or why there is no way if that is known. */
type Use = (routed: RoutedRequest | undefined, why?: string) => void;
type FlowTo = (to: Address, sameFlowOnly: boolean) => Flow;

/** What opens sockets. */
export interface OpenSip {
  readonly udp: OpenDatagrams;
  readonly listen: Listen;
  readonly connect: Connect;
  /** Where they are left out, nothing goes or comes by TLS. */
  readonly connectTls?: ConnectTls | undefined;
  readonly listenTls?: ListenTls | undefined;
}

export interface SipTransportNeeds {
  readonly clock: Clock;
  readonly open: OpenSip;
  /** What a trunk that is talked to by TLS must show, and what we show it. */
  readonly tls?: ((trunk: string) => TlsTerms | undefined) | undefined;
  /** How we listen for TLS. */
  readonly secure?: Secure | undefined;
  /** For names of the configuration, and for those that peers write. */
  readonly resolve: Resolve;
  readonly resolvePeer: Resolve;
  /** The names of the configuration. */
  readonly configured: readonly string[];
  readonly bind: readonly string[];
  readonly port: number;
  readonly localHost: string;
  readonly log: Log;
  readonly dropped: Tally;
  allow(source: Destination): boolean;
  /** Whether one more refusal may go to this source. */
  mayAnswer(source: Destination): boolean;
  received(message: Message, source: Destination, flow: Flow): void;
  readonly load: Load;
  /** Whether an INVITE of this key has come before. */
  isKnown(key: string): boolean;
  /** An INVITE is one too many; of it the header alone was read. */
  tooMany(invite: Request, source: Destination, flow: Flow, toTag: string): void;
  random(): string;
  /** The To tag of a response that has none. */
  toTag(message: Message): string;
  /** A socket cannot be opened any more. */
  broken(why: string): void;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}

/** Whether the sockets of each transport are open; of TLS only where we listen for it. */
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
  readonly #tls: TlsListeners | undefined;
  readonly #waiting: WaitingInvites;

  constructor(needs: SipTransportNeeds) {
    this.#needs = needs;
    this.#waiting = new WaitingInvites(needs);
    this.#names = new SipNames(needs);
    this.#connections = new SipConnections({
      clock: needs.clock,
      allow: (source) => needs.allow(source),
      connect: (to, events, timeout) => this.#connect(to, events, timeout),
      dropped: needs.dropped,
      received: (bytes, connection) =>
        this.#received(bytes, connection.remote, (to, sameFlowOnly) =>
          sameFlowOnly ? this.#byStream(connection) : this.#byStreamOrAnew(connection, to),
        ),
    });
    this.#sockets = new SipSockets({
      ...needs,
      received: (bytes, from, socket) => {
        if (!isKeepAlive(bytes)) this.#received(bytes, { transport: "udp", ...from }, (to) => this.#byUdp(socket, to));
      },
      accept: (stream) => this.#connections.accept(stream),
    });
    const { secure, open, dropped } = needs;
    if (secure && open.listenTls)
      this.#tls = new TlsListeners({
        ...{ secure, dropped, listenTls: open.listenTls },
        accept: (stream, by) => this.#connections.accept(stream, by),
      });
  }

  /** The port that is really bound. */
  get port(): number {
    return this.#sockets.port;
  }

  /** The port that is bound for TLS, if one is. */
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

  /** Binds every address, TCP beside UDP, and TLS. */
  async start(): Promise<void> {
    await this.#sockets.start();
    await this.#tls?.start(this.#sockets.hosts).catch(async (error: unknown) => {
      await this.#sockets.stop();
      throw error;
    });
  }

  /** Who connects by TLS from now on is shown this. */
  renew(terms: TlsServerTerms): void {
    this.#tls?.renew(terms);
  }

  /** Whether there is a way to a place: by a connection that the other side has made only as long as it is open. */
  isOpen(to: Destination): boolean {
    return !to.accepted || this.#connections.has(to);
  }

  async stop(): Promise<void> {
    this.#names.stop();
    this.#waiting.clear();
    this.#connections.stop();
    await Promise.all([this.#sockets.stop(), this.#tls?.stop()]);
  }

  /**
   * Routes a request: `use` gets it as written for the transport that it takes, or undefined when there is none. What a peer has named is
   * sent there only where the peer may lead us.
   */
  route(request: Request, branch: string, to: Destination, use: Use, named?: Named): void {
    this.#names.find(to.host, named?.peer, (addresses) => {
      const host = addresses.find((address) => this.#sockets.for(address) !== undefined && mayLead(address, to, named));
      if (host !== undefined) this.#choose(request, branch, at(host, to), use, named);
      else if (named !== undefined && to.host !== "") this.route(request, branch, named.otherwise, use);
      else use(undefined);
    });
  }

  /** The flow back to where a request came from that an earlier gateway has read: its socket and connections are gone (§18.2.2). */
  back(request: Request, source: Destination): Flow {
    const to = replyTo(request, source);
    const { transport, trunk } = source;
    const flow = (use: (flow: Flow | undefined) => void): void => {
      const socket = this.#sockets.for(to.host);
      if (transport === "udp") use(socket && this.#byUdp(socket, to));
      else
        this.#connections.to({ ...to, transport, trunk }, (connection) =>
          use(connection && this.#byStream(connection)),
        );
    };
    return {
      transport,
      trunk,
      ownPort: this.#ownPort(transport),
      remote: to,
      send: (bytes, failed) => flow((found) => (found ? found.send(bytes, failed) : failed())),
      whenLost: () => () => {},
    };
  }

  /** Keeps the flow to an address alive, and tells of its loss; the returned function takes that back. */
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
    if (to.transport !== "udp") return this.#overStream(request, branch, to, use, (why) => use(undefined, why));
    const written = this.#written(request, branch, "udp");
    const byUdp = (): void => {
      const socket = this.#sockets.for(to.host);
      use(socket && { ...written, flow: this.#byUdp(socket, to) });
    };
    const isLarge = written.bytes.length > GREATEST_DATAGRAM && !this.#connections.refusedLately(to);
    if (!isLarge || named?.mayLead({ ...to, transport: "tcp" }) === false) byUdp();
    else this.#overStream(request, branch, to, use, byUdp);
  }

  #overStream(request: Request, branch: string, to: Destination, use: Use, otherwise: (why?: string) => void): void {
    this.#connections.to(to, (connection, why) => {
      if (connection === undefined) return otherwise(why);
      const { transport } = connection.remote;
      use({ ...this.#written(request, branch, transport), flow: this.#byStream(connection) });
    });
  }

  #written(request: Request, branch: string, transport: Transport): Omit<RoutedRequest, "flow"> {
    const ownPort = this.#ownPort(transport);
    const ours = withVia(request, transport, { branch, host: this.#needs.localHost, port: ownPort ?? this.port });
    return { request: ours, bytes: writeBy(ours, { transport, ownPort }) };
  }

  /** The port by which we are reached, where that is not the one of UDP and TCP. */
  #ownPort(transport: Transport): number | undefined {
    return transport === "tls" ? this.tlsPort : undefined;
  }

  #connect(to: Destination, events: StreamEvents, timeout: number): Promise<ByteStream> {
    const { open, tls } = this.#needs;
    const from = this.#boundFor(to.host);
    if (to.transport !== "tls") return open.connect(to, events, timeout, from);
    const terms = to.trunk === undefined ? undefined : tls?.(to.trunk);
    if (terms === undefined || open.connectTls === undefined) return Promise.reject(new Error("it is no trunk"));
    return open.connectTls(terms, to, events, timeout, from);
  }

  /** The source address of TCP connections: the bound one, as for UDP; undefined lets the system choose. */
  #boundFor(host: string): string | undefined {
    const bound = this.#sockets.for(host)?.local.host;
    return bound === "0.0.0.0" || bound === "::" ? undefined : bound;
  }

  /** Takes bytes from a socket, now or later (waiting.ts); a fault in handling them goes no further. */
  #received(bytes: Uint8Array, source: Destination, flowTo: FlowTo): void {
    const read = (): void => this.#read(bytes, source, flowTo);
    const refuse = (invite: Request, toTag: string): void => {
      const known = markedHeader(invite, source);
      if (known) this.#needs.tooMany(known.message, source, flowTo(known.replyTo, false), toTag);
    };
    this.#guard(() => this.#waiting.take({ bytes, source, read, refuse }));
  }

  /** Reads a message. A malformed request gets one response, on the connection it came by; if that is lost, none. */
  #read(bytes: Uint8Array, source: Destination, flowTo: FlowTo): void {
    const { transport, host, port } = source;
    this.#guard(() => {
      const incoming = readReceived(bytes, source);
      if (incoming.message !== undefined) {
        this.#needs.watch?.sip(false, bytes, transport, host, port, incoming.message);
        this.#alias(incoming.message, source);
        this.#needs.received(incoming.message, source, flowTo(incoming.replyTo, false));
      } else {
        this.#needs.dropped.add(incoming.fault, { source: host });
        const { refusal } = incoming;
        if (refusal !== undefined) this.#refuse(refusal, flowTo(incoming.replyTo, true), source, bytes.length);
      }
    });
  }

  /** A trunk that has connected to us may ask that our requests to it go by that connection. */
  #alias(message: Message, source: Destination): void {
    if (!source.accepted || source.trunk === undefined || message.kind === "response") return;
    const { params, port } = topVia(message);
    if (params.some(([name]) => name.toLowerCase() === "alias"))
      this.#connections.alias(source, port ?? defaultPort(source.transport));
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#needs.log({ level: "error", event: "sip.fault", error: String(error), stack });
    }
  }

  /** Refuses what could not be read, in no more bytes than it had: to a stranger now and then (answer-limits.ts). */
  #refuse(refusal: Response, flow: Flow, source: Destination, most: number): void {
    const answer = writeBy(
      withToTag(refusal, () => this.#needs.toTag(refusal)),
      flow,
    );
    if (flow.transport === "udp" && answer.length > most)
      this.#needs.dropped.add("answer longer than its request", source);
    else if (this.#needs.mayAnswer(source)) flow.send(answer, () => {});
  }

  /** The connection of a request; when that is gone, one to where its sender listens (RFC 3261 §18.2.2). */
  #byStreamOrAnew(connection: Connection, to: Address): Flow {
    const flow = this.#byStream(connection);
    const { transport, trunk } = connection.remote;
    const anew = (bytes: Uint8Array, failed: () => void): void =>
      this.#connections.to({ ...to, transport, trunk }, (other) =>
        other ? this.#connections.write(other, bytes, failed) : failed(),
      );
    return { ...flow, send: (bytes, failed) => flow.send(bytes, () => anew(bytes, failed)) };
  }

  #byUdp(socket: SipSocket, to: Address): Flow {
    return new UdpFlow(socket, to, this.#needs.watch);
  }

  #byStream(connection: Connection): Flow {
    const { transport, trunk, host, port } = connection.remote;
    return {
      transport,
      trunk,
      ownPort: this.#ownPort(transport),
      remote: connection.remote,
      send: (bytes, failed) => {
        this.#needs.watch?.sip(true, bytes, transport, host, port);
        this.#connections.write(connection, bytes, failed);
      },
      whenLost(tell) {
        connection.lost.add(tell);
        return () => void connection.lost.delete(tell);
      },
    };
  }
}

/** The same destination, at an address of it. */
const at = (host: string, to: Destination): Destination => (host === to.host ? to : { ...to, host });

/** Whether a request may go to an address of its destination, whoever has named that. */
const mayLead = (host: string, to: Destination, named: Named | undefined): boolean =>
  named === undefined || named.mayLead(at(host, to));
