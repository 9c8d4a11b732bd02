/**
 * Pending offers: changes by the user that the phone has not agreed to yet.
 *
 * RFC 3264 §8, XEP-0166 §7.2. Rules: the user's description is the agreed one with all pending offers applied, so a refusal
 * reverts the changes of one offer only, and no change that the user got a result for is lost; a source action is an
 * offer by itself, all other changes are offered together; an offer that is not sent yet is merged with the
 * next one, and their number is bounded.
 */

import { addCandidates } from "../../protocol/media/candidates.ts";
import {
  contentsNamed,
  type Moved,
  withAdded,
  withGroups,
  withRemoved,
  withTransports,
} from "../../protocol/media/contents.ts";
import type {
  Content,
  ContentPayloads,
  ContentSenders,
  ContentSources,
  Media,
  TransportUpdate,
} from "../../protocol/media/media.ts";
import {
  MOST_SOURCES,
  modified,
  type SourceAction,
  withPayloads,
  withSources,
} from "../../protocol/media/offer-answer.ts";

/** The maximum number of pending offers. */
export const MOST_PENDING = 16;

/** A change by the user: senders, codecs, contents added or removed, ICE restarted, transports replaced. */
export type Change =
  | { readonly kind: "senders"; readonly to: readonly ContentSenders[] }
  | { readonly kind: "codecs"; readonly to: readonly ContentPayloads[] }
  | { readonly kind: "added"; readonly to: readonly Content[]; readonly groups: Media["groups"] }
  | { readonly kind: "removed"; readonly to: readonly Pick<Content, "name">[] }
  | { readonly kind: "restarted" | "replaced"; readonly to: readonly Moved[] };

/** A pending offer to the phone: a source action, or changes; without either it only refreshes the session. */
export interface PendingOffer {
  readonly action: SourceAction | null;
  readonly sources: readonly ContentSources[];
  readonly changes: readonly Change[];
}

/** Appends an offer to the pending ones; merged into the last one if that is of the same kind and not sent yet. */
export function withPending(due: readonly PendingOffer[], next: PendingOffer, isOut: boolean): readonly PendingOffer[] {
  const last = due.length > (isOut ? 1 : 0) ? due.at(-1) : undefined;
  return last?.action === next.action ? [...due.slice(0, -1), merged(last, next)] : [...due, next];
}

function merged(one: PendingOffer, next: PendingOffer): PendingOffer {
  const earlier = one.sources.map((each) => {
    const named = next.sources.find(({ name }) => name === each.name);
    const ids = named?.sources.map(({ ssrc }) => ssrc) ?? [];
    const sources = [...each.sources.filter(({ ssrc }) => !ids.includes(ssrc)), ...(named?.sources ?? [])];
    const sourceGroups = [...each.sourceGroups, ...(named?.sourceGroups ?? [])].slice(-MOST_SOURCES);
    return { ...each, sources, sourceGroups };
  });
  const others = next.sources.filter(({ name }) => !one.sources.some((each) => each.name === name));
  const changes = next.changes.reduce(withChange, one.changes);
  return { action: next.action, sources: [...earlier, ...others], changes };
}

/** Appends a change, which replaces earlier ones of its kind for the same contents. */
function withChange(changes: readonly Change[], next: Change): readonly Change[] {
  const untold = next.kind === "removed" ? addedAndRemoved(changes, next) : [];
  const added = changes.map((each) => (each.kind === "added" ? without(each, untold) : each));
  const last = without(next, untold);
  const names = last.to.map(({ name }) => name);
  const earlier = added.map((each) => (each.kind === next.kind ? without(each, names) : each));
  return [...earlier, last].filter(({ to }) => to.length > 0);
}

/** The contents that are added and removed before the phone was offered them: neither change is offered. */
function addedAndRemoved(changes: readonly Change[], removed: Change): string[] {
  const gone = removed.to.map(({ name }) => name);
  return namesIn(changes, ["added"]).filter((name) => gone.includes(name));
}

/** A change without these contents. */
function without<One extends Change>(change: One, names: readonly string[]): One {
  return { ...change, to: change.to.filter(({ name }) => !names.includes(name)) };
}

function afterChange(media: Media, change: Change): Media {
  switch (change.kind) {
    case "senders":
      return modified(media, change.to);
    case "codecs":
      return withPayloads(media, change.to);
    case "added":
      return withGroups(withAdded(media, change.to), change.groups);
    case "removed":
      return withRemoved(
        media,
        change.to.map(({ name }) => name),
      );
    default:
      return withTransports(media, change.to);
  }
}

/** A description with these offers applied. */
export function applied(media: Media, pending: readonly PendingOffer[]): Media {
  return pending.reduce((sum, { action, sources, changes }) => {
    const changed = changes.reduce(afterChange, sum);
    return action === null ? changed : withSources(changed, action, sources);
  }, media);
}

/** The description to answer from: the user's pending senders and removals apply already; all other changes must be offered. */
export function limited(media: Media, pending: readonly PendingOffer[]): Media {
  const changes = pending.flatMap((each) => each.changes);
  return changes.filter(({ kind }) => kind === "senders" || kind === "removed").reduce(afterChange, media);
}

/** The contents that an offer changes in one of these ways. */
export const changedBy = ({ changes }: PendingOffer, ...kinds: readonly Change["kind"][]): string[] =>
  namesIn(changes, kinds);

function namesIn(changes: readonly Change[], kinds: readonly Change["kind"][]): string[] {
  return changes.filter(({ kind }) => kinds.includes(kind)).flatMap(({ to }) => to.map(({ name }) => name));
}

/** Whether two descriptions are equal. */
export const isSame = (one: Media, other: Media): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The pending offers that change something: those with a source action, or with a change to the agreed description. */
export function worthTelling(media: Media, due: readonly PendingOffer[]): readonly PendingOffer[] {
  const after = (count: number): Media => applied(media, due.slice(0, count));
  return due.filter(({ action }, at) => action !== null || !isSame(after(at), after(at + 1)));
}

/** These contents without the ones that the user has removed. */
export function withoutRemoved(contents: readonly Content[], pending: readonly PendingOffer[]): Content[] {
  const removed = pending.flatMap((due) => changedBy(due, "removed"));
  return contents.filter(({ name }) => !removed.includes(name));
}

/** The pending offers, with new candidates added to their contents and transports. */
export function withFound(due: readonly PendingOffer[], own: Media, update: TransportUpdate): readonly PendingOffer[] {
  const found = (change: Change): Change => {
    if (change.kind === "added")
      return { ...change, to: addCandidates({ contents: change.to, groups: [] }, update).contents };
    if (change.kind !== "restarted" && change.kind !== "replaced") return change;
    const media = addCandidates(withTransports(own, change.to), update);
    const moved = ({ name, transport }: Moved): Moved => ({
      name,
      transport: contentsNamed(media, [name])[0]?.transport ?? transport,
    });
    return { ...change, to: change.to.map(moved) };
  };
  return due.map((each) => ({ ...each, changes: each.changes.map(found) }));
}

/** Whether one more offer may be pending, and the contents have room for these sources. */
export function hasRoom(due: readonly PendingOffer[], own: Media, sources: readonly ContentSources[] = []): boolean {
  const known: readonly ContentSources[] = [...own.contents, ...due.flatMap((each) => each.sources), ...sources];
  const tooMany = sources.some(({ name }) => {
    const ids = known.flatMap((each) => (each.name === name ? each.sources.map(({ ssrc }) => ssrc) : []));
    return new Set(ids).size > MOST_SOURCES;
  });
  return due.length < MOST_PENDING && !tooMany;
}
