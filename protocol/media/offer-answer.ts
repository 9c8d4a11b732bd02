/**
 * Offer and answer in an established session: pure functions of the two descriptions, for the call chart.
 *
 * RFC 3264 §8, XEP-0167 §8.3 (hold), XEP-0166 §7.2.3 (content-modify). Rules: senders are initiator and responder, so that
 * both descriptions use the same words; a side that holds does not want the other side to send; the agreed direction is what
 * both want; a source action changes the description of its sender.
 */
import { complement } from "./answer-rules.ts";
import { refusedAlike } from "./contents.ts";
import type { Content, ContentPayloads, ContentSenders, ContentSources, Media, Role, Senders } from "./media.ts";
import { bothWant, SENDING } from "./senders.ts";

export type SourceAction = "source-add" | "source-remove" | "source-update";

/** Further sources of a content are dropped. */
export const MOST_SOURCES = 64;

/** Whether a content has a direction: data channels have none (RFC 8841). */
const hasDirection = ({ rejected, sctp }: Content): boolean => !rejected && sctp === undefined;

const withSenders = (media: Media, senders: (content: Content) => Senders): Media => ({
  ...media,
  contents: media.contents.map((content) =>
    hasDirection(content) ? { ...content, senders: senders(content) } : content,
  ),
});

/** A side's own description on hold: only the other side's sending is removed (RFC 3264 §8.4). */
export function holding(media: Media, holder: Role): Media {
  return withSenders(media, ({ senders }) => bothWant(senders, holder));
}

/** A description with new senders for the named contents. */
export function modified(media: Media, changes: readonly ContentSenders[]): Media {
  return withSenders(media, ({ name, senders }) => changes.find((change) => change.name === name)?.senders ?? senders);
}

/** Whether a description does not let the other side send at all. */
export function isHeldBy(media: Media, holder: Role): boolean {
  const contents = media.contents.filter(hasDirection);
  return contents.length > 0 && contents.every(({ senders }) => SENDING[senders].every((role) => role === holder));
}

/** Whether the holder's description puts its peer on hold while the peer wants to send. */
export function keepsWaiting(media: Media, peer: Media, holder: Role): boolean {
  const wants = (content: Content): boolean =>
    hasDirection(content) && SENDING[content.senders].some((role) => role !== holder);
  return isHeldBy(media, holder) && peer.contents.some(wants);
}

/** The user's description after the phone's answer: actpass becomes the role complementary to the answer's. */
export function withDtlsRole(own: Media, answer: Media): Media {
  const contents = own.contents.map((content, index): Content => {
    const { transport } = content;
    const answered = answer.contents[index];
    if (transport.setup !== "actpass" || answered === undefined || answered.rejected) return content;
    const { setup } = answered.transport;
    return setup === undefined || setup === "actpass"
      ? content
      : { ...content, transport: { ...transport, setup: complement(setup, undefined) } };
  });
  return { ...own, contents };
}

/** The user's description after the phone's answer: with its DTLS role, and without the contents refused by the phone (RFC 3264 §6). */
export const answeredBy = (own: Media, answer: Media): Media => refusedAlike(withDtlsRole(own, answer), answer);

/** A description as an offer: its DTLS role is actpass (RFC 8842 §5.2). */
export function asOffer(own: Media): Media {
  const contents = own.contents.map((content): Content => {
    const { transport } = content;
    return transport.setup === undefined ? content : { ...content, transport: { ...transport, setup: "actpass" } };
  });
  return { ...own, contents };
}

/** An offer reduced to its audio, and the contents left out. */
export function audioAlone({ contents, groups, ...rest }: Media): { offer: Media; leftOut: Media["contents"] } {
  const kept = contents.filter(({ media }) => media === "audio");
  const names = kept.map(({ name }) => name);
  const grouped = groups.map((group) => ({ ...group, names: group.names.filter((name) => names.includes(name)) }));
  return {
    offer: { ...rest, contents: kept, groups: grouped.filter((group) => group.names.length > 0) },
    leftOut: contents.filter(({ media }) => media !== "audio"),
  };
}

/** A description with new codecs for the named contents; new payload types come last. */
export function withPayloads(media: Media, changes: readonly ContentPayloads[]): Media {
  const contents = media.contents.map((content): Content => {
    const told = changes.find(({ name }) => name === content.name)?.payloads ?? [];
    const known = content.payloads.map((payload) => told.find(({ id }) => id === payload.id) ?? payload);
    const added = told.filter(({ id }) => !content.payloads.some((payload) => payload.id === id));
    return told.length === 0 ? content : { ...content, payloads: [...known, ...added] };
  });
  return { ...media, contents };
}

/** The contents whose senders have changed. */
export function changedSenders(before: Media, after: Media): ContentSenders[] {
  return after.contents
    .filter(({ name, senders }) => before.contents.find((content) => content.name === name)?.senders !== senders)
    .map(({ name, senders }) => ({ name, senders }));
}

/** The offer of a source action: every section, with the given sources in the named contents. */
export function withOnlySources(own: Media, named: readonly ContentSources[]): Media {
  const contents = own.contents.map((content): Content => {
    const { sources = [], sourceGroups = [] } = named.find(({ name }) => name === content.name) ?? {};
    return { ...content, sources, sourceGroups };
  });
  return { ...own, contents };
}

/** A description after a source action. */
export function withSources(media: Media, action: SourceAction, named: readonly ContentSources[]): Media {
  const contents = media.contents.map((content): Content => {
    const change = named.find(({ name }) => name === content.name);
    if (change === undefined) return content;
    const ids = change.sources.map(({ ssrc }) => ssrc);
    const others = content.sources.filter(({ ssrc }) => !ids.includes(ssrc));
    const groups = content.sourceGroups.filter(({ ssrcs }) => !ssrcs.some((ssrc) => ids.includes(ssrc)));
    if (action === "source-remove") return { ...content, sources: others, sourceGroups: groups };
    const sources = [...others, ...change.sources].slice(-MOST_SOURCES);
    return { ...content, sources, sourceGroups: [...groups, ...change.sourceGroups].slice(-MOST_SOURCES) };
  });
  return { ...media, contents };
}

/** The contents of a phone's source action: those with sources, or all if no content has sources; never data channels. */
export function namedSources(media: Media): Content[] {
  const named = media.contents.filter(({ sources }) => sources.length > 0);
  return named.length > 0 ? named : media.contents.filter(({ sctp }) => sctp === undefined);
}
