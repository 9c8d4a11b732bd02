/**
 * A phone's offer in an UPDATE before it has answered the call: RFC 3311 §5.2, RFC 3262 §5.
 *
 * Rules: only a reliable provisional response answers our INVITE's offer; before that an UPDATE with an offer gets 491
 * (offers.ts), and after it an SDP in a response to the INVITE is ignored (RFC 3261 §13.2.1, answers.ts). The
 * user has been sent no answer yet, so nothing is signalled now: the last agreed description becomes the session-accept. An offer that
 * needs the user's client gets 504, since an UPDATE cannot wait; contents that were not offered are refused.
 */

import { answerTo } from "../../protocol/media/answer.ts";
import { asksFor, isEmpty } from "../../protocol/media/contents.ts";
import { laterOffer } from "../../protocol/media/later-offer.ts";
import type { Content, Media } from "../../protocol/media/media.ts";
import { answeredBy } from "../../protocol/media/offer-answer.ts";
import { laterInKindOf } from "../../protocol/media/phone-answer.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { SDP_TYPE, sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { refusalTo, warning } from "../../protocol/sip/warning.ts";
import type { Description } from "./description.ts";
import type { Fork } from "./fork.ts";
import type { Line } from "./line.ts";

/** The response to an UPDATE with an offer, if our own offer has been answered; otherwise undefined. */
export function answerEarly(line: Line, fork: Fork, description: Description, request: Request): Response | undefined {
  const { answer: before, answeredReliably } = fork;
  const sdp = request.method === "UPDATE" ? sdpOf(request) : "";
  if (sdp === "" || !answeredReliably || before === undefined || before instanceof Refusal) return undefined;
  const offer = attempt(() =>
    laterInKindOf(before, laterOffer(before, line.suited(readSdp(sdp, { by: "responder", follows: before })))),
  );
  if (offer instanceof Refusal) return refusalTo(request, offer);
  if (asksFor(offer, before).restarted.length > 0) return responseTo(request, 504);
  const answer = answerTo(offer, answeredBy(line.chart.local, before));
  if (isEmpty(answer)) return responseTo(request, 488, { headers: [warning(304, "no codec of the offer")] });
  fork.answer = answerTo(line.chart.offer, agreed(before, offer, answer));
  fork.refresh(request);
  const headers: Field[] = [...line.announced({ accept: true }), SDP_TYPE];
  return responseTo(request, 200, { headers, body: description.write(answer, true) });
}

/** The description for the session-accept: our contents, as the phone now offers them, each with its previous DTLS role. */
function agreed(before: Media, offer: Media, answer: Media): Media {
  const contents = before.contents.map((was, at): Content => {
    const now = offer.contents[at];
    if (was.rejected || now === undefined || answer.contents[at]?.rejected) return { ...was, rejected: true };
    const { setup } = was.transport;
    return { ...now, transport: { ...now.transport, ...(setup === undefined ? {} : { setup }) } };
  });
  return { ...before, contents };
}
