/**
 * The privileges that a server grants to the gateway: XEP-0356 §4.2, in the namespaces of its versions 0.2 and 0.4.
 *
 * Rules: a message says all that is granted, so without a permission for rosters there is none; an unknown one is none. Whose
 * message is believed is decided by its reader. Left out on purpose: permissions for messages, presence and IQs, which are not used.
 */
import type { Element } from "@xmpp/xml";

const VERSIONS = ["urn:xmpp:privilege:2", "urn:xmpp:privilege:1"];
const ACCESS = ["get", "set", "both"] as const;

/** The IQs of `jabber:iq:roster` that the gateway may send to users of the server. */
export type RosterAccess = "none" | (typeof ACCESS)[number];

/** The access to rosters that a message grants; undefined if it says nothing of privileges. */
export function rosterAccess(message: Element): RosterAccess | undefined {
  for (const version of VERSIONS) {
    const said = message.getChild("privilege", version)?.getChildren("perm", version) ?? [];
    if (said.length === 0) continue;
    const type = said.find(({ attrs }) => attrs.access === "roster")?.attrs.type;
    return ACCESS.find((access) => access === type) ?? "none";
  }
  return undefined;
}
