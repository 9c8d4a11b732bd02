/**
 * Whether a phone's INVITE becomes a call: callee, caller and offer; or the refusal.
 *
 * RFC 3261 §8.2, §13.3; docs/mapping.md S1 to S3, P10 to P14. Rules: an offline user without a device that a push may wake gets
 * 480, whatever the offer; a phone without ICE gets 488 if every device requires ICE; an INVITE without an offer is refused,
 * since in Jingle only the initiator offers.
 */

import { type AddressRules, calledUser, callerJid } from "../../protocol/address.ts";
import type { Content, Media } from "../../protocol/media/media.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { sdpOf } from "../../protocol/sip/body.ts";
import { RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import { acceptTimer, MIN_SE } from "../../protocol/sip/session-timer.ts";
import { warningOf } from "../../protocol/sip/warning.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import type { Reach } from "../xmpp/presence.ts";
import { advice } from "./advice.ts";
import type { Why } from "./refused.ts";

/** The calling phone and the called user, as JIDs. */
export interface Parties {
  readonly us: string;
  readonly them: string;
  /** The caller's display name, if a trunk provides it. */
  readonly nick?: string | undefined;
}
/** The refusal of an INVITE, with its reason for the log. */
export interface NoCall extends Partial<Why> {
  readonly status: number;
  readonly headers?: readonly Field[];
}

const NO_ICE = "no client of the user supports RTP without ICE: a media relay such as rtpengine is needed";

export const NOBODY: NoCall = { status: 404, why: "nobody has this address", advice: advice.nobody };

export const USED_UP: NoCall = {
  status: 486,
  why: "the user has as many calls from phones as `[calls] per_user` allows",
};

/** The calls are as many as `[calls] max_calls` allows, or the gateway stops. */
export const NO_MORE: NoCall = { status: 503, headers: [RETRY_AFTER], why: "no more calls now" };

/** A peer has set an address as the next hop that it may not set. */
export const NOT_THEIRS: NoCall = noCallFor(
  new Refusal("Contact or Record-Route contains an address that is not allowed", { status: 403, warning: 399 }),
);

/** Whether a content is only for devices that accept media without ICE. */
export const isWithoutIce = ({ rejected, transport }: Content): boolean => !rejected && transport.kind === "raw";

/** Why there is no call: 480 for an offline user, then 422 for the session interval, then 488 if no device can accept the offer. */
export function whyNoCall(
  request: Request,
  offer: Media | Refusal,
  { isOnline, direct, byProposal }: Reach,
): NoCall | undefined {
  const isNoOffer = offer instanceof Refusal;
  // an offline user is 480 whatever the offer (S2); without a valid offer there is nothing to propose, either
  if (!isOnline && (!byProposal || isNoOffer))
    return { status: 480, why: "the user is offline", advice: advice.offline };
  if (acceptTimer(request, null) === "too small")
    return { status: 422, why: "the session interval is too small", headers: [MIN_SE] };
  if (!isNoOffer && isOnline && direct.length === 0 && !byProposal)
    return { ...noCallFor(new Refusal(NO_ICE, { status: 488, warning: 302 })), advice: NO_ICE };
  return undefined;
}

export function parties(request: Request, addresses: AddressRules, isTrusted: boolean): Parties | undefined {
  const to = readNameAddr(header(request, "To") ?? "").uri;
  const from = readNameAddr(header(request, "From") ?? "").uri;
  const them = calledUser({ requestUri: request.uri, to }, addresses);
  const spelled = callerJid(from, addresses, true);
  // a caller with the called user's own address impersonates nobody else
  const isOwn = spelled !== undefined && bareJid(spelled) === them;
  const us = isTrusted || isOwn ? spelled : callerJid(from, addresses, false);
  return them !== undefined && us !== undefined ? { us, them } : undefined;
}

export function offerOf(request: Request): Media | Refusal {
  const sdp = sdpOf(request);
  if (sdp === "") return new Refusal("offer needed", { status: 488, warning: 399 });
  const offer = attempt(() => readSdp(sdp, { by: "initiator" }));
  if (!(offer instanceof Refusal) && offer.contents.every(({ rejected, sctp }) => rejected || sctp !== undefined))
    return new Refusal("no media that a user could accept", { status: 488, warning: 304 });
  return offer;
}

export function noCallFor(refusal: Refusal): NoCall {
  return { status: refusal.sip.status, why: refusal.message, headers: [warningOf(refusal)] };
}
