/**
 * Rosters: reads one, and writes an item. RFC 6121 §2.1 to §2.4.
 *
 * Rules: an item is written without a subscription, so that a new one has none, and another keeps its own (§2.1.2.5); items without
 * a valid address are passed over.
 */
import type { Element } from "@xmpp/xml";
import { xml } from "./element.ts";
import { bareJid, readJid } from "./jid.ts";

const ROSTER = "jabber:iq:roster";

export interface RosterItem {
  /** A bare JID, in lower case. */
  readonly jid: string;
  /** "" if there is none. */
  readonly name: string;
  readonly groups: readonly string[];
}

/** The payload of a roster get. */
export const rosterQuery = (): Element => xml("query", { xmlns: ROSTER });

/** The payload of a roster set. */
export function writeItem({ jid, name, groups }: RosterItem): Element {
  const item = xml("item", { jid, name: name || undefined }, ...groups.map((group) => xml("group", {}, group)));
  return xml("query", { xmlns: ROSTER }, item);
}

/** The items of the answer to a roster get; undefined if it is no roster. */
export function readRoster(payload: Element | undefined): RosterItem[] | undefined {
  if (!payload?.is("query", ROSTER)) return undefined;
  return payload.getChildren("item", ROSTER).flatMap((item) => {
    const { jid = "", name = "" }: Readonly<Record<string, string | undefined>> = item.attrs;
    const groups = item.getChildren("group", ROSTER).map((group) => group.getText());
    return readJid(jid) === undefined ? [] : [{ jid: bareJid(jid), name, groups }];
  });
}
