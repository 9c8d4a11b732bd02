/**
 * The supervisor that owns the XMPP stream: hands Jingle to the calls, answers what a component is asked, knows who is
 * online.
 *
 * XEP-0114, XEP-0030, XEP-0100, XEP-0199, RFC 6120 §8. Rules: every IQ get and set is answered exactly once, whatever
 * happens; what nobody here understands is refused by name; results and errors are never answered (§8.2.3). Nothing is
 * thrown while the stream is down.
 */
import xml, { type Element } from "@xmpp/xml";
import { isPhoneDevice } from "../../protocol/address.ts";
import {
  isJingleMessage,
  type JingleMessage,
  refusedProposal,
  writeJingleMessage,
} from "../../protocol/jingle/messages.ts";
import {
  answerHandedOver,
  asUser,
  errorInside,
  handedOver,
  isDelegation,
  messageAsUser,
} from "../../protocol/xmpp/delegation.ts";
import {
  type Caps,
  capsOf,
  capsText,
  DISCO_INFO,
  discoInfo,
  type Entity,
  GATEWAY,
  gatewayJid,
  gatewayPrompt,
  PING,
} from "../../protocol/xmpp/disco.ts";
import { conditionOf, errorText, iqResult, stanzaError } from "../../protocol/xmpp/iq.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import { JINGLE } from "../../protocol/xmpp/namespaces.ts";
import type { Excess } from "../../protocol/xmpp/stanza.ts";
import type { Connect } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import type { Find } from "./connect.ts";
import { checkModules } from "./module.ts";
import { type Reach, XmppPresence } from "./presence.ts";
import { type Answer, type IqRequest, XmppRequests } from "./requests.ts";
import { type Sent, XmppStream } from "./stream.ts";

const DISCO_ITEMS = "http://jabber.org/protocol/disco#items";

export interface XmppConfig {
  /** Users dial `number@domain`, or their server hands their calls over (integrations/). */
  readonly mode: "gateway" | "intercept";
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  readonly secret: string;
  /** The domains whose users are served. */
  readonly hosts: readonly string[];
  /** Whether video is announced. */
  readonly video: boolean;
}

/** Who uses the stream: the owner of the calls. */
export interface XmppUser {
  /** A Jingle IQ; `reply` takes its one answer. */
  jingle(iq: Element, reply: (answer: Element) => void): void;
  /** A message of Jingle Message Initiation (XEP-0353); gives the error that answers it, if one does. */
  message(message: Element): Element | undefined;
  /** The server has no such user for the propose that was sent from here to there. */
  unproposed(session: { sid: string; us: string; them: string }, condition: string): void;
  /** Whether there is a call between this device and that phone, or one that the device has proposed. */
  isCalling(session: { us: string; them: string }): boolean;
  online(): void;
  offline(why: string): void;
  /** A device of a user came, or said something of itself; it is called directly. */
  came(device: string): void;
  /** A device of a user went offline. */
  left(device: string): void;
}

export interface XmppNeeds {
  readonly clock: Clock;
  readonly chance: () => number;
  readonly connect: Connect;
  readonly find: Find;
  readonly config: XmppConfig;
  /** SHA-1, as hex or base64. */
  readonly sha1: (text: string, encoding: "hex" | "base64") => string;
  readonly isServed: (jid: string) => boolean;
  readonly log: Log;
  readonly user: XmppUser;
  /** The stream is up, told each time. */
  readonly online: () => void;
  /** The server will never take us: wrong secret or domain. */
  readonly refused: (why: string) => void;
}

export class Xmpp {
  readonly #needs: XmppNeeds;
  readonly #stream: XmppStream;
  readonly #requests: XmppRequests;
  readonly #presence: XmppPresence;
  readonly #dropped: Tally;
  readonly #caps: Readonly<Record<Entity, Caps>>;

  constructor(needs: XmppNeeds) {
    const { clock, chance, connect, find, config, sha1, log, user, refused, isServed } = needs;
    this.#needs = needs;
    this.#dropped = new Tally(clock, log, "xmpp.dropped");
    const caps = (entity: Entity): Caps => capsOf(sha1(capsText(entity, config.video), "base64"));
    this.#caps = { component: caps("component"), phone: caps("phone") };
    const speakAs = (iq: Element): Element => asUser(iq, { id: String(iq.attrs.id), component: config.domain });
    const send = (element: Element): Sent => this.#stream.send(element);
    this.#requests = new XmppRequests(clock, send, config.mode === "intercept" ? speakAs : undefined);
    this.#presence = new XmppPresence({
      domain: config.domain,
      caps: this.#caps,
      toldOfAll: config.mode === "intercept",
      isServed,
      send: (element) => void this.#stream.send(element),
      came: (device) => user.came(device),
      left: (device) => user.left(device),
      sha1: (text) => sha1(text, "base64"),
      ask: (to, node, answered) => {
        const payload = xml("query", { xmlns: DISCO_INFO, node });
        this.#requests.ask({ type: "get", from: config.domain, to, payload }, answered);
      },
    });
    this.#stream = new XmppStream({
      ...{
        clock,
        chance,
        connect,
        find,
        log,
        refused,
        domain: config.domain,
        secret: config.secret,
        pingTo: config.hosts[0] ?? config.domain,
      },
      server: { host: config.host, port: config.port },
      sha1: (text) => sha1(text, "hex"),
      stanza: (element) => this.#stanza(element),
      oversized: (head, excess) => this.#oversized(head, excess),
      online: () => this.#online(),
      offline: (why) => this.#offline(why),
    });
  }

  get online(): boolean {
    return this.#stream.online;
  }

  get state(): string {
    return this.#stream.state;
  }

  /** How often each reason to drop a stanza was counted. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped.counts;
  }

  start(): void {
    this.#stream.start();
  }

  stop(): void {
    this.#stream.stop();
    this.#requests.stop();
  }

  /** Asks an IQ set; `answered` is told once, later. */
  request(request: IqRequest, answered: (answer: Answer) => void): void {
    this.#requests.ask(request, answered);
  }

  /** Says a message of Jingle Message Initiation; false when there is no stream to say it on. */
  say(way: { readonly from: string; readonly to: string }, message: JingleMessage): boolean {
    const { mode, domain } = this.#needs.config;
    const stanza = writeJingleMessage(way, message);
    return this.#stream.send(mode === "intercept" ? messageAsUser(stanza, domain) : stanza) !== false;
  }

  /** How a user can be called now by one of our phones; of whom nothing is known is asked where he is. */
  reach(bare: string, by: string, plain?: boolean): Reach {
    return this.#presence.reach(bare, by, plain);
  }

  #online(): void {
    this.#needs.log({ level: "info", event: "xmpp.online", domain: this.#needs.config.domain });
    this.#presence.online(this.#needs.config.mode === "gateway");
    if (this.#needs.config.mode === "intercept") this.#checkModules();
    this.#needs.user.online();
    this.#needs.online();
  }

  #checkModules(): void {
    const { config, log } = this.#needs;
    const ask = this.#requests.ask.bind(this.#requests);
    checkModules({ hosts: config.hosts, domain: config.domain, log, ask });
  }

  #offline(why: string): void {
    this.#requests.offline();
    this.#needs.user.offline(why);
  }

  #stanza(stanza: Element): void {
    if (!hasAddresses(stanza)) return this.#dropped.add("a stanza without proper addresses");
    if (stanza.is("iq")) this.#iq(stanza);
    else if (stanza.is("presence")) this.#present(stanza);
    else if (stanza.is("message")) this.#message(stanza);
    else this.#dropped.add("an element that is no stanza", { name: stanza.getName().slice(0, 40) });
  }

  /** A stanza past the limits is its sender's fault alone: an IQ has its error, and whatever else it is, it is dropped. */
  #oversized(head: Element | undefined, excess: Excess): void {
    const { from, to, id, type } = head?.attrs ?? {};
    this.#dropped.add(`stanza ${excess}`, { name: head?.getName().slice(0, 40), from, to });
    if (!head?.is("iq") || !hasAddresses(head) || id === undefined) return;
    if (type === "result" || type === "error") this.#requests.oversized(head);
    else if (type === "get" || type === "set") this.#stream.send(this.#tooMuch(head, `stanza ${excess}`));
  }

  /** The error for whoever has sent too much: where a server has handed it over, its user. */
  #tooMuch(iq: Element, why: string): Element {
    const isFromServer = this.#needs.config.mode === "intercept" && this.#needs.isServed(String(iq.attrs.from));
    const inner = isFromServer ? handedOver(iq) : undefined;
    const error = stanzaError(inner ?? iq, "modify", "policy-violation", [errorText(why)]);
    return inner ? answerHandedOver(iq, error) : error;
  }

  #present(presence: Element): void {
    if (!this.#presence.receive(presence))
      this.#dropped.add("a presence from a domain not served", { from: presence.attrs.from });
  }

  /** Nobody here reads messages, but those of Jingle Message Initiation. */
  #message(message: Element): void {
    const { type } = message.attrs;
    const isFromServer = this.#needs.config.mode === "intercept" && this.#needs.isServed(String(message.attrs.from));
    const error = isFromServer ? errorInside(message) : type === "error" ? message : undefined;
    const proposed = error ? refusedProposal(error) : undefined;
    if (error && proposed !== undefined) return this.#unproposed(proposed, error);
    if (this.#needs.config.mode === "intercept" && isDelegation(message)) return this.#messageHandedOver(message);
    if (type !== "error" && isJingleMessage(message)) return this.#jingleMessage(message);
    if (type === "error" || type === "groupchat" || message.getChild("body") === undefined)
      return this.#dropped.add("a message that asks for nothing");
    this.#stream.send(stanzaError(message, "cancel", "service-unavailable"));
  }

  #unproposed(sid: string, error: Element): void {
    const { from, to } = error.attrs;
    this.#needs.user.unproposed({ sid, us: String(to), them: String(from) }, conditionOf(error));
  }

  #messageHandedOver(message: Element): void {
    const inner = this.#needs.isServed(String(message.attrs.from)) ? handedOver(message) : undefined;
    const isOurs = inner !== undefined && isJingleMessage(inner) && inner.attrs.type !== "error";
    if (!isOurs || this.#needs.user.message(inner))
      this.#dropped.add("a message that was handed over wrongly", { from: message.attrs.from });
  }

  #jingleMessage(message: Element): void {
    const error = this.#needs.user.message(message);
    if (error) this.#stream.send(error);
  }

  #iq(iq: Element): void {
    const { type, id } = iq.attrs;
    if (type === "result" || type === "error") {
      if (!this.#requests.answer(iq) && id !== "ping") this.#dropped.add("an answer to nothing we asked");
    } else if (id === undefined) this.#dropped.add("an IQ without an id");
    else if (type === "get" || type === "set") this.#asked(iq);
    else this.#stream.send(stanzaError(iq, "modify", "bad-request"));
  }

  #asked(iq: Element): void {
    let answered = false;
    const reply = (answer: Element): void => {
      if (!answered) this.#stream.send(answer);
      answered = true;
    };
    try {
      if (iq.getChild("jingle", JINGLE)) this.#needs.user.jingle(iq, reply);
      else if (this.#needs.config.mode === "intercept" && isDelegation(iq)) this.#handedOver(iq, reply);
      else reply(this.#answer(iq));
    } catch (error) {
      reply(stanzaError(iq, "wait", "internal-server-error"));
      throw error;
    }
  }

  /**
   * What a server hands over of its users'; what is no call, or begins one between devices of one user, it routes itself.
   *
   * COMPAT Dino 0.4: asks who has proceeded what it can, before it begins the session, and gives up without an answer. Anybody
   * may have a resource of that name, in a room, too: where there is no call it is no phone's device.
   */
  #handedOver(iq: Element, reply: (answer: Element) => void): void {
    const inner = this.#needs.isServed(String(iq.attrs.from)) ? handedOver(iq) : undefined;
    if (!inner) return reply(stanzaError(iq, "auth", "forbidden"));
    const answered = (answer: Element): void => reply(answerHandedOver(iq, answer));
    const [from, to] = [String(inner.attrs.from), String(inner.attrs.to)];
    const asks = inner.attrs.type === "get" && inner.getChild("query", DISCO_INFO) !== undefined;
    if (asks && isPhoneDevice(to) && this.#needs.user.isCalling({ us: to, them: from }))
      return answered(this.#answer(inner));
    const jingle = inner.getChild("jingle", JINGLE);
    const toSelf = bareJid(from) === bareJid(to);
    if (!jingle || (toSelf && jingle.attrs.action === "session-initiate"))
      return reply(stanzaError(iq, "cancel", "feature-not-implemented"));
    this.#needs.user.jingle(inner, answered);
  }

  #answer(iq: Element): Element {
    const { config } = this.#needs;
    const [child] = iq.getChildElements();
    const asks = iq.attrs.type === "get" ? child?.getNS() : undefined;
    if (asks === PING) return iqResult(iq);
    if (asks === DISCO_INFO) return this.#discoInfo(iq, child?.attrs.node);
    if (asks === DISCO_ITEMS) return iqResult(iq, xml("query", { xmlns: DISCO_ITEMS }));
    if (child?.getNS() !== GATEWAY) return stanzaError(iq, "cancel", "service-unavailable");
    if (asks === GATEWAY) return iqResult(iq, gatewayPrompt());
    const jid = gatewayJid(child.getChildText("prompt") ?? "", config.domain);
    return jid ? iqResult(iq, jid) : stanzaError(iq, "modify", "item-not-found");
  }

  #discoInfo(iq: Element, node: string | undefined): Element {
    const isPhone = Boolean(readJid(String(iq.attrs.to))?.local);
    const entity = isPhone ? "phone" : "component";
    const query = discoInfo(entity, this.#needs.config.video, this.#caps[entity], node);
    return query ? iqResult(iq, query) : stanzaError(iq, "cancel", "item-not-found");
  }
}

/** Whether a stanza can be answered: it says from whom it is, and to whom if to anybody. */
function hasAddresses({ attrs: { from, to } }: Element): boolean {
  return readJid(String(from)) !== undefined && (to === undefined || readJid(String(to)) !== undefined);
}
