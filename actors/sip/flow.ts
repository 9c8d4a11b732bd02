/** What carries the messages of a transaction: a UDP socket with an address, or a TCP or TLS connection. */
import type { Request, Transport } from "../../protocol/sip/message.ts";
import type { Address } from "../../transports/transport.ts";

export interface Flow {
  readonly transport: Transport;
  /** By TLS: the trunk that its other side has shown to be. */
  readonly trunk?: string | undefined;
  /** The port that our Contact has in what goes by it, where that is not the one of UDP and TCP. */
  readonly ownPort?: number | undefined;
  /** Where it leads. */
  readonly remote: Address;
  /** Sends; a failure is told later, if at all. */
  send(bytes: Uint8Array, failed: () => void): void;
  /** Calls `tell` when the flow is lost, with why if that is known; the returned function takes that back. */
  whenLost(tell: (why?: string) => void): () => void;
}

/** A request ready to send: with our Via, as bytes, and the flow it takes. */
export interface RoutedRequest {
  readonly request: Request;
  readonly flow: Flow;
  readonly bytes: Uint8Array;
}
