/**
 * A phone's answer, for the user: completed by what the offer implies, bounded, and with the offer's kind of transport.
 *
 * RFC 3264 §6, RFC 5761 §5.1.3, RFC 8839 §4.2.5. Rules: a missing rtcp-mux is implied if the phone's ICE candidates are all of
 * component 1; a phone without ICE has one plain address for each component, which becomes a host candidate.
 */
import { Refusal } from "../refusal.ts";
import { boundAnswer } from "./answer.ts";
import type { Candidate, Content, Media, Transport } from "./media.ts";

const PERHAPS_NO_DTLS = "if the phone has no DTLS-SRTP, its media need a relay such as rtpengine";

/** The session-accept for a phone's answer (read with `answerTo`). Throws `Refusal` if the answer does not fit the offer. */
export function acceptFromAnswer(offer: Media, answer: Media): Media {
  const contents = answer.contents.map((content) => completed(offer, content, answer));
  const bounded = boundAnswer(offer, { ...answer, contents }, "phone");
  if (bounded.contents.every(({ rejected }) => rejected))
    throw new Refusal("the answer accepts nothing", { status: 488, warning: 304 });
  return inKindOf(offer, bounded, ({ kind }) => kind === "ice");
}

/** Advice for the user after a 488 or 606 from the phone (RFC 3261 §21.4.26): perhaps it has no DTLS-SRTP. */
export function adviceOn(status: number, { contents }: Media): string | undefined {
  const isSecured = ({ transport }: Content): boolean => transport.fingerprints.length > 0;
  return (status === 488 || status === 606) && contents.every(isSecured) ? PERHAPS_NO_DTLS : undefined;
}

/** A later offer from a phone without ICE, in the kind of transport that its first answer had toward the user. */
export function laterInKindOf(before: Media, offer: Media): Media {
  return inKindOf(before, offer, ({ kind, ufrag }) => kind === "ice" && ufrag === undefined);
}

function completed(offer: Media, content: Content, answer: Media): Content {
  const offered = offer.contents.find(({ name }) => name === content.name);
  if (content.rejected || content.rtcpMux || !offered?.rtcpMux) return content;
  const { ufrag } = content.transport;
  const shared = answer.contents.filter(({ transport }) => ufrag !== undefined && transport.ufrag === ufrag);
  const candidates = shared.flatMap(({ transport }) => transport.candidates);
  const isAlone = candidates.length > 0 && candidates.every(({ component }) => component === 1);
  return isAlone ? { ...content, rtcpMux: true } : content;
}

/** The plain addresses of `media` as ICE host candidates, for contents whose earlier transport satisfies `isIce`. */
function inKindOf(before: Media, media: Media, isIce: (transport: Transport) => boolean): Media {
  const contents = media.contents.map((content, index): Content => {
    const was = before.contents[index]?.transport;
    const fellBack = was !== undefined && isIce(was) && content.transport.kind === "raw" && !content.rejected;
    return fellBack ? { ...content, transport: { ...content.transport, ...plain(content.transport) } } : content;
  });
  return { ...media, contents };
}

/** A peer without ICE has one plain address for each component (RFC 8839 §4.2.5): it becomes a host candidate. */
function plain({ candidates }: Transport): Pick<Transport, "kind" | "candidates"> {
  const host = (candidate: Candidate): Candidate => ({ ...candidate, priority: 2_130_706_432 - candidate.component });
  return { kind: "ice", candidates: candidates.map(host) };
}
