/**
 * A phone's description as a client of the user's can take it.
 *
 * XEP-0343 (data channels), XEP-0507 (categories), XEP-0115. Rules: data channels are refused in the name of a client that
 * does not take them, since most end a session that has a content without a description; those that the client has already
 * stay. Categories are told only where they are understood. A client that could not take a description is offered less.
 */
import type { Content, Media } from "./media.ts";

/** What a client may take or not. */
export interface Takes {
  readonly dataChannels: boolean;
  readonly categories: boolean;
}

/** A client that was never seen (a push has woken it): it is offered nothing that it might end the call for. */
export const NEVER_SEEN: Takes = { dataChannels: false, categories: false };
/** A client of which nothing is known, and that can refuse a content. */
export const PERHAPS: Takes = { dataChannels: true, categories: false };

/** The description as this client can take it; `own` is what it has described itself. */
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
 * Less of a description, for a client that could not take it: without its data channels, or else with its audio alone; undefined
 * where that would be all of it, or nothing.
 */
export function smaller(media: Media): Media | undefined {
  const offered = media.contents.filter(({ rejected }) => !rejected);
  if (offered.some(({ sctp }) => sctp !== undefined)) return withoutOthers(media, ({ sctp }) => sctp === undefined);
  const audio = offered.filter(isAudio);
  return audio.length > 0 && audio.length < offered.length ? withoutOthers(media, isAudio) : undefined;
}

const isAudio = ({ media }: Content): boolean => media === "audio";

/** A description whose other contents are refused. */
function withoutOthers(media: Media, isKept: (content: Content) => boolean): Media {
  const contents = media.contents.map((content) => (isKept(content) ? content : { ...content, rejected: true }));
  return { ...media, contents };
}
