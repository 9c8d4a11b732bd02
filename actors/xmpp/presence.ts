/**
 * Who is online, and what our phones say of themselves: RFC 6121 §3-4, XEP-0115.
 *
 * Rules: who subscribes to a phone, or to the component, is taken and subscribed to in turn, so that we have the user's
 * presence; a probe is answered from `<phone>/sip`; we never say `unavailable`. Resources of priority 0 or more can be
 * called: by a proposal those that take Jingle Message Initiation (XEP-0353), the others directly; by a phone without ICE none
 * whose caps name ICE alone. Who is offline gets a
 * proposal when a device of his takes them, since push may wake it, or when nothing can be known of him. Bounds: `MOST_USERS`,
 * `MOST_RESOURCES` of one; past them a user counts as offline. After the stream was down who was known is asked again.
 */
import xml, { type Element } from "@xmpp/xml";
import { phoneDevice } from "../../protocol/address.ts";
import { capsNode } from "../../protocol/xmpp/caps.ts";
import { type Caps, capsElement } from "../../protocol/xmpp/disco.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import { type CapsNeeds, XmppCaps } from "./caps.ts";

const MOST_USERS = 200_000;
const MOST_RESOURCES = 32;

export interface PresenceNeeds {
  readonly domain: string;
  /** The caps of the component and of its phones. */
  readonly caps: { readonly component: Caps; readonly phone: Caps };
  /** Whether the server tells of every user's presence by itself (integrations/): who was not told of is not there. */
  readonly toldOfAll: boolean;
  isServed(jid: string): boolean;
  send(element: Element): void;
  /** A device that is called directly came, or said something of itself. */
  came(device: string): void;
  /** A device went offline. */
  left(device: string): void;
  /** Asks a device for disco#info of a node. */
  ask: CapsNeeds["ask"];
  readonly sha1: CapsNeeds["sha1"];
}

/** How a user can be called. */
export interface Reach {
  readonly isOnline: boolean;
  /** Full JIDs to be called directly. */
  readonly direct: readonly string[];
  /** Whether a proposal goes out too. */
  readonly byProposal: boolean;
}

interface Device {
  readonly priority: number;
  /** Its caps (caps.ts). */
  readonly caps: string | undefined;
}

interface Known {
  readonly devices: Map<string, Device>;
  /** Whether any presence of his was ever seen. */
  wasSeen: boolean;
  /** Whether any device of his takes, or took, Jingle messages. */
  takesMessages: boolean;
}

export class XmppPresence {
  readonly #needs: PresenceNeeds;
  /** By bare JID. */
  readonly #users = new Map<string, Known>();
  readonly #caps: XmppCaps;

  constructor(needs: PresenceNeeds) {
    this.#needs = needs;
    this.#caps = new XmppCaps({
      sha1: needs.sha1,
      ask: needs.ask,
      judged: (device, takes) => this.#judged(device, takes),
    });
  }

  /** How a user can be called now by one of our phones, which may have no ICE. Of whom nothing is known is asked: who answers is told as `came`. */
  reach(bare: string, by: string, plain = false): Reach {
    const user = this.#users.get(bareJid(bare));
    if (!user?.wasSeen) {
      if (!this.#needs.toldOfAll)
        for (const us of [this.#needs.domain, bareJid(by)]) this.#say("probe", us, bareJid(bare));
      return { isOnline: false, direct: [], byProposal: !this.#needs.toldOfAll };
    }
    const online = [...user.devices].filter(([, { priority }]) => priority >= 0);
    const able = online
      .map(([jid, { caps }]) => ({ jid, ...this.#caps.of(jid, caps) }))
      .filter(({ iceAlone }) => !(plain && iceAlone));
    const direct = able.filter(({ messages }) => !messages).map(({ jid }) => jid);
    const byProposal = online.length === 0 ? user.takesMessages : direct.length < able.length;
    return { isOnline: online.length > 0, direct, byProposal };
  }

  #judged(device: string, takesMessages: boolean): void {
    const user = this.#users.get(bareJid(device));
    if (user && takesMessages) user.takesMessages = true;
    else if ((user?.devices.get(device)?.priority ?? -1) >= 0) this.#needs.came(device);
  }

  /** Takes a presence; false when it comes from somebody we have nothing to do with. */
  receive({ from, to = this.#needs.domain, type, sender, element }: Stanza): boolean {
    if (!this.#needs.isServed(from)) return false;
    switch (type) {
      case undefined:
        if (sender.resource) this.#came(from, element);
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
    for (const [bare, { devices }] of this.#users) {
      devices.clear();
      if (asks) this.#say("probe", this.#needs.domain, bare);
    }
  }

  #came(from: string, presence: Element): void {
    const user = this.#know(bareJid(from));
    if (!user || (!user.devices.has(from) && user.devices.size >= MOST_RESOURCES)) return;
    const priority = Number(presence.getChildText("priority") ?? 0);
    user.wasSeen = true;
    const caps = capsNode(presence);
    user.devices.set(from, { priority: Number.isInteger(priority) ? priority : 0, caps });
    this.#caps.seen(from, caps);
  }

  /**
   * COMPAT Prosody 0.12: it acknowledges a subscription request by `unavailable` from the bare JID, whoever is online; so
   * only what a device says of itself counts.
   */
  #left(from: string): void {
    if (!this.#users.get(bareJid(from))?.devices.delete(from)) return;
    this.#caps.left(from);
    this.#needs.left(from);
  }

  /** What is known of a user; undefined when there is no room for one more. */
  #know(bare: string): Known | undefined {
    const known = this.#users.get(bare);
    if (known || this.#users.size >= MOST_USERS) return known;
    const user: Known = { devices: new Map(), wasSeen: false, takesMessages: false };
    this.#users.set(bare, user);
    return user;
  }

  #befriend(us: string, them: string): void {
    const [from, to] = [bareJid(us), bareJid(them)];
    this.#know(to);
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
    const from = isPhone ? phoneDevice(of) : bareJid(of);
    return xml("presence", { from, to }, capsElement(isPhone ? caps.phone : caps.component));
  }
}
