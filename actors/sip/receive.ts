/**
 * Reads an incoming message and adds its source to its Via; or returns its fault, with the refusal if it can be answered.
 *
 * RFC 3261 §18.2.1 (`received`), §18.2.2 (where a response goes), RFC 3581 §4 (`rport`). Rule: `received` and `rport` values
 * written by the sender are replaced.
 */
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import { topVia, withTopVia } from "../../protocol/sip/mandatory.ts";
import {
  type Destination,
  defaultPort,
  Malformed,
  type Message,
  type Request,
  type Response,
} from "../../protocol/sip/message.ts";
import { answerable, readMessage } from "../../protocol/sip/read.ts";
import { type Param, param, splitOutside } from "../../protocol/sip/values.ts";
import type { Address } from "../../transports/transport.ts";

/** The parameters that only the receiver of a request sets. */
const OURS = /^(?:received|rport)\s*(?:=|$)/i;

export type Received =
  | { readonly message: Message; readonly replyTo: Address }
  | { readonly message: undefined; readonly fault: string; readonly refusal?: Response; readonly replyTo: Address };

/** Reads a message from a source. Never throws, whatever the bytes. */
export function readReceived(bytes: Uint8Array, source: Destination): Received {
  const message = attempt(readMessage, bytes);
  if (message instanceof Refusal)
    return refused(message, message instanceof Malformed ? message.request : undefined, source);
  return message.kind === "response" ? { message, replyTo: source } : received(message, source);
}

function received(message: Request, source: Destination): Received {
  const known = attempt(() => marked(message, source));
  if (!(known instanceof Refusal)) return known;
  return refused(known, answerable(message.method, message.uri, message.headers), source);
}

/** Marks a request of which only the header was read; undefined if its Via cannot be read. */
export function markedHeader(
  request: Request,
  source: Destination,
): { message: Request; replyTo: Address } | undefined {
  const known = attempt(() => marked(request, source));
  return known instanceof Refusal ? undefined : known;
}

/** A request with `received` and `rport` in its top Via, and the address for its responses. */
function marked(request: Request, source: Destination): { message: Request; replyTo: Address } {
  const via = topVia(request);
  const asksForPort = param(via.params, "rport") !== undefined;
  const marks: Param[] = [];
  if (asksForPort || via.host !== source.host) marks.push(["received", source.host]);
  if (asksForPort) marks.push(["rport", `${source.port}`]);
  const [top = "", ...others] = splitOutside(header(request, "Via") ?? "", ",");
  const bare = splitOutside(top, ";").filter((part, index) => index === 0 || !OURS.test(part));
  const value = [[...bare, ...marks.map((mark) => mark.join("="))].join(";"), ...others].join(", ");
  const params = [...via.params.filter(([name]) => !OURS.test(name)), ...marks];
  return { message: withTopVia(request, value, { ...via, params }), replyTo: replyTo(request, source) };
}

/** The destination of responses to a request from this source: over UDP its source port if `rport` asks for that. */
export function replyTo(request: Request, source: Destination): Address {
  const via = topVia(request);
  const asksForPort = param(via.params, "rport") !== undefined;
  const port = source.transport === "udp" && asksForPort ? source.port : (via.port ?? defaultPort(source.transport));
  return { host: source.host, port };
}

/** The refusal; if the Via cannot be read, it is returned unchanged, and the refusal goes to the source of the request. */
function refused({ sip }: Refusal, request: Request | undefined, source: Destination): Received {
  const fault = "malformed message";
  if (request === undefined) return { message: undefined, fault, replyTo: source };
  const known = attempt(() => marked(request, source));
  const { message, replyTo } = known instanceof Refusal ? { message: request, replyTo: source } : known;
  return { message: undefined, fault, refusal: responseTo(message, sip.status), replyTo };
}
