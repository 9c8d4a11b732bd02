/**
 * SIP messages (RFC 3261 §7) as values; the reader is read.ts, the writer write.ts.
 *
 * A message is its start line, its header fields as raw text, and its body; fields.ts, mandatory.ts and uri.ts parse values
 * on demand. Left out on purpose: binary bodies. Bytes that are not UTF-8 become U+FFFD (§7.3.1 has no other encoding).
 */
import { Refusal } from "../refusal.ts";

/** One header field: its canonical long name ("Call-ID", compact forms expanded) and its raw value. */
export type Field = readonly [name: string, value: string];

export interface Request {
  readonly kind: "request";
  readonly method: string;
  /** The raw Request-URI. */
  readonly uri: string;
  /** In wire order, one entry for each header line; never changed. */
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

export type Transport = "udp" | "tcp" | "tls";

/** Destination or source of a message. */
export interface Destination {
  readonly transport: Transport;
  readonly host: string;
  readonly port: number;
  /** For TLS: the trunk whose certificate the connection is verified against. */
  readonly trunk?: string | undefined;
  /** A TLS connection opened by the other side from this port: messages to it use that connection. */
  readonly accepted?: true | undefined;
}

/** The default port (RFC 3261 §19.1.2). */
export const defaultPort = (transport: Transport): number => (transport === "tls" ? 5061 : 5060);

/** Most bytes of one message, most header fields in it, most characters of one field with its folds. */
export const LIMITS = { bytes: 49_152, fields: 128, line: 8_192 } as const;

/** A message that cannot be read. */
export class Malformed extends Refusal {
  /** The readable part of a request, if it is enough for a response (RFC 3261 §8.2.6.2). */
  readonly request: Request | undefined;

  constructor(text: string, status: 400 | 413 | 505, request?: Request) {
    super(text, { status });
    this.request = request;
  }
}
