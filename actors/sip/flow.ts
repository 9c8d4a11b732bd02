/** The path of a transaction's messages: a UDP socket with a remote address, or a TCP or TLS connection. */
import type { Request, Transport } from "../../protocol/sip/message.ts";
import type { Address } from "../../transports/transport.ts";

export interface Flow {
  readonly transport: Transport;
  /** Over TLS: the trunk that the other side has authenticated as. */
  readonly trunk?: string | undefined;
  /** The port in our Contact over this flow, if it differs from that of UDP and TCP. */
  readonly ownPort?: number | undefined;
  /** The remote address. */
  readonly remote: Address;
  /** Sends; `failed` is called later, if at all. */
  send(bytes: Uint8Array, failed: () => void): void;
  /** Calls `tell` when the flow is lost, with the reason if known; the returned function cancels that. */
  whenLost(tell: (why?: string) => void): () => void;
}

/** A request ready to send, with our Via: the message, its bytes, and the flow. */
export interface RoutedRequest {
  readonly request: Request;
  readonly flow: Flow;
  readonly bytes: Uint8Array;
}
