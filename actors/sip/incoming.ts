/**
 * What came in, read and marked with where it came from; or what is wrong with it, and whom to tell.
 *
 * RFC 3261 §18.2.1 (`received`), §18.2.2 (where a response goes), RFC 3581 §4 (`rport`). Rules: marks that the sender
 * has put there itself do not count; what was malformed is answered when it can be.
 */
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { topVia } from "../../protocol/sip/fields.ts";
import type { Response } from "../../protocol/sip/message.ts";
import {
  type Destination,
  type Field,
  Malformed,
  type Message,
  type Request,
  readMessage,
} from "../../protocol/sip/message.ts";
import { param, splitOutside } from "../../protocol/sip/values.ts";
import type { Address } from "../../transports/transport.ts";

/** The parameters that only the receiver of a request may write. */
const OURS = /^(?:received|rport)\s*(?:=|$)/i;

export type Incoming =
  | { readonly message: Message; readonly answerTo: Address }
  | { readonly message: undefined; readonly fault: string; readonly refusal?: Response; readonly answerTo: Address };

/** Reads what came from a source. Throws nothing that a peer could cause. */
export function readIncoming(bytes: Uint8Array, source: Destination): Incoming {
  try {
    const message = readMessage(bytes);
    return message.kind === "response" ? { message, answerTo: source } : marked(message, source);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error, source);
  }
}

/** A request with `received` and `rport` in its top Via, and where it wants to be answered. */
function marked(request: Request, source: Destination): { message: Request; answerTo: Address } {
  const { host, port, params } = topVia(request);
  const asksForPort = param(params, "rport") !== undefined;
  const at = request.headers.findIndex(([name]) => name === "Via");
  const [top = "", ...others] = splitOutside(request.headers[at]![1], ",");
  const bare = splitOutside(top, ";").filter((part, index) => index === 0 || !OURS.test(part));
  const received = asksForPort || host !== source.host ? `;received=${source.host}` : "";
  const via: Field = [
    "Via",
    [`${bare.join(";")}${received}${asksForPort ? `;rport=${source.port}` : ""}`, ...others].join(", "),
  ];
  const headers = request.headers.map((field, index) => (index === at ? via : field));
  const back = source.transport === "udp" && asksForPort ? source.port : (port ?? 5060);
  return { message: { ...request, headers }, answerTo: { host: source.host, port: back } };
}

function refused(error: Refusal, source: Destination): Incoming {
  const fault = "a message that cannot be read";
  const request = error instanceof Malformed ? error.request : undefined;
  if (request === undefined) return { message: undefined, fault, answerTo: source };
  try {
    const { message, answerTo } = marked(request, source);
    return { message: undefined, fault, refusal: responseTo(message, error.sip.status), answerTo };
  } catch (unanswerable) {
    if (!(unanswerable instanceof Refusal)) throw unanswerable;
    return { message: undefined, fault, answerTo: source };
  }
}
