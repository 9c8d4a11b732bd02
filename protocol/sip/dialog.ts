/**
 * Dialogs: RFC 3261 §12, as plain data and functions on it.
 *
 * Rules: From and To of a dialog are stored unparsed, since the other side compares them; our CSeq grows by one with each
 * request except ACK and CANCEL; theirs must grow. Left out on purpose: the state of a dialog (early, confirmed), which
 * belongs to the call.
 */
import { attempt, Refusal } from "../refusal.ts";
import { requestOf } from "./build.ts";
import { firstValue, header, readNameAddr, values } from "./fields.ts";
import { cseqOf, partyOf, topVia } from "./mandatory.ts";
import { MAGIC_COOKIE } from "./match.ts";
import type { Destination, Field, Request, Response } from "./message.ts";
import { isLoose, readUri } from "./uri.ts";
import { param } from "./values.ts";

export interface Dialog {
  readonly callId: string;
  /** From and To as written in our requests, tags included. */
  readonly local: string;
  readonly remote: string;
  /** The CSeq number of our last request. */
  readonly localSeq: number;
  /** The CSeq number of their last request, null before the first. */
  readonly remoteSeq: number | null;
  /** The URI of the other side's Contact. */
  readonly remoteTarget: string;
  /** Route values, the nearest proxy first. */
  readonly routeSet: readonly string[];
}

/**
 * The dialog that a response to our INVITE creates (§12.1.2). Never throws, since a 2xx must be acknowledged: without a
 * readable Contact the target is the Request-URI, without a readable Record-Route the route set is empty.
 */
export function dialogFromResponse(request: Request, response: Response): Dialog {
  return {
    callId: header(request, "Call-ID") ?? "",
    local: header(request, "From") ?? "",
    remote: header(response, "To") ?? "",
    localSeq: cseqOf(request).number,
    remoteSeq: null,
    remoteTarget: readable(contactOf, response) ?? request.uri,
    routeSet: readable(routesOf, response) ?? [],
  };
}

/**
 * The dialog that our response to an INVITE creates (§12.1.1). Throws `Refusal` (400) if the INVITE has no Contact, unless the
 * client is an RFC 2543 one, which is called back at its From (RFC 2543 §6.13).
 */
export function dialogFromRequest(request: Request, localTag: string): Dialog {
  const remoteTarget = contactOf(request) ?? (isOld(request) ? partyOf(request, "From").uri : undefined);
  if (remoteTarget === undefined) throw new Refusal("an INVITE needs a Contact", { status: 400 });
  return {
    callId: header(request, "Call-ID") ?? "",
    local: `${header(request, "To")};tag=${localTag}`,
    remote: header(request, "From") ?? "",
    localSeq: 0,
    remoteSeq: cseqOf(request).number,
    remoteTarget,
    routeSet: values(request, "Record-Route"),
  };
}

/** Whether the sender is an RFC 2543 client: its branch, if any, lacks the magic cookie (RFC 3261 §8.1.1.7). */
const isOld = (request: Request): boolean => !topVia(request).branch?.startsWith(MAGIC_COOKIE);

function readable<M extends Request | Response, T>(read: (message: M) => T, message: M): T | undefined {
  const value = attempt(read, message);
  return value instanceof Refusal ? undefined : value;
}

/** The Record-Route of a response, the nearest proxy first. */
function routesOf(response: Response): string[] {
  const routes = values(response, "Record-Route").reverse();
  for (const route of routes) readUri(readNameAddr(route).uri);
  return routes;
}

/** The URI of a message's Contact, if any; refused if we cannot send to it. */
function contactOf(message: Request | Response): string | undefined {
  const contact = firstValue(message, "Contact");
  if (contact === undefined) return undefined;
  const { uri } = readNameAddr(contact);
  if (readUri(uri).scheme !== "sip") throw new Refusal("Contact is no SIP URI", { status: 400 });
  return uri;
}

export interface InDialog {
  readonly headers: readonly Field[];
  readonly body?: string;
  /** The INVITE that an ACK acknowledges: the ACK has its CSeq number (§13.2.2.4). */
  readonly invite?: Request;
}

/** A request inside the dialog, and the updated dialog (§12.2.1.1). */
export function requestIn(dialog: Dialog, method: string, parts: InDialog): { request: Request; dialog: Dialog } {
  const { invite, headers, body = "" } = parts;
  const number = invite ? cseqOf(invite).number : dialog.localSeq + 1;
  const { uri, routes } = routed(dialog);
  const request = requestOf({
    method,
    uri,
    headers: [
      ...routes.map((route): Field => ["Route", route]),
      ["From", dialog.local],
      ["To", dialog.remote],
      ["Call-ID", dialog.callId],
      ["CSeq", `${number} ${method}`],
      ...headers,
    ],
    body,
  });
  return { request, dialog: invite ? dialog : { ...dialog, localSeq: number } };
}

/** Request-URI and Route (§12.2.1.1): if the first proxy is a strict router (no `lr`), its URI is the Request-URI. */
function routed({ routeSet, remoteTarget }: Dialog): { uri: string; routes: readonly string[] } {
  const [first, ...others] = routeSet;
  if (first === undefined) return { uri: remoteTarget, routes: [] };
  const { uri } = readNameAddr(first);
  return isLoose(uri) ? { uri: remoteTarget, routes: routeSet } : { uri, routes: [...others, `<${remoteTarget}>`] };
}

/**
 * The next hop of a request: its first Route if that is a loose router, else its Request-URI (§8.1.2). The host is empty for
 * `sips`, which must not be sent without TLS (§26.2.2), and for `tel`, which has no host.
 */
export function nextHop(request: Request): Destination {
  return hopBy(request.uri, firstValue(request, "Route"));
}

/** The next hop of requests inside the dialog. */
export function hopOf(dialog: Dialog): Destination {
  const { uri, routes } = routed(dialog);
  return hopBy(uri, routes[0]);
}

function hopBy(requestUri: string, route: string | undefined): Destination {
  const routeUri = route === undefined ? undefined : readNameAddr(route).uri;
  const { scheme, host, port, params } = readUri(routeUri !== undefined && isLoose(routeUri) ? routeUri : requestUri);
  const transport = param(params, "transport")?.toLowerCase() === "tcp" ? "tcp" : "udp";
  return { transport, host: scheme === "sip" ? host : "", port: port ?? 5060 };
}

/** The dialog with the new target from a target refresh: a 2xx to our re-INVITE, or their accepted re-INVITE (§12.2). */
export function refreshTarget(dialog: Dialog, message: Request | Response): Dialog {
  return { ...dialog, remoteTarget: readable(contactOf, message) ?? dialog.remoteTarget };
}

/** The dialog after a request of theirs; a CSeq number that does not grow is refused with 500 (§12.2.2). */
export function acceptRequest(dialog: Dialog, request: Request): Dialog | Refusal {
  const { number } = cseqOf(request);
  if (dialog.remoteSeq !== null && number <= dialog.remoteSeq) return new Refusal("CSeq went back", { status: 500 });
  return { ...dialog, remoteSeq: number };
}
