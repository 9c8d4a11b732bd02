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
  const given = new Map(known.filter(({ mid }) => mid !== "").map(({ name, mid }) => [name, mid]));
  const taken = new Set([...contents.map(({ name }) => name), ...given.values()]);
  const mids = new Map<string, string>();
  for (const [index, { name }] of contents.entries()) {
    const own = given.get(name);
    let mid = isToken(name) && !isTaken(name, given) ? name : `content-${index}`;
    while (own === undefined && mid !== name && taken.has(mid)) mid += "-";
    taken.add(own ?? mid);
    mids.set(name, own ?? mid);
  }
  return mids;
}

/** Whether the mid of another content is spelled like this name. */
const isTaken = (name: string, given: ReadonlyMap<string, string>): boolean =>
  [...given].some(([other, mid]) => mid === name && other !== name);

/** Whether the description had no a=mid for a content. */
export const hasNoMid = ({ mids = [] }: Described, { name }: Content): boolean =>
  mids.some((each) => each.name === name && each.mid === "");
