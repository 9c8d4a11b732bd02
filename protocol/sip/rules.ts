/**
 * Refusals of requests before processing: RFC 3261 §8.1.1 (mandatory fields) and §8.2.
 *
 * Rules: checked in the order of the RFC: readable, method, Request-URI, Require, body. Merged requests (482) are detected by
 * the owner of the transactions. Max-Forwards 0 is fine for requests that end here, but an INVITE continues into another
 * network, as through a proxy, and is refused (483, RFC 7332 §5).
 */

import { attempt, Refusal } from "../refusal.ts";
import { bodyFault, isEncoded } from "./body.ts";
import { responseTo } from "./build.ts";
import { ACCEPT, ALLOW, EXTENSIONS, METHODS } from "./capabilities.ts";
import { header, readNameAddr, values } from "./fields.ts";
import { cseqOf, partyOf, topVia } from "./mandatory.ts";
import type { Request, Response } from "./message.ts";
import { readUri } from "./uri.ts";
import { refusalTo, warning } from "./warning.ts";

/** Known methods that we do not support get 405 (§8.2.1), unknown ones 501 (§21.5.2). */
const OTHER_METHODS = new Set("REGISTER SUBSCRIBE NOTIFY PUBLISH MESSAGE REFER".split(" "));
const SDP_METHODS = new Set(["INVITE", "UPDATE", "PRACK"]);
/** Methods whose 2xx may contain SDP, and the media ranges that include it. */
const OFFERS = new Set(["INVITE", "UPDATE"]);
const SDP_RANGES = new Set(["application/sdp", "application/*", "*/*"]);
/** Methods that create a dialog or refresh its target. */
const TARGETS = new Set(["INVITE", "UPDATE"]);
const ONCE = ["From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Type"];

/** The refusal of a request, or undefined if it may be processed. */
export function judge(request: Request): Response | undefined {
  const fault = attempt(() => mustBeReadable(request));
  if (fault instanceof Refusal) return refusalTo(request, fault);
  return (
    judgeMethod(request) ?? judgeUri(request) ?? judgeHops(request) ?? judgeExtensions(request) ?? judgeBody(request)
  );
}

/** §8.1.1: To, From, CSeq, Call-ID and Via are present, not repeated, and readable. */
function mustBeReadable(request: Request): void {
  for (const name of ONCE) if (isTwice(request, name)) throw new Refusal(`more than one ${name}`, { status: 400 });
  for (const name of ["From", "To", "Call-ID", "CSeq"])
    if (!header(request, name)) throw new Refusal(`no ${name}`, { status: 400 });
  for (const name of ["From", "To"] as const) partyOf(request, name);
  mustBeReachable(request);
  topVia(request);
  if (cseqOf(request).method !== request.method) throw new Refusal("CSeq names another method", { status: 400 });
}

function isTwice({ headers }: Request, name: string): boolean {
  const first = headers.findIndex((field) => field[0] === name);
  return first !== -1 && headers.some((field, index) => index > first && field[0] === name);
}

/**
 * §12.1.1, §26.2.2: the targets of our requests inside the dialog. `tel` has no host. A `sips` URI asks for TLS on every hop, also beyond
 * those that we see, which is not supported: 480 with a Warning of its own (RFC 5630 §5.1.2).
 */
function mustBeReachable(request: Request): void {
  const schemes = (name: string) => values(request, name).map((value) => readUri(readNameAddr(value).uri).scheme);
  const [nearest = "sip", ...others] = schemes("Record-Route");
  if (nearest === "sips") throw notSecured("Record-Route");
  if (nearest !== "sip" || others.includes("tel")) throw new Refusal("Record-Route is no SIP URI", { status: 400 });
  if (!TARGETS.has(request.method)) for (const contact of values(request, "Contact")) readNameAddr(contact);
  else mustBeDialable(schemes("Contact"));
}

function mustBeDialable(contacts: readonly string[]): void {
  if (contacts.includes("tel")) throw new Refusal("Contact is no SIP URI", { status: 400 });
  if (contacts.includes("sips")) throw notSecured("Contact");
}

const notSecured = (name: string): Refusal =>
  new Refusal(`SIPS Not Allowed: ${name} asks for TLS on every hop`, { status: 480, warning: 380 });

function judgeMethod(request: Request): Response | undefined {
  if (METHODS.some((method) => method === request.method)) return undefined;
  return OTHER_METHODS.has(request.method)
    ? responseTo(request, 405, { headers: [ALLOW] })
    : responseTo(request, 501, { headers: [ALLOW] });
}

/** §8.2.2.1. `sips` is not supported. */
function judgeUri(request: Request): Response | undefined {
  const uri = attempt(() => readUri(request.uri));
  if (uri instanceof Refusal) return refuse(request, uri.sip.status, uri.message);
  return uri.scheme === "sips" ? responseTo(request, 416) : undefined;
}

function judgeHops(request: Request): Response | undefined {
  const hops = header(request, "Max-Forwards");
  if (hops === undefined) return undefined; // RFC 2543 clients have none
  if (!/^\d{1,10}$/.test(hops) || Number(hops) > 255) return refuse(request, 400, "unreadable Max-Forwards");
  return Number(hops) === 0 && request.method === "INVITE" ? responseTo(request, 483) : undefined;
}

/** §8.2.2.3; not for CANCEL, which is hop by hop. */
function judgeExtensions(request: Request): Response | undefined {
  if (request.method === "CANCEL") return undefined;
  const unsupported = values(request, "Require").filter(
    (tag) => !EXTENSIONS.some((known) => known === tag.toLowerCase()),
  );
  if (unsupported.length === 0) return undefined;
  return responseTo(request, 420, { headers: [["Unsupported", unsupported.join(", ")]] });
}

/** §20.1, §21.4.7: our answer is SDP. A missing Accept allows SDP, an empty one nothing. */
function takesSdp(request: Request): boolean {
  if (!request.headers.some(([name]) => name === "Accept")) return true;
  const ranges = values(request, "Accept").map((value) => (value.split(";", 1)[0] ?? "").trim().toLowerCase());
  return ranges.some((range) => SDP_RANGES.has(range));
}

/** §8.2.3: a required body, or part of one, that is not supported. */
function judgeBody(request: Request): Response | undefined {
  if (!SDP_METHODS.has(request.method)) return undefined;
  if (OFFERS.has(request.method) && !takesSdp(request)) return responseTo(request, 406);
  const fault = bodyFault(request);
  if (fault === undefined) return undefined;
  if (fault.sip.status !== 415) return refuse(request, fault.sip.status, fault.message);
  return responseTo(request, 415, { headers: [isEncoded(request) ? ["Accept-Encoding", "identity"] : ACCEPT] });
}

const refuse = (request: Request, status: number, text: string): Response => {
  return responseTo(request, status, { headers: [warning(399, text)] });
};
