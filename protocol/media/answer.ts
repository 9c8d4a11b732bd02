/**
 * An answer, completed from its offer before the other side gets it: RFC 3264 §6, XEP-0166 §6.4.
 *
 * Rules: an answer has the contents of its offer, in the same order; an answer without the security that the offer asks
 * for is refused, with the reason in words; what was not offered cannot be accepted; what the peer left out and the
 * offer implies is filled in (setup, the group of a single content).
 */
import { Refusal, unreadable } from "../refusal.ts";
import type { Candidate, Content, Media, Transport } from "./media.ts";

const NO_DTLS = "the phone has no DTLS-SRTP: its media need a relay such as rtpengine";
const PERHAPS_NO_DTLS = "if the phone has no DTLS-SRTP, its media need a relay such as rtpengine";

/** Whether this refusal says that a phone has no DTLS-SRTP. */
export const isWithoutDtls = (text: string): boolean => text === NO_DTLS;

const isSecured = ({ transport }: Content): boolean => transport.fingerprints.length > 0;
const emptyTransport: Transport = { kind: "ice", options: [], fingerprints: [], candidates: [], gathered: false };

/** The session-accept for a phone's answer (read with `answerTo`). Throws `Refusal` if the answer does not fit the offer. */
export function acceptFromAnswer(offer: Media, answer: Media): Media {
  const answered = answer.contents.map((content, index) => answeredContent(offer.contents[index] ?? content, content));
  const accepted = answered.filter(({ rejected }) => !rejected);
  if (accepted.length === 0) throw new Refusal("the answer accepts nothing", { status: 488, warning: 304 });
  const groups = answer.groups.length > 0 || accepted.length > 1 ? answer.groups : offer.groups;
  const contents = answered.map((content) =>
    content.rejected ? { ...content, transport: sharedBy(content, answered, groups) } : content,
  );
  return { ...answer, contents, groups };
}

function answeredContent(offered: Content, content: Content): Content {
  if (content.rejected) return { ...offered, rejected: true, senders: "none", transport: emptyTransport };
  if (content.media !== offered.media)
    throw new Refusal(`${content.media} answers ${offered.media}`, { status: 488, warning: 304 });
  if (isSecured(offered) && !isSecured(content)) throw new Refusal(NO_DTLS, { status: 488, warning: 399 });
  const fellBack = offered.transport.kind === "ice" && content.transport.kind === "raw";
  const transport = answering(content.transport, offered);
  return { ...content, transport: fellBack ? { ...transport, ...plain(content.transport) } : transport };
}

/** Advice for the user when a phone answers 488 or 606 (RFC 3261 §21.4.26), perhaps because it has no DTLS-SRTP. */
export function adviceOn(status: number, { contents }: Media): string | undefined {
  return (status === 488 || status === 606) && contents.every(isSecured) ? PERHAPS_NO_DTLS : undefined;
}

/** A later offer of a phone without ICE, with the kind of transport that the user was told of its answer. */
export function inKindOf(before: Media, offer: Media): Media {
  const contents = offer.contents.map((content, index): Content => {
    const was = before.contents[index]?.transport;
    const fellBack = was?.kind === "ice" && was.ufrag === undefined && content.transport.kind === "raw";
    return fellBack ? { ...content, transport: { ...content.transport, ...plain(content.transport) } } : content;
  });
  return { ...offer, contents };
}

/**
 * Without DTLS if none was offered; a missing setup is passive (RFC 4145 §4); actpass is invalid in an answer (RFC 8842 §5.3),
 * and is taken as active.
 */
function answering({ setup = "passive", ...transport }: Transport, offered: Content): Transport {
  if (!isSecured(offered)) return { ...transport, fingerprints: [] };
  return { ...transport, setup: setup === "actpass" ? "active" : setup };
}

/** The peer has no ICE, but one plain address for each component (RFC 8839 §4.2.5): it becomes a host candidate. */
function plain({ candidates }: Transport): Pick<Transport, "kind" | "candidates"> {
  const host = (candidate: Candidate): Candidate => ({ ...candidate, priority: 2_130_706_432 - candidate.component });
  return { kind: "ice", candidates: candidates.map(host) };
}

/** A refused content in a group with an accepted one gets its transport, for clients that look there. */
function sharedBy(content: Content, all: readonly Content[], groups: Media["groups"]): Transport {
  const group = groups.find(({ names }) => names.includes(content.name));
  const head = all.find(({ name, rejected }) => !rejected && group?.names.includes(name));
  return head ? { ...head.transport, candidates: [], gathered: false } : emptyTransport;
}

/** The SDP answer for a user's session-accept. Throws `Refusal` (bad-request) if it does not fit the offer. */
export function answerFromAccept(offer: Media, accept: Media): Media {
  const stranger = accept.contents.find(({ name }) => !offer.contents.some((offered) => offered.name === name));
  if (stranger) throw unreadable(`content '${stranger.name}' was not offered`);
  const contents = offer.contents.map((offered): Content => {
    const content = accept.contents.find(({ name }) => name === offered.name);
    if (content === undefined || offered.rejected || isRefused(offered, content))
      return { ...offered, rejected: true, transport: emptyTransport };
    checkAccepted(offered, content);
    return {
      ...content,
      creator: offered.creator,
      protocol: offered.protocol,
      transport: answering(content.transport, offered),
    };
  });
  const accepted = contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
  if (accepted.length === 0) throw unreadable("no content is accepted");
  const groups = accept.groups.map((group) => ({
    ...group,
    names: group.names.filter((name) => accepted.includes(name)),
  }));
  return { contents, groups: groups.filter(({ names }) => names.length > 0) };
}

function checkAccepted(offered: Content, { name, media, ...content }: Content): void {
  if (media !== offered.media) throw unreadable(`content '${name}' is ${media}, and ${offered.media} was offered`);
  if (isSecured(offered) && content.transport.fingerprints.length === 0)
    throw unreadable(`content '${name}' has no fingerprint, and DTLS was offered`);
}

/** COMPAT Conversations: a refused content stays in the accept, but without a transport. */
function isRefused(offered: Content, content: Content): boolean {
  const hadAddress = offered.transport.ufrag !== undefined;
  const hasNone = content.transport.ufrag === undefined && content.transport.candidates.length === 0;
  return content.payloads.length === 0 || (hadAddress && hasNone);
}
