/**
 * Which new requests are refused, and with which status: RFC 3261 §8.2.
 *
 * Checks in this order: the source (403), room for a transaction (503), the request itself (protocol/sip/rules.ts), its dialog or
 * INVITE (481), merged requests (482, §8.2.2.2). Rule: a source that is not allowed may only send requests that belong to an existing
 * dialog or INVITE, so it fills no table.
 */
import { responseTo } from "../../protocol/sip/build.ts";
import { RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import { judge } from "../../protocol/sip/rules.ts";
import type { Tally } from "../tally.ts";
import type { SipServers } from "./servers.ts";

export interface ChecksNeeds {
  readonly servers: SipServers;
  readonly dropped: Tally;
  /** Whether a source may send requests outside dialogs. */
  allow(source: Destination): boolean;
}

/** The dialog or INVITE that a request refers to by its To tag or its method (CANCEL), if it exists. */
export type Reference = { readonly target: object | undefined } | undefined;

/** The refusal of a new request, or undefined if it may be passed on. */
export function refusalOf(
  request: Request,
  source: Destination,
  refersTo: Reference,
  { servers, dropped, allow }: ChecksNeeds,
): Response | undefined {
  const isKnown = refersTo?.target !== undefined;
  const unknown = refersTo !== undefined && !isKnown ? responseTo(request, 481) : undefined;
  if (!isKnown && !allow(source)) {
    dropped.add("source not allowed", { source: source.host });
    return unknown ?? responseTo(request, 403);
  }
  if (servers.full) {
    dropped.add("too many transactions", { source: source.host });
    return responseTo(request, 503, { headers: [RETRY_AFTER] });
  }
  const refusal = judge(request) ?? unknown;
  if (refusal !== undefined || refersTo !== undefined) return refusal;
  return servers.isMerged(request) ? responseTo(request, 482) : undefined;
}
