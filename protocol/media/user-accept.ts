/**
 * A user's session-accept, for the phone: in the order of the offer, and bounded by it.
 *
 * XEP-0166 §7.2.1, §7.2.8, RFC 3264 §6. Rules: an omitted content is refused; a content that was not offered cannot be
 * accepted.
 */
import { unmappable, unreadable } from "../refusal.ts";
import { boundForTheSession } from "./answer.ts";
import type { Content, Media } from "./media.ts";

/** The user's description after a session-accept or content-accept of this offer. Throws `Refusal` if it does not fit. */
export function answerFromAccept(offer: Media, accept: Media): Media {
  const stranger = accept.contents.find(({ name }) => !offer.contents.some((offered) => offered.name === name));
  if (stranger) throw unreadable(`content '${stranger.name}' was not offered`);
  const contents = accept.contents.map((content): Content => {
    const offered = offer.contents.find(({ name }) => name === content.name);
    return offered && isRefused(offered, content) ? { ...content, rejected: true } : content;
  });
  if (contents.every(({ rejected }) => rejected)) throw unreadable("no content is accepted");
  const bounded = boundForTheSession(offer, { ...accept, contents }, "user");
  if (bounded.contents.every(({ rejected }) => rejected))
    throw unmappable("no codec is accepted that was offered", "incompatible-parameters");
  return bounded;
}

/** COMPAT Conversations: a refused content stays in the accept, but without a transport. */
function isRefused(offered: Content, { payloads, sctp, transport }: Content): boolean {
  const hadAddress = offered.transport.ufrag !== undefined || offered.transport.kind === "raw";
  const hasNone = transport.ufrag === undefined && transport.candidates.length === 0;
  return offered.rejected || (payloads.length === 0 && sctp === undefined) || (hadAddress && hasNone);
}
