/** Which two boxes a way between two states is drawn between. Pure, and all that the page needs of the layout. */

/** Two boxes that stand side by side, and the box that both are in (empty for the whole). */
export interface Lifted {
  readonly from: string;
  readonly to: string;
  readonly level: string;
}

/** The two boxes of one level that a way between two states is drawn between; none where it stays, or leads into its own box. */
export function lift(from: string, to: string): Lifted | undefined {
  const [out, into] = [from.split("."), to.split(".")];
  let shared = 0;
  while (shared < out.length && shared < into.length && out[shared] === into[shared]) shared++;
  if (from === "" || shared >= out.length || shared >= into.length) return undefined;
  const name = (path: readonly string[]): string => path.slice(0, shared + 1).join(".");
  return { from: name(out), to: name(into), level: out.slice(0, shared).join(".") };
}
