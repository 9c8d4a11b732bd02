/**
 * The effects that tell the user's client about changed contents; none if nothing has changed.
 *
 * XEP-0166 §7.2. Rule: contents that the user has removed are left out.
 */
import { numberedAlike } from "../../protocol/media/codecs.ts";
import { contentsNamed } from "../../protocol/media/contents.ts";
import type { Content, ContentSenders, Media } from "../../protocol/media/media.ts";
import { agreed, type CallContext, own } from "./context.ts";
import type { CallEffect, ContentsAction, NamesAction } from "./vocabulary.ts";

/** What is said of contents, if there are any. */
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
 * What the user is told of codecs, where those that the phone has in common with theirs are not the same any more (XEP-0167 §7.3):
 * the phone's, as far as the user has them too.
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

/** Whether the user has not removed a content himself. */
export const isWanted = (context: CallContext, name: string): boolean =>
  own(context).contents.some((content) => content.name === name && !content.rejected);
