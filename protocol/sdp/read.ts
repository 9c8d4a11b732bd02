/**
 * SDP to Media: RFC 8866, RFC 3264, RFC 5888 (a=group). Lines are split by lines.ts, a section is read by section.ts.
 *
 * Rules: plain RTP without mid, rtpmap, direction or ICE is ordinary input; a session-level attribute holds for every
 * section without its own; an SDP is read as a whole or refused. The writer is write.ts.
 */
import { withShared } from "../media/kept.ts";
import type { Media, Role } from "../media/media.ts";
import { midsOf } from "../media/mids.ts";
import { bounded, isToken, MOST } from "../media/values.ts";
import { Refusal } from "../refusal.ts";
import { owned } from "../text.ts";
import { allOf, firstOf, has, readLines, type SdpPart, type SdpSection } from "./lines.ts";
import { readSection } from "./section.ts";

export interface ReadOptions {
  /** The writer of the SDP, to which directions are relative. */
  readonly by: Role;
  /** The offer that this SDP answers: its sections are the same, in the same order (RFC 3264 §6). */
  readonly answerTo?: Media;
  /** The previous description of the same side: its sections keep their places, and more may follow (RFC 3264 §8). */
  readonly follows?: Media;
}

/** Reads an SDP. Throws `Refusal`: 400 if it is no SDP, 488 if it could never be accepted. */
export function readSdp(text: string, { by, answerTo, follows }: ReadOptions): Media {
  const { session, sections } = readLines(text);
  const count = sections.length;
  if (count === 0) throw new Refusal("an SDP without media", { status: 488, warning: 304 });
  if (answerTo && answerTo.contents.length !== count)
    throw new Refusal(`${count} m-lines answer ${answerTo.contents.length}`, { status: 488, warning: 399 });
  if (follows && follows.contents.length > count)
    throw new Refusal("an m-line is missing that was there before", { status: 488, warning: 399 });

  const known = answerTo ?? follows ?? { contents: [], groups: [] };
  const names = namesOf(sections, known);
  const contents = sections.map((section, index) => {
    const before = known.contents[index];
    const creator = before?.name === names[index] ? (before?.creator ?? by) : by;
    const isAnswer = answerTo !== undefined;
    return readSection(section, session, { name: names[index] ?? "", creator, by, isAnswer });
  });
  const groups = has(session, "group") ? readGroups(session, namesByMid(sections, names, known)) : [];
  const lite = has(session, "ice-lite") ? { iceLite: true as const } : {};
  return withShared({ contents, groups, ...lite, ...(answerTo ? {} : ownMids(sections, contents)) });
}

/** The Jingle action in an SDP; null for any other than the three of mod_jingle_sip. */
export function readJingleAction(text: string): "source-add" | "source-remove" | "source-update" | null {
  const session = text.split(/^m=/m, 1)[0] ?? "";
  const action = /^a=jingle-action:(source-(?:add|remove|update))[ \t]*\r?$/m.exec(session)?.[1];
  return action === "source-add" || action === "source-remove" || action === "source-update" ? action : null;
}

/** The a=mid of a section, if valid. */
function midOf(section: SdpSection): string | undefined {
  const mid = firstOf(section, "mid");
  return mid !== undefined && isToken(mid) ? mid : undefined;
}

/** The known names; for new contents a=mid or the media type, made unique. */
function namesOf(sections: readonly SdpSection[], known: Media): string[] {
  const taken = new Set(known.contents.map(({ name }) => name));
  const mids = midsOf(known);
  return sections.map((section, at) => {
    const before = known.contents[at];
    if (before && !isRecycled(section, before, mids.get(before.name))) return before.name;
    const wanted = midOf(section) ?? section.media;
    let name = wanted;
    for (let copy = 2; taken.has(name); copy++) name = `${wanted}-${copy}`;
    taken.add(name);
    return name;
  });
}

/** Whether the m-line of a refused content is reused for another one (RFC 8829 §5.2.2). */
function isRecycled(section: SdpSection, before: Media["contents"][number], mid: string | undefined): boolean {
  if (!before.rejected || section.port === 0) return false;
  const own = midOf(section);
  return own === undefined ? section.media !== before.media : own !== mid;
}

/** The mids that differ from those derived from the names. */
function ownMids(sections: readonly SdpSection[], contents: Media["contents"]): Pick<Media, "mids"> {
  const byName = midsOf({ contents });
  const mids = contents.flatMap(({ name }, at) => {
    const mid = owned((sections[at] && midOf(sections[at])) ?? "");
    return mid === byName.get(name) ? [] : [{ name, mid }];
  });
  return mids.length === 0 ? {} : { mids };
}

/** Names by mid: from the a=mid of this SDP, else from mids that we generated before, else the names themselves. */
function namesByMid(sections: readonly SdpSection[], names: readonly string[], known: Media): Map<string, string> {
  const ours = [...midsOf(known)].map(([name, mid]): [string, string] => [mid, name]);
  const own = sections.flatMap((section, index): [string, string][] => {
    const mid = midOf(section);
    return mid === undefined ? [] : [[mid, names[index] ?? ""]];
  });
  // of two sections with the same mid, the first one wins
  return new Map([...names.map((name): [string, string] => [name, name]), ...ours, ...own.toReversed()]);
}

function readGroups(session: SdpPart, names: ReadonlyMap<string, string>): Media["groups"] {
  const groups = bounded(allOf(session, "group"), MOST.groups, "groups").map((line) => {
    const [semantics = "", ...mids] = line.split(/\s+/);
    return { semantics, names: [...new Set(mids.flatMap((mid) => names.get(mid) ?? []))] };
  });
  return groups.filter((group) => isToken(group.semantics) && group.names.length > 0);
}
