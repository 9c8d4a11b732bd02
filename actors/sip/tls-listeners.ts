/**
 * The listening TLS sockets of SIP: one port, on every address of UDP and TCP.
 *
 * Rules: all of them are bound, or none; a peer is identified once, by its certificate (transports/peer.ts), and may be a trunk; an invalid
 * certificate is counted, and its peer is anonymous; when the trusted authorities change, such peers are disconnected, to reconnect and be
 * identified again.
 */
import type {
  ByteStream,
  ListenTls,
  Peer,
  StreamEvents,
  TlsListener,
  TlsServerTerms,
} from "../../transports/transport.ts";
import type { Tally } from "../tally.ts";
import type { AcceptedBy } from "./connections.ts";

/** The parameters of our TLS listener. */
export interface Secure {
  readonly port: number;
  readonly terms: TlsServerTerms;
  /** The trunk that a peer has authenticated as. */
  trunkOf(peer: Peer): string | undefined;
}

export interface TlsListenersNeeds {
  readonly listenTls: ListenTls;
  readonly secure: Secure;
  readonly dropped: Tally;
  accept(stream: ByteStream, by: AcceptedBy): StreamEvents;
}

export class TlsListeners {
  readonly #needs: TlsListenersNeeds;
  #listeners: readonly TlsListener[] = [];
  /** Open streams of peers with an invalid certificate; as many as connections.ts permits. */
  readonly #disbelieved = new Set<ByteStream>();

  constructor(needs: TlsListenersNeeds) {
    this.#needs = needs;
  }

  /** The actual port. */
  get port(): number | undefined {
    return this.#listeners[0]?.local.port;
  }

  /** Binds these addresses; rejects, with everything closed again, if one cannot be bound. */
  async start(hosts: readonly string[]): Promise<void> {
    const { listenTls, secure } = this.#needs;
    try {
      for (const host of hosts) {
        const at = { host, port: this.port ?? secure.port };
        const accept = (stream: ByteStream, peer: Peer): StreamEvents => this.#accept(stream, peer);
        this.#listeners = [...this.#listeners, await listenTls(at, secure.terms, accept)];
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const closing = this.#listeners;
    this.#listeners = [];
    await Promise.all(closing.map((each) => each.close()));
  }

  /** Replaces the parameters for new connections, and disconnects peers with an invalid certificate. */
  renew(terms: TlsServerTerms): void {
    for (const each of this.#listeners) each.renew(terms);
    for (const stream of this.#disbelieved) stream.end();
  }

  #accept(stream: ByteStream, peer: Peer): StreamEvents {
    const { dropped, secure, accept } = this.#needs;
    const events = accept(stream, { transport: "tls", trunk: secure.trunkOf(peer), accepted: true });
    if (peer.whyNot === undefined) return events;
    dropped.add("invalid certificate", { ...stream.remote, why: peer.whyNot });
    this.#disbelieved.add(stream);
    const closed = (error?: Error): void => {
      this.#disbelieved.delete(stream);
      events.closed(error);
    };
    return { received: (bytes) => events.received(bytes), closed };
  }
}
