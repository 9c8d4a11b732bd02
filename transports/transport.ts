/**
 * Transports carry bytes: datagrams and byte streams, with their addresses. They know nothing of SIP or XMPP.
 *
 * Rules: nothing throws after opening; a failed send goes to its callback, a lost stream to `closed`. Received bytes belong
 * to the receiver.
 */

/** An IP address (for sending also a host name) and a port. IPv6 without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Called once the bytes have been sent, or with the error. */
export type Sent = (error?: Error) => void;

/** The bytes of datagrams that the system queues for us; more are dropped. */
export interface ReceiveBuffer {
  readonly asked: number;
  /** At most what was asked for. */
  readonly given: number;
}

export interface Datagrams {
  /** Where this socket listens, with the port that was really bound. */
  readonly local: Address;
  /** Undefined where the system's default is left as it is. */
  readonly receiveBuffer?: ReceiveBuffer;
  send(bytes: Uint8Array, to: Address, sent?: Sent): void;
  close(): Promise<void>;
}

export interface DatagramEvents {
  received(bytes: Uint8Array, from: Address): void;
  /** A fault of the socket itself; its owner decides whether to close it. */
  failed(error: Error): void;
}

export interface ByteStream {
  readonly local: Address;
  readonly remote: Address;
  /** Bytes written that the kernel has not taken yet, for back-pressure. */
  readonly waiting: number;
  write(bytes: Uint8Array | string, sent?: Sent): void;
  /** Closes after everything written has been sent. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface StreamEvents {
  received(bytes: Uint8Array): void;
  /** Called exactly once: closed by either side, or a fault. */
  closed(error?: Error): void;
}

/** A listening socket for byte streams. */
export interface Listener {
  readonly local: Address;
  close(): Promise<void>;
}

export type OpenDatagrams = (at: Address, events: DatagramEvents) => Promise<Datagrams>;
/** Connects, from one of our addresses if it is given, or rejects within `timeout` milliseconds. */
export type Connect = (to: Address, events: StreamEvents, timeout: number, from?: string) => Promise<ByteStream>;
/** Listens; `accept` gives the callbacks of each incoming stream. */
export type Listen = (at: Address, accept: (stream: ByteStream) => StreamEvents) => Promise<Listener>;

/** What a TLS connection is made with; certificates and keys in PEM. */
export interface TlsTerms {
  /** The domain that was looked up: what the other side's certificate must be of, wherever SRV has led (RFC 5922 §7.1). */
  readonly domain: string;
  /** The authorities that are believed; those that the runtime brings where none are given. */
  readonly ca?: string | undefined;
  /** Our own, for a peer that asks for one. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** Connects as `Connect` does, and rejects, too, where the other side is not who it should be: in words. */
export type ConnectTls = (
  terms: TlsTerms,
  to: Address,
  events: StreamEvents,
  timeout: number,
  from?: string,
) => Promise<ByteStream>;

/** What we show to who connects to us by TLS, and whom we believe; in PEM. */
export interface TlsServerTerms {
  readonly certificate: string;
  readonly key: string;
  /** The authorities of the certificates that are believed; those that the runtime brings where none are given. */
  readonly ca?: string | undefined;
}

/** Who is at the other side of an accepted TLS connection, as far as it has shown. */
export interface Peer {
  /** Whether its certificate, which was checked by authority and time, is of this domain, and of one of these authorities where they are given. */
  isOf(domain: string, ca?: string): boolean;
  /** Why a certificate that it has shown is not believed, in words. */
  readonly whyNot?: string | undefined;
}

export interface TlsListener extends Listener {
  /** Connections that begin from now on are told and shown this. */
  renew(terms: TlsServerTerms): void;
}

/** Listens for TLS; `accept` gives the callbacks of each stream whose handshake is over. */
export type ListenTls = (
  at: Address,
  terms: TlsServerTerms,
  accept: (stream: ByteStream, peer: Peer) => StreamEvents,
) => Promise<TlsListener>;
