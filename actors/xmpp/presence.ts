/**
 * Which users are online, and the presence of our phones: RFC 6121 §3-4, XEP-0115.
 *
 * Rules: a subscription to a phone, or to the component, is accepted, and we subscribe in turn, so that we get the user's
 * presence. A probe is answered from `<phone>/sip`. We never send `unavailable`. Resources with priority 0 or more can be
 * called: those that support JMI (XEP-0353) by a proposal, the others directly; a phone without ICE calls none whose caps
 * list only ICE. An offline user gets a proposal if one of the user's devices supports JMI, since a push may wake it, or if
 * the user is unknown. After the stream was down, known users are probed again. Bounds: `MOST_USERS`, and
 * `MOST_RESOURCES` of each, beyond which a device counts as offline. If there are too many users, the one that went offline longest
 * ago is dropped; if all are online, a further one counts as offline. Of each user `MOST_SUBSCRIPTIONS` subscriptions a minute are
 * answered, since each answer changes the user's roster at the server, which all users share; one more stays pending there.
 */
import type { Element } from "@xmpp/xml";
import { phoneDevice } from "../../protocol/address.ts";
import type { Takes } from "../../protocol/media/suited.ts";
import { capsNode } from "../../protocol/xmpp/caps-hash.ts";
import { type Caps, capsElement } from "../../protocol/xmpp/disco.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import type { Clock } from "../clock.ts";
import { Lately } from "../lately.ts";
import type { Tally } from "../tally.ts";
import { CapsCheck, type CapsNeeds } from "./caps-check.ts";

const MOST_USERS = 200_000;
const MOST_RESOURCES = 32;
const MOST_SUBSCRIPTIONS = 60;
const MINUTE = 60_000;

export interface PresenceNeeds {
  readonly clock: Clock;
  readonly domain: string;
  /** The caps of the component and of its phones. */
  readonly caps: { readonly component: Caps; readonly phone: Caps };
  /** Whether the server sends the presence of every user unasked (integrations/); then an unknown user is offline. */
  readonly toldOfAll: boolean;
  isServed(jid: string): boolean;
  send(element: Element): void;
  readonly dropped: Tally;
  /** A device that can be called directly has come online, or has changed its presence. */
  came(device: string): void;
  /** A device has gone offline. */
  left(device: string): void;
  /** Sends a disco#info request for a node to a device. */
  ask: CapsNeeds["ask"];
  readonly sha1: CapsNeeds["sha1"];
}

/** How a user can be called. */
export interface Reach {
  readonly isOnline: boolean;
  /** Full JIDs to be called directly. */
  readonly direct: readonly string[];
  /** Whether a proposal is sent, too. */
  readonly byProposal: boolean;
}

interface Device {
  readonly priority: number;
  /** Its caps node (caps-check.ts). */
  readonly caps: string | undefined;
}

interface Known {
  readonly devices: Map<string, Device>;
  /** Whether any presence of the user was ever received. */
  wasSeen: boolean;
  /** Whether any device of the user supports JMI, or did. */
  takesMessages: boolean;
}

export class XmppPresence {
  readonly #needs: PresenceNeeds;
  /** By bare JID. */
  readonly #users = new Map<string, Known>();
  /** Users without a device; the one that went offline longest ago first. */
  readonly #offline = new Set<string>();
  readonly #caps: CapsCheck;
  /** Subscriptions, by bare JID. */
  readonly #subscribed: Lately;

  constructor(needs: PresenceNeeds) {
    this.#needs = needs;
    this.#subscribed = new Lately(needs.clock, MINUTE);
    this.#caps = new CapsCheck({
      clock: needs.clock,
      sha1: needs.sha1,
      ask: needs.ask,
      judged: (device, takes) => this.#judged(device, takes),
    });
  }

  /**
   * How one of our phones, without ICE if `plain`, can call a user now. An unknown user is probed; devices that
   * answer are reported by `came`.
   */
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

  /** The capabilities of a device; undefined if it was never seen. */
  takes(device: string): Takes | undefined {
    const known = this.#users.get(bareJid(device))?.devices.get(device);
    return known && this.#caps.of(device, known.caps);
  }

  #judged(device: string, takesMessages: boolean): void {
    const user = this.#users.get(bareJid(device));
    if (user && takesMessages) user.takesMessages = true;
    else if ((user?.devices.get(device)?.priority ?? -1) >= 0) this.#needs.came(device);
  }

  /** Handles a presence; false if it comes from a domain that is not served. */
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
      default: // subscribed, unsubscribed: their effects come as presence
    }
    return true;
  }

  /**
   * The stream is up again: known users are probed, unless the server sends their presence unasked. Ringing calls continue
   * meanwhile.
   */
  online(asks: boolean): void {
    for (const [bare, { devices }] of this.#users) {
      devices.clear();
      this.#offline.add(bare);
      if (asks) this.#say("probe", this.#needs.domain, bare);
    }
  }

  #came(from: string, presence: Element): void {
    const user = this.#know(bareJid(from));
    if (!user || (!user.devices.has(from) && user.devices.size >= MOST_RESOURCES)) return;
    const priority = Number(presence.getChildText("priority") ?? 0);
    user.wasSeen = true;
    const caps = capsNode(presence);
    this.#offline.delete(bareJid(from));
    user.devices.set(from, { priority: Number.isInteger(priority) ? priority : 0, caps });
    this.#caps.seen(from, caps);
  }

  /**
   * COMPAT Prosody 0.12: it acknowledges a subscription request with `unavailable` from the bare JID, even if the user is
   * online; so only presence from a full JID counts.
   */
  #left(from: string): void {
    const bare = bareJid(from);
    const user = this.#users.get(bare);
    if (!user?.devices.delete(from)) return;
    if (user.devices.size === 0) this.#offline.add(bare);
    this.#caps.left(from);
    this.#needs.left(from);
  }

  /** The entry of a user; undefined if the table is full of online users. */
  #know(bare: string): Known | undefined {
    const known = this.#users.get(bare);
    if (known) return known;
    if (this.#users.size >= MOST_USERS && !this.#forgetOne()) return undefined;
    const user: Known = { devices: new Map(), wasSeen: false, takesMessages: false };
    this.#users.set(bare, user);
    this.#offline.add(bare);
    return user;
  }

  /** Makes room for a user; false if all are online. */
  #forgetOne(): boolean {
    const [oldest] = this.#offline;
    if (oldest === undefined) return false;
    this.#offline.delete(oldest);
    return this.#users.delete(oldest);
  }

  #befriend(us: string, them: string): void {
    const [from, to] = [bareJid(us), bareJid(them)];
    if (!this.#subscribed.take(to, MOST_SUBSCRIPTIONS))
      return this.#needs.dropped.add("one subscription of a user too many", { from: to });
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
