/**
 * The effects that notify the user's client of changed contents; none if nothing has changed.
 *
 * XEP-0166 §7.2. Rule: contents that the user has removed are left out.
 */
import { numberedAlike } from "../../protocol/media/codecs.ts";
import { contentsNamed } from "../../protocol/media/contents.ts";
import type { Content, ContentSenders, Media } from "../../protocol/media/media.ts";
import { agreed, type CallContext, own } from "./context.ts";
import type { CallEffect, ContentsAction, NamesAction } from "./vocabulary.ts";

/** The effect for these contents; none if there are none. */
export function tell(
  { devices }: CallContext,
  action: ContentsAction | NamesAction,
  contents: readonly Content[],
): CallEffect[] {
  return contents.length === 0 ? [] : [{ type: `jingle.send.${action}`, to: devices, contents }];
}
export function tellAdded(
  { devices }: CallContext,
  { contents, groups }: Media,
  names: readonly string[],
): CallEffect[] {
  const added = contents.filter(({ name }) => names.includes(name));
  const theirs = groups.filter((group) => group.names.some((name) => names.includes(name)));
  return names.length === 0 ? [] : [{ type: "jingle.send.content-add", to: devices, contents: added, groups: theirs }];
}
export function tellSenders({ devices }: CallContext, changes: readonly ContentSenders[]): CallEffect[] {
  return changes.length === 0 ? [] : [{ type: "jingle.send.content-modify", to: devices, changes }];
}

/**
 * Notifies the user of codecs if the set that phone and user have in common has changed (XEP-0167 §7.3): the phone's codecs, limited
 * to those that the user has, too.
 */
export function tellCodecs(context: CallContext, before: Media, after: Media): CallEffect[] {
  const mine = agreed(context);
  const changed = after.contents.flatMap((content): Content[] => {
    const [own] = contentsNamed(mine, [content.name]);
    const [was] = contentsNamed(before, [content.name]);
    if (!own || !was || own.rejected || was.rejected || content.rejected) return [];
    const payloads = numberedAlike(own.payloads, content.payloads);
    return idsOf(payloads) === idsOf(numberedAlike(own.payloads, was.payloads)) ? [] : [{ ...content, payloads }];
  });
  return tell(context, "description-info", changed);
}

const idsOf = (payloads: Content["payloads"]): string =>
  payloads
    .map(({ id }) => id)
    .toSorted((one, other) => one - other)
    .join();

/** Whether the user's description still has a content, i.e. the user has not removed it. */
export const isWanted = (context: CallContext, name: string): boolean =>
  own(context).contents.some((content) => content.name === name && !content.rejected);
