/** SIP messages (RFC 3261 §7): types only so far. */

/** One header field: its canonical long name ("Call-ID", compact forms expanded) and its raw value. */
export type Field = readonly [name: string, value: string];

export interface Request {
  readonly kind: "request";
  readonly method: string;
  /** The Request-URI as it stands on the wire. */
  readonly uri: string;
  /** In wire order; one entry a header line. */
  readonly headers: readonly Field[];
  readonly body: string;
}

export interface Response {
  readonly kind: "response";
  readonly status: number;
  readonly phrase: string;
  readonly headers: readonly Field[];
  readonly body: string;
}

export type Message = Request | Response;

/** Where a message goes or came from. */
export interface Destination {
  readonly transport: "udp" | "tcp";
  readonly host: string;
  readonly port: number;
}
