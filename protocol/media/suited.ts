/**
 * A phone's description as a client of the user's can take it.
 *
 * XEP-0343 (data channels), XEP-0507 (categories), XEP-0115. Rules: data channels are refused in the name of a client that
 * does not take them, since most end a session that has a content without a description; those that the client has already
 * stay. Categories are told only where they are understood.
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

/** Whether a description has data channels that are not refused. */
export const hasDataChannels = ({ contents }: Media): boolean =>
  contents.some(({ sctp, rejected }) => sctp !== undefined && !rejected);
