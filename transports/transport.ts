/**
 * What carries bytes: datagrams and byte streams, with their addresses. Nothing here knows SIP or XMPP.
 *
 * Rules: nothing throws after opening; a failed send is told to its callback, a lost stream to `closed`.
 * Bytes handed over belong to the receiver.
 */

/** An IP address (or a name to be looked up, for sending) and a port. IPv6 without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Called once a send has left or failed; `error` is undefined when it left. */
export type Sent = (error?: Error) => void;

/** How many bytes of arrived datagrams may wait for us; the system drops what arrives beyond them. */
export interface ReceiveBuffer {
  readonly asked: number;
  /** What the system allows, at most what was asked. */
  readonly given: number;
}

export interface Datagrams {
  /** Where this socket listens, with the port that was really bound. */
  readonly local: Address;
  /** Not there where the system's own buffer stays as it is. */
  readonly receiveBuffer?: ReceiveBuffer;
  send(bytes: Uint8Array, to: Address, sent?: Sent): void;
  close(): Promise<void>;
}

export interface DatagramEvents {
  received(bytes: Uint8Array, from: Address): void;
  /** A fault of the socket itself, after which it goes on or is closed by its owner. */
  failed(error: Error): void;
}

export interface ByteStream {
  readonly local: Address;
  readonly remote: Address;
  /** Bytes written and not yet taken by the kernel: the writer's back-pressure. */
  readonly waiting: number;
  write(bytes: Uint8Array | string, sent?: Sent): void;
  /** Sends what waits, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

export interface StreamEvents {
  received(bytes: Uint8Array): void;
  /** Told exactly once, for either side's closing or a fault. */
  closed(error?: Error): void;
}

/** A listening socket for byte streams. */
export interface Listener {
  readonly local: Address;
  close(): Promise<void>;
}

export type OpenDatagrams = (at: Address, events: DatagramEvents) => Promise<Datagrams>;
/** Connects, from an address of ours where one is given, or rejects within `timeout` milliseconds. */
export type Connect = (to: Address, events: StreamEvents, timeout: number, from?: string) => Promise<ByteStream>;
/** Listens; `accept` is asked for the events of each stream that comes in. */
export type Listen = (at: Address, accept: (stream: ByteStream) => StreamEvents) => Promise<Listener>;
