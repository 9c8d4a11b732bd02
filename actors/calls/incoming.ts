/**
 * A call that a phone places: who is called, whether anybody is there, and the call that comes of it.
 *
 * RFC 3261 §8.2, §13.3; signalling "SIP to Jingle" and §9. Rules: nothing is stored for what is refused; for who is offline, and
 * has no device that push may wake, it is 480 before the offer is looked at; a phone without ICE rings at no device that names
 * ICE alone, and is told so where there is no other; an INVITE without an offer is refused, since in
 * Jingle only the initiator offers.
 */
import { calledUser, callerJid, contactUserOf, phoneDevice } from "../../protocol/address.ts";
import type { Content, Media } from "../../protocol/media/media.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { trickles } from "../../protocol/sip/capabilities.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import { acceptTimer, LEAST_INTERVAL } from "../../protocol/sip/session-timer.ts";
import { PhoneUas } from "../phone/uas.ts";
import type { ServerTransaction } from "../sip/user.ts";
import type { Calls } from "./calls.ts";

interface Answer {
  readonly status: number;
  readonly headers?: readonly Field[];
}

const NO_ICE = "no client of the user takes RTP without ICE: the media need a relay such as rtpengine";
const isPlain = ({ rejected, transport }: Content): boolean => !rejected && transport.kind === "raw";

/** Creates the call, or answers why there is none. */
export function placeIncoming(calls: Calls, transaction: ServerTransaction): void {
  const { request } = transaction;
  const refused = ({ status, headers = [] }: Answer): void => {
    transaction.respond(responseTo(request, status, { toTag: calls.needs.random(), headers }));
    calls.refused.invite(transaction, status);
  };
  const who = parties(calls, request);
  if (!who) return refused({ status: 404 });
  const offer = offerOf(request);
  const plain = !(offer instanceof Refusal) && offer.contents.some(isPlain);
  const { isOnline, direct, byProposal } = calls.needs.xmpp().reach(who.them, who.us, plain);
  // who is offline is 480 whatever the offer is [M]; what is no offer cannot be proposed either
  if (!isOnline && (!byProposal || offer instanceof Refusal)) return refused({ status: 480 });
  if (acceptTimer(request, null) === "too small")
    return refused({ status: 422, headers: [["Min-SE", `${LEAST_INTERVAL}`]] });
  if (offer instanceof Refusal) return refused(answerOf(offer));
  if (isOnline && direct.length === 0 && !byProposal)
    return refused(answerOf(new Refusal(NO_ICE, { status: 488, warning: 302 })));
  const sid = header(request, "Call-ID") ?? "";
  const us = byProposal ? phoneDevice(who.us) : who.us;
  const side = { sid, us, them: who.them, initiator: us };
  if (calls.registry.bySession(side)) return refused({ status: 482 });
  const localTag = calls.needs.random();
  const call = calls.create(
    {
      ...{ direction: "incoming", offer, devices: direct, isOnline, peerTrickles: trickles(request) },
      messages: byProposal ? "proposed" : "none",
    },
    side,
    { callId: sid, localTag, contactUser: contactUserOf(who.them) },
    (needs) => new PhoneUas(transaction, localTag, needs),
  );
  if (call.phone instanceof PhoneUas) calls.awaiting.add(call, transaction, call.phone);
  call.start();
}

function parties(calls: Calls, request: Request): { us: string; them: string } | undefined {
  const { addresses } = calls.config;
  const to = readNameAddr(header(request, "To") ?? "").uri;
  const from = readNameAddr(header(request, "From") ?? "").uri;
  const them = calledUser({ requestUri: request.uri, to }, addresses);
  const us = callerJid(from, addresses);
  return them !== undefined && us !== undefined ? { us, them } : undefined;
}

function offerOf(request: Request): Media | Refusal {
  if (request.body === "") return new Refusal("offer needed", { status: 488, warning: 399 });
  try {
    const offer = readSdp(request.body, { by: "initiator" });
    if (offer.contents.every(({ rejected }) => rejected))
      return new Refusal("no media that a user could take", { status: 488, warning: 304 });
    return offer;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function answerOf({ sip, message }: Refusal): Answer {
  if (sip.warning === undefined) return { status: sip.status };
  const warning: Field = ["Warning", `${sip.warning} carillon "${message.replaceAll('"', "'")}"`];
  return { status: sip.status, headers: [warning] };
}
