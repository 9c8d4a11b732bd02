/**
 * Contents that are added, removed or moved to another transport in an established session: pure functions for the call
 * chart.
 *
 * XEP-0166 §7.2, RFC 3264 §8, RFC 8839 §4.4 (ICE restart). Rules: a section keeps its place for the whole session, so a
 * removed content is only refused (port 0), and a new content takes the place of a refused one of its name, or comes last;
 * contents that share a transport move together; a replaced transport takes its candidates with it.
 */

import { present } from "../text.ts";
import { withoutRefused } from "./bundle.ts";
import type { Content, Media, Transport, TransportUpdate } from "./media.ts";

export interface Moved {
  readonly name: string;
  readonly transport: Transport;
}

const nameOf = ({ name }: Content): string => name;
const find = (media: Media, name: string): Content | undefined => media.contents.find((each) => each.name === name);
const mapped = (media: Media, map: (content: Content, index: number) => Content): Media => ({
  ...media,
  contents: media.contents.map(map),
});

/** A description with contents added. */
export function withAdded(media: Media, added: readonly Content[]): Media {
  const replaced = mapped(media, (content) => added.find(({ name }) => name === content.name) ?? content);
  const last = added.filter(({ name }) => find(media, name) === undefined);
  return { ...replaced, contents: [...replaced.contents, ...last] };
}

/** A description without these contents: their sections stay, refused and ungrouped (RFC 9143 §7.2.3). */
export function withRemoved(media: Media, names: readonly string[]): Media {
  return withoutRefused(
    mapped(media, (content) => (names.includes(content.name) ? { ...content, rejected: true } : content)),
  );
}

/** A description with these groups; they replace groups that share a content with them. */
export function withGroups(media: Media, given: Media["groups"]): Media {
  const kept = media.groups.filter(
    ({ semantics, names }) =>
      !given.some((group) => group.semantics === semantics && group.names.some((name) => names.includes(name))),
  );
  return { ...media, groups: [...kept, ...given] };
}

/** Whether every content is refused. */
export const isEmpty = ({ contents }: Media): boolean => contents.every(({ rejected }) => rejected);

/** A description with new transports for some contents, and for those that shared the old ones. */
export function withTransports(media: Media, moved: readonly Moved[]): Media {
  const named = new Map(moved.map(({ name, transport }) => [name, transport]));
  return mapped(media, (content) => {
    const mine = named.get(content.name);
    if (mine) return { ...content, transport: mine };
    const shared = moved.find(({ name }) => isBundled(media, name, content));
    if (!shared) return content;
    return { ...content, transport: { ...shared.transport, candidates: [], gathered: false } };
  });
}

function isBundled(media: Media, name: string, content: Content): boolean {
  const grouped = media.groups.some(({ names }) => names.includes(name) && names.includes(content.name));
  const { ufrag } = content.transport;
  return grouped && ufrag !== undefined && find(media, name)?.transport.ufrag === ufrag;
}

/** The transports that an update restarts: a new ICE ufrag with its password (RFC 8839 §4.4.1.1.1). */
export function restartsOf(media: Media, update: TransportUpdate): Moved[] {
  return update.contents.flatMap(({ name, ufrag, pwd, candidates, gathered }): Moved[] => {
    const known = find(media, name);
    const isNew = known?.transport.ufrag !== undefined && known.transport.ufrag !== ufrag;
    if (!isNew || known.rejected || ufrag === undefined || pwd === undefined) return [];
    return [{ name, transport: { ...known.transport, ufrag, pwd, candidates, gathered } }];
  });
}

/** What the phone's offer asks of the user: new contents, and ICE restarts. */
export function asksFor(offer: Media, remote: Media): { added: string[]; restarted: string[] } {
  const added = offer.contents.filter(({ rejected, name }) => !rejected && find(remote, name)?.rejected !== false);
  return { added: added.map(nameOf), restarted: moves(remote, offer).map(nameOf) };
}

/** The contents that existed before and now have a new ICE ufrag. */
function moves(before: Media, after: Media): Content[] {
  return after.contents.filter(({ name, rejected, transport }) => {
    const known = find(before, name);
    const [then, now] = [known?.transport.ufrag, transport.ufrag];
    return !rejected && known?.rejected === false && then !== undefined && now !== undefined && then !== now;
  });
}

/**
 * Our description in the order of the offer, with its mids: a new content is refused until the user accepts it, and replaces
 * the content whose m-line it reuses (RFC 8829 §5.2.2).
 */
export function withPlaces({ mids: _, ...own }: Media, offer: Media): Media {
  const placed = offer.contents.map((content) => find(own, content.name) ?? { ...content, rejected: true });
  const names = placed.map(nameOf);
  const later = own.contents.slice(placed.length).filter(({ name }) => !names.includes(name));
  return { ...own, contents: [...placed, ...later], ...(offer.mids === undefined ? {} : { mids: offer.mids }) };
}

/** A description that also refuses what the other description refuses. */
export function refusedAlike(media: Media, other: Media): Media {
  return withRemoved(media, other.contents.filter(({ rejected }) => rejected).map(nameOf));
}

/** The names of contents that existed before and are refused now. */
export function removedBetween(before: Media, after: Media): string[] {
  return after.contents.filter(({ name, rejected }) => rejected && find(before, name)?.rejected === false).map(nameOf);
}

/** The contents with these names. */
export const contentsNamed = (media: Media, names: readonly string[]): Content[] =>
  media.contents.filter(({ name }) => names.includes(name));

/** What the phone's answer to our offer means for the user's changes. */
export interface Outcome {
  readonly accepted: readonly Content[];
  readonly rejected: readonly Content[];
  readonly replaced: readonly Content[];
  readonly moved: readonly Content[];
  readonly removed: readonly Content[];
}

export function outcomeOf(
  asked: { readonly added: readonly string[]; readonly replaced: readonly string[] },
  before: Media,
  after: Media,
): Outcome {
  const added = contentsNamed(after, asked.added);
  const replaced = contentsNamed(after, asked.replaced).filter(({ rejected }) => !rejected);
  return {
    accepted: added.filter(({ rejected }) => !rejected),
    rejected: added.filter(({ rejected }) => rejected),
    replaced,
    moved: moves(before, after).filter((content) => !replaced.includes(content)),
    removed: contentsNamed(after, removedBetween(before, after)).filter(({ name }) => !asked.added.includes(name)),
  };
}

/** Whether a transport has no candidates yet; COMPAT Conversations: it would take such a transport for an ICE restart. */
export const isBare = ({ transport }: Content): boolean => transport.candidates.length === 0 && !transport.gathered;

/** The same contents, the restarted ones without candidates (COMPAT Conversations: a restart must not have any). */
export function withoutCandidates(contents: readonly Content[], restarted: readonly string[]): Content[] {
  return contents.map((content) =>
    restarted.includes(content.name)
      ? { ...content, transport: { ...content.transport, candidates: [], gathered: false } }
      : content,
  );
}

/** The candidates of contents as an update. */
export function candidatesOf(contents: readonly Content[]): TransportUpdate {
  const update = contents.map(({ name, creator, transport }) => {
    const { candidates, gathered, ufrag, pwd } = transport;
    return { name, creator, ...present({ ufrag, pwd }), candidates, gathered };
  });
  return { contents: update };
}
