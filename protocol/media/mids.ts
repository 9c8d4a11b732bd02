/**
 * The mid of each content: the one that its description has (`Media.mids`), else its name if that is a token (RFC 5888 §4,
 * RFC 8866 §9), else one that no other content has.
 *
 * Jingle names may be any text. The same description always gives the same mids, so that they can be read back.
 */
import type { Content, Media } from "./media.ts";
import { isToken } from "./values.ts";

type Described = Pick<Media, "contents" | "mids">;

/** The mids by name. */
export function midsOf({ contents, mids: known = [] }: Described): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const { name, mid } of known) if (mid !== "") given.set(name, mid);
  const mids = new Map<string, string>();
  /** What a mid that we make up may not be: a name, or a mid of the description's, or of ours. */
  let taken: Set<string> | undefined;
  for (const [index, { name }] of contents.entries()) {
    let mid = given.get(name) ?? (isToken(name) && !isTaken(name, given) ? name : undefined);
    if (mid === undefined) {
      taken ??= new Set([...contents.map((content) => content.name), ...given.values()]);
      for (mid = `content-${index}`; taken.has(mid); ) mid += "-";
      taken.add(mid);
    }
    mids.set(name, mid);
  }
  return mids;
}

/** Whether the mid of another content is spelled like this name. */
const isTaken = (name: string, given: ReadonlyMap<string, string>): boolean =>
  given.size > 0 && [...given].some(([other, mid]) => mid === name && other !== name);

/** Whether the description had no a=mid for a content. */
export const hasNoMid = ({ mids = [] }: Described, { name }: Content): boolean =>
  mids.some((each) => each.name === name && each.mid === "");
