/**
 * The mid of each content: its name if that is a token (RFC 5888 §4, RFC 8866 §9), else one that no other content has.
 *
 * Jingle names may be any text. The same description always gives the same mids, so that they can be read back.
 */
import type { Media } from "./media.ts";
import { isToken } from "./values.ts";

/** The mids by name. */
export function midsOf({ contents }: Pick<Media, "contents">): ReadonlyMap<string, string> {
  const taken = new Set(contents.map(({ name }) => name));
  const mids = new Map<string, string>();
  for (const [index, { name }] of contents.entries()) {
    let mid = isToken(name) ? name : `content-${index}`;
    while (mid !== name && taken.has(mid)) mid += "-";
    taken.add(mid);
    mids.set(name, mid);
  }
  return mids;
}
