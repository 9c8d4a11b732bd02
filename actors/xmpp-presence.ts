/**
 * Who is online, and what our phones say of themselves: RFC 6121 §3-4, XEP-0115.
 *
 * Rules: who subscribes to a phone, or to the component, is taken and subscribed to in turn, so that we have the user's
 * presence; a probe is answered from `<phone>/sip`; we never say `unavailable`. Resources of priority 0 or more can be
 * called. Bounds: `MOST_USERS`, `MOST_RESOURCES` of one; past them a user counts as offline. After the stream was down who
 * was known is asked again.
 */
import xml, { type Element } from "@xmpp/xml";
import { type Caps, capsElement } from "../protocol/disco.ts";
import { bareJid, readJid } from "../protocol/jid.ts";

const MOST_USERS = 200_000;
const MOST_RESOURCES = 32;

export interface PresenceNeeds {
  readonly domain: string;
  /** The caps of the component and of its phones. */
  readonly caps: { readonly component: Caps; readonly phone: Caps };
  isServed(jid: string): boolean;
  send(element: Element): void;
  /** A device came or went. */
  changed(from: string, available: boolean): void;
}

export class XmppPresence {
  readonly #needs: PresenceNeeds;
  /** Priorities by full JID, by bare JID. */
  readonly #users = new Map<string, Map<string, number>>();

  constructor(needs: PresenceNeeds) {
    this.#needs = needs;
  }

  /** The full JIDs of a user that can be called. */
  resources(bare: string): string[] {
    const known = this.#users.get(bareJid(bare)) ?? new Map<string, number>();
    return [...known].filter(([, priority]) => priority >= 0).map(([jid]) => jid);
  }

  /** Takes a presence; false when it comes from somebody we have nothing to do with. */
  receive(presence: Element): boolean {
    const from = String(presence.attrs.from ?? "");
    const to = String(presence.attrs.to ?? this.#needs.domain);
    if (!this.#needs.isServed(from)) return false;
    switch (presence.attrs.type) {
      case undefined:
        this.#came(from, presence);
        break;
      case "unavailable":
      case "error":
        this.#left(from);
        break;
      case "probe":
        this.#needs.send(this.#presence(to, from));
        break;
      case "subscribe":
        this.#befriend(to, from);
        break;
      case "unsubscribe":
        this.#say("unsubscribed", bareJid(to), bareJid(from));
        break;
      default: // subscribed, unsubscribed: what they change comes as presence
    }
    return true;
  }

  /**
   * The stream is up again: whoever was known is asked where he is now, unless the server tells that by itself. Calls that
   * ring go on meanwhile.
   */
  online(asks: boolean): void {
    for (const [bare, resources] of this.#users) {
      resources.clear();
      if (asks) this.#say("probe", this.#needs.domain, bare);
    }
  }

  #came(from: string, presence: Element): void {
    const { resource } = readJid(from) ?? {};
    if (!resource) return;
    const bare = bareJid(from);
    const resources = this.#users.get(bare) ?? new Map<string, number>();
    if (!this.#users.has(bare) && this.#users.size >= MOST_USERS) return;
    if (!resources.has(from) && resources.size >= MOST_RESOURCES) return;
    const priority = Number(presence.getChildText("priority") ?? 0);
    this.#users.set(bare, resources.set(from, Number.isInteger(priority) ? priority : 0));
    this.#needs.changed(from, true);
  }

  /**
   * COMPAT Prosody 0.12: it acknowledges a subscription request by `unavailable` from the bare JID, whoever is online; so
   * only what a device says of itself counts.
   */
  #left(from: string): void {
    if (this.#users.get(bareJid(from))?.delete(from)) this.#needs.changed(from, false);
  }

  #befriend(us: string, them: string): void {
    const [from, to] = [bareJid(us), bareJid(them)];
    if (!this.#users.has(to) && this.#users.size < MOST_USERS) this.#users.set(to, new Map());
    this.#say("subscribed", from, to);
    this.#needs.send(this.#presence(from, to));
    this.#say("subscribe", from, to);
  }

  #say(type: string, from: string, to: string): void {
    this.#needs.send(xml("presence", { type, from, to }));
  }

  /** The presence of a phone, or of the component itself. */
  #presence(of: string, to: string): Element {
    const { caps } = this.#needs;
    const isPhone = (readJid(of)?.local ?? "") !== "";
    const from = isPhone ? `${bareJid(of)}/sip` : bareJid(of);
    return xml("presence", { from, to }, capsElement(isPhone ? caps.phone : caps.component));
  }
}
