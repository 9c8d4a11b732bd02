/**
 * A phone's description, reduced to what a user's client supports.
 *
 * XEP-0343 (data channels), XEP-0507 (categories), XEP-0115. Rules: data channels are refused on behalf of a client that does
 * not support them, since most clients end a session that has a content without a description; data channels that the client
 * already has stay. Categories are sent only to clients that support them. A client that could not accept a description is offered less.
 */
import type { Content, Media } from "./media.ts";

/** Features of a client. */
export interface Takes {
  readonly dataChannels: boolean;
  readonly categories: boolean;
}

/** A client never seen before (woken by push): it is offered nothing that could make it end the call. */
export const NEVER_SEEN: Takes = { dataChannels: false, categories: false };
/** A client with unknown features that can refuse a content. */
export const PERHAPS: Takes = { dataChannels: true, categories: false };

/** The description reduced for this client; `own` is the client's own description. */
export function suited(media: Media, takes: Takes, own?: Media): Media {
  const contents = media.contents.map((content): Content => {
    const isKnown = own?.contents.some(({ name, sctp, rejected }) => name === content.name && sctp && !rejected);
    if (content.sctp && !takes.dataChannels && !isKnown) return { ...content, rejected: true };
    if (content.categories === undefined || takes.categories) return content;
    const { categories: _, ...rest } = content;
    return rest;
  });
  return { ...media, contents };
}

/**
 * A smaller offer for a client that could not accept the description: without data channels, else audio only; undefined if there is
 * nothing to remove or nothing would remain.
 */
export function smaller(media: Media): Media | undefined {
  const offered = media.contents.filter(({ rejected }) => !rejected);
  if (offered.some(({ sctp }) => sctp !== undefined)) return withoutOthers(media, ({ sctp }) => sctp === undefined);
  const audio = offered.filter(isAudio);
  return audio.length > 0 && audio.length < offered.length ? withoutOthers(media, isAudio) : undefined;
}

const isAudio = ({ media }: Content): boolean => media === "audio";

/** A description with all other contents refused. */
function withoutOthers(media: Media, isKept: (content: Content) => boolean): Media {
  const contents = media.contents.map((content) => (isKept(content) ? content : { ...content, rejected: true }));
  return { ...media, contents };
}
