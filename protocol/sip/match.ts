/**
 * Keys that match messages to transactions.
 *
 * RFC 3261 §17.1.3 (responses), §17.2.3 (requests, with the rules for RFC 2543, whose branches are not unique),
 * §8.2.2.2 (merged requests), §13.3.1.4 (the ACK to a 2xx). For ACK and CANCEL, which match the transaction of their INVITE,
 * the caller passes that method. An RFC 2543 key has no To tag, since an INVITE and its ACK differ in it. All throw `Refusal`
 * for a Via or CSeq that cannot be read.
 */

import { header } from "./fields.ts";
import { cseqOf, tagOf, topVia } from "./mandatory.ts";
import type { Message, Request, Response } from "./message.ts";

/** RFC 3261 §8.1.1.7: a branch with this prefix is unique across space and time. */
export const MAGIC_COOKIE = "z9hG4bK";

/** The key of a client transaction. */
export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/** The key of the client transaction of a response: top branch and CSeq method (§17.1.3). */
export function clientKeyOf(response: Response): string {
  return clientKey(topVia(response).branch ?? "", cseqOf(response).method);
}

/** The key of the server transaction of a request: branch, sent-by and method (§17.2.3). */
export function serverKeyOf(request: Request, method = request.method): string {
  const via = topVia(request);
  const branch = via.branch ?? "";
  if (branch.startsWith(MAGIC_COOKIE) && branch !== MAGIC_COOKIE)
    return `${branch} ${via.host.toLowerCase()} ${via.port ?? 5060} ${method}`;
  const parts = [
    request.uri,
    callIdOf(request),
    tagOf(request, "From"),
    cseqOf(request).number,
    header(request, "Via"),
    method,
  ];
  return parts.join("\n");
}

/** The key common to copies of a request that took different paths (§8.2.2.2). */
export function mergedKeyOf(request: Request): string {
  const { number, method } = cseqOf(request);
  return [callIdOf(request), tagOf(request, "From"), number, method].join("\n");
}

/** The key common to a 2xx to INVITE and its ACK: the dialog and the CSeq number (§13.3.1.4). */
export function acknowledgedKeyOf(message: Message): string {
  return [callIdOf(message), tagOf(message, "From"), tagOf(message, "To"), cseqOf(message).number].join("\n");
}

const callIdOf = (message: Message): string => header(message, "Call-ID") ?? "";
