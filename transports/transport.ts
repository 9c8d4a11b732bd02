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

/** The size in bytes of the system's receive buffer; datagrams beyond it are dropped. */
export interface ReceiveBuffer {
  readonly asked: number;
  /** At most `asked`. */
  readonly given: number;
}

export interface Datagrams {
  /** The local address, with the actual port. */
  readonly local: Address;
  /** Undefined if the system's default is left unchanged. */
  readonly receiveBuffer?: ReceiveBuffer;
  send(bytes: Uint8Array, to: Address, sent?: Sent): void;
  close(): Promise<void>;
}

export interface DatagramEvents {
  received(bytes: Uint8Array, from: Address): void;
  /** A fault of the socket itself; its owner decides whether to close it. */
  failed(error: Error): void;
  /** So many datagrams were dropped, since they came faster than they are handled. */
  overrun?(count: number): void;
}

export interface ByteStream {
  readonly local: Address;
  readonly remote: Address;
  /** Bytes written that the kernel has not accepted yet, for back-pressure. */
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
/** Connects, from the local address `from` if given; rejects after `timeout` milliseconds. */
export type Connect = (to: Address, events: StreamEvents, timeout: number, from?: string) => Promise<ByteStream>;
/** Listens; `accept` returns the callbacks of each incoming stream. */
export type Listen = (at: Address, accept: (stream: ByteStream) => StreamEvents) => Promise<Listener>;

/** The parameters of a TLS connection; certificates and keys in PEM. */
export interface TlsTerms {
  /** The domain that was looked up: the other side's certificate must match it, whatever host SRV returned (RFC 5922 §7.1). */
  readonly domain: string;
  /** The trusted authorities; by default those of the runtime. */
  readonly ca?: string | undefined;
  /** Our own certificate, for a peer that asks for one. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** Connects as `Connect` does; also rejects, in words, if the other side's certificate is not valid for the domain. */
export type ConnectTls = (
  terms: TlsTerms,
  to: Address,
  events: StreamEvents,
  timeout: number,
  from?: string,
) => Promise<ByteStream>;

/** Our certificate for peers that connect to us over TLS, and the authorities that we trust; in PEM. */
export interface TlsServerTerms {
  readonly certificate: string;
  readonly key: string;
  /** The trusted authorities; by default those of the runtime. */
  readonly ca?: string | undefined;
}

/** The identity of the peer of an accepted TLS connection. */
export interface Peer {
  /** Whether its certificate, valid by authority and time, identifies this domain, and is issued by one of these authorities if given. */
  isOf(domain: string, ca?: string): boolean;
  /** Why its certificate is invalid, in words; undefined if it is valid, or missing. */
  readonly whyNot?: string | undefined;
}

export interface TlsListener extends Listener {
  /** Replaces the parameters for new connections. */
  renew(terms: TlsServerTerms): void;
}

/** Listens for TLS; `accept` returns the callbacks of each stream after its handshake. */
export type ListenTls = (
  at: Address,
  terms: TlsServerTerms,
  accept: (stream: ByteStream, peer: Peer) => StreamEvents,
) => Promise<TlsListener>;
