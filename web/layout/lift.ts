/** The two boxes between which a transition is drawn. Pure, and all of the layout that the page needs. */

/** Two sibling boxes, and the box that contains them (empty for the whole). */
export interface Lifted {
  readonly from: string;
  readonly to: string;
  readonly level: string;
}

/** The two sibling boxes between which a transition is drawn; undefined if it stays in a box or leads into its own box. */
export function lift(from: string, to: string): Lifted | undefined {
  const [out, into] = [from.split("."), to.split(".")];
  let shared = 0;
  while (shared < out.length && shared < into.length && out[shared] === into[shared]) shared++;
  if (from === "" || shared >= out.length || shared >= into.length) return undefined;
  const name = (path: readonly string[]): string => path.slice(0, shared + 1).join(".");
  return { from: name(out), to: name(into), level: out.slice(0, shared).join(".") };
}
