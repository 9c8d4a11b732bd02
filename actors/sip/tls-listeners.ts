/**
 * The sockets that SIP listens on for TLS: one port, on every address that UDP and TCP have.
 *
 * Rules: all of them are bound, or none; who has come is judged once, by his certificate (transports/peer.ts), and may be a trunk; a certificate
 * that is not believed is counted, and its owner is nobody; where others are to be believed from now on, he is let go, to come again and be judged anew.
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

/** How we listen for TLS. */
export interface Secure {
  readonly port: number;
  readonly terms: TlsServerTerms;
  /** The trunk that somebody has shown to be. */
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
  /** The open streams of those who were not believed; as many as connections.ts lets in. */
  readonly #disbelieved = new Set<ByteStream>();

  constructor(needs: TlsListenersNeeds) {
    this.#needs = needs;
  }

  /** The port that is really bound. */
  get port(): number | undefined {
    return this.#listeners[0]?.local.port;
  }

  /** Binds these addresses; rejects, with nothing left open, when one cannot be bound. */
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

  /** Who comes from now on is shown this. */
  renew(terms: TlsServerTerms): void {
    for (const each of this.#listeners) each.renew(terms);
    for (const stream of this.#disbelieved) stream.end();
  }

  #accept(stream: ByteStream, peer: Peer): StreamEvents {
    const { dropped, secure, accept } = this.#needs;
    const events = accept(stream, { transport: "tls", trunk: secure.trunkOf(peer), accepted: true });
    if (peer.whyNot === undefined) return events;
    dropped.add("certificate not believed", { ...stream.remote, why: peer.whyNot });
    this.#disbelieved.add(stream);
    const closed = (error?: Error): void => {
      this.#disbelieved.delete(stream);
      events.closed(error);
    };
    return { received: (bytes) => events.received(bytes), closed };
  }
}
