/**
 * The mid of each content: the one in its description (`Media.mids`), else its name if that is a token (RFC 5888 §4, RFC 8866
 * §9), else a generated one that is unique.
 *
 * Jingle names may be any text. The same description always yields the same mids, so that they can be mapped back.
 */
import type { Content, Media } from "./media.ts";
import { isToken } from "./values.ts";

type Described = Pick<Media, "contents" | "mids">;

const NONE = new Map<string, string>();

/** The mids by name. */
export function midsOf({ contents, mids: known = [] }: Described): ReadonlyMap<string, string> {
  const given = known.length === 0 ? NONE : new Map<string, string>();
  for (const { name, mid } of known) if (mid !== "") given.set(name, mid);
  const mids = new Map<string, string>();
  /** Reserved: names, the description's mids, and generated mids. */
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

/** Whether another content has a mid equal to this name. */
const isTaken = (name: string, given: ReadonlyMap<string, string>): boolean =>
  given.size > 0 && [...given].some(([other, mid]) => mid === name && other !== name);

/** Whether the description had no a=mid for a content. */
export const hasNoMid = ({ mids = [] }: Described, { name }: Content): boolean =>
  mids.some((each) => each.name === name && each.mid === "");
