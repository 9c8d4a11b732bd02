/**
 * Callers in a user's roster: the item that shows a caller's name in clients that know names from the roster alone.
 *
 * Rules: an item is added only if there is none; one in another group is the user's, whatever its name, and so is one whose name we did not
 * give: `given` is what we gave last. Bound: `MOST_CALLERS` items in our group; none is removed for another. Left out on purpose: callers
 * whose address is not ASCII, since a server may write it in another form, and would then replace an item of the user's.
 */
import { readJid } from "./jid.ts";
import type { RosterItem } from "./roster.ts";

export const MOST_CALLERS = 100;
const ASCII = /^[!-~]+$/;
const LETTER = /\p{L}/u;

/** Whether a caller may be added: of our domain, not anonymous, and with a name that is more than a number. */
export function canBeNamed(caller: { readonly jid: string; readonly name: string }, component: string): boolean {
  const { local = "", domain } = readJid(caller.jid) ?? {};
  const isOurs = domain === component.toLowerCase() && local !== "anonymous" && ASCII.test(local);
  return isOurs && LETTER.test(caller.name);
}

/** The item to write, if any; "full" if the group has no room for it. */
export function callerItem(
  roster: readonly RosterItem[],
  { jid, name }: { readonly jid: string; readonly name: string },
  { group, given }: { readonly group: string; readonly given: string | undefined },
): RosterItem | "full" | undefined {
  const item = roster.find((each) => each.jid === jid);
  const isOurs = item?.groups.includes(group) && item.name === given;
  if (item) return isOurs && item.name !== name ? { ...item, name } : undefined;
  const callers = roster.filter(({ groups }) => groups.includes(group));
  return callers.length < MOST_CALLERS ? { jid, name, groups: [group] } : "full";
}
