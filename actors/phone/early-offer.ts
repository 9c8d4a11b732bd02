/**
 * A phone's offer by UPDATE before it has answered the call: RFC 3311 §5.2, RFC 3262 §5.
 *
 * Rules: only a reliable provisional response has answered our INVITE's offer; before that an UPDATE with another is 491
 * (offers.ts), and after it an SDP in a response to the INVITE changes nothing (RFC 3261 §13.2.1, answers.ts). The
 * user has been sent no answer yet, so nothing is told now: what was last agreed becomes the session-accept. What the
 * user's client would be needed for is 504, since an UPDATE cannot wait; contents that were not offered are refused.
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

/** The response to an UPDATE with an offer, where our own offer has had its answer; undefined where it has not. */
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
