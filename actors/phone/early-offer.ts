/**
 * A phone's offer by UPDATE before it has answered the call: RFC 3311 §5.2, RFC 3262 §5.
 *
 * Rules: only a reliable provisional response has answered our INVITE's offer; before that an UPDATE with another is 491
 * (offers.ts), and after it an SDP in a response to the INVITE changes nothing (RFC 3261 §13.2.1, uac.ts). The
 * user has heard of no answer yet, so nothing is told now: what was last agreed becomes the session-accept. What his client
 * would be needed for is 504, since an UPDATE cannot wait; contents that he did not offer are refused.
 */

import { inKindOf } from "../../protocol/media/answer.ts";
import { asksFor, isEmpty } from "../../protocol/media/contents.ts";
import type { Content, Media, Role } from "../../protocol/media/media.ts";
import { answerTo, withDtlsRole } from "../../protocol/media/offer-answer.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { ACCEPT, ALLOW, SUPPORTED } from "../../protocol/sip/capabilities.ts";
import { refreshTarget } from "../../protocol/sip/dialog.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import type { Fork } from "./info.ts";

export interface PhoneEarlyNeeds {
  readonly contact: Field;
  /** Who wrote the phone's SDP. */
  readonly by: Role;
  readonly local: () => Media;
  readonly describe: (media: Media, answer: boolean) => string;
}

/** The response to an UPDATE with an offer, where our own offer has had its answer `before`; the fork remembers what is agreed. */
export function answerEarly(fork: Fork, before: Media, request: Request, needs: PhoneEarlyNeeds): Response {
  const offer = readOffer(before, request, needs.by);
  if (offer instanceof Refusal)
    return responseTo(request, offer.sip.status, { headers: [["Warning", `399 carillon "${offer.message}"`]] });
  if (asksFor(offer, before).restarted.length > 0) return responseTo(request, 504);
  const answer = answerTo(offer, withDtlsRole(needs.local(), before));
  if (isEmpty(answer))
    return responseTo(request, 488, { headers: [["Warning", '304 carillon "no codec of the offer"']] });
  fork.answer = agreed(before, offer, answer);
  fork.dialog = refreshTarget(fork.dialog, request);
  const headers: Field[] = [needs.contact, ALLOW, ACCEPT, SUPPORTED, ["Content-Type", "application/sdp"]];
  return responseTo(request, 200, { headers, body: needs.describe(answer, true) });
}

function readOffer(before: Media, request: Request, by: Role): Media | Refusal {
  try {
    return inKindOf(before, readSdp(request.body, { by, follows: before }));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What the session-accept will tell: the contents of ours, as the phone offers them, each with its old part in DTLS. */
function agreed(before: Media, offer: Media, answer: Media): Media {
  const contents = before.contents.map((was, at): Content => {
    const now = offer.contents[at];
    if (was.rejected || now === undefined || answer.contents[at]?.rejected) return { ...was, rejected: true };
    const { setup } = was.transport;
    return { ...now, transport: { ...now.transport, ...(setup === undefined ? {} : { setup }) } };
  });
  return { ...before, contents };
}
