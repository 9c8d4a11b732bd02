/**
 * The XMPP component (XEP-0114): owns the stream and its parts, and connects them with the owner of the calls.
 *
 * Rules: nothing throws while the stream is down: a request is then answered `offline`, and `say` returns false. In intercept
 * mode, stanzas sent as a user go to the user's server, wrapped (protocol/xmpp/delegation.ts); otherwise nothing is sent from another
 * domain (of calls saved under it), since servers close the stream for that: such a request is answered item-not-found.
 */
import type { Element } from "@xmpp/xml";
import { isOf } from "../../protocol/address.ts";
import { type JingleMessage, writeJingleMessage } from "../../protocol/jingle/messages.ts";
import type { Takes } from "../../protocol/media/suited.ts";
import { asUser, messageAsUser } from "../../protocol/xmpp/delegation.ts";
import { type Caps, capsOf, type Entity } from "../../protocol/xmpp/disco.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { DISCO_INFO } from "../../protocol/xmpp/namespaces.ts";
import type { Connect } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import type { Watch } from "../watch.ts";
import type { XmppConfig } from "./config.ts";
import type { Find } from "./connect.ts";
import { type Introduction, Introductions } from "./introductions.ts";
import { IncomingIqs } from "./iqs.ts";
import { IncomingMessages } from "./messages.ts";
import { checkModules } from "./module.ts";
import { type Reach, XmppPresence } from "./presence.ts";
import { XmppReceiver } from "./receive.ts";
import { type Answer, type IqRequest, XmppRequests } from "./requests.ts";
import { Rosters } from "./rosters.ts";
import { type Sent, XmppStream } from "./stream.ts";
import type { XmppUser } from "./user.ts";

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
  /** Called each time the stream comes up. */
  readonly online: () => void;
  /** The server has rejected our domain or secret permanently. */
  readonly refused: (why: string) => void;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}

export class XmppComponent {
  readonly #needs: XmppNeeds;
  readonly #intercepts: boolean;
  readonly #stream: XmppStream;
  readonly #requests: XmppRequests;
  readonly #presence: XmppPresence;
  /** Undefined without `[xmpp] caller_group`. */
  readonly #introductions: Introductions | undefined;
  readonly #incoming: XmppReceiver;
  readonly #dropped: Tally;

  constructor(needs: XmppNeeds) {
    const { clock, config, log, sha1 } = needs;
    const { domain } = config;
    this.#needs = needs;
    this.#intercepts = config.mode === "intercept";
    this.#dropped = new Tally(clock, log, "xmpp.dropped");
    const caps = (entity: Entity): Caps => capsOf(entity, config.video, (text) => sha1(text, "base64"));
    const ours = { component: caps("component"), phone: caps("phone") };
    const asSomebody = (iq: Element): Element => asUser(iq, { id: String(iq.attrs.id), component: domain });
    this.#requests = new XmppRequests(clock, this.#send, this.#intercepts ? asSomebody : undefined);
    this.#presence = this.#createPresence(ours);
    this.#introductions = this.#createIntroductions();
    this.#incoming = this.#createIncoming(ours);
    this.#stream = this.#createStream();
  }

  readonly #send = (element: Element): Sent => this.#stream.send(element);

  #createPresence(caps: Readonly<Record<Entity, Caps>>): XmppPresence {
    const { config, clock, isServed, user, sha1 } = this.#needs;
    return new XmppPresence({
      clock,
      domain: config.domain,
      caps,
      isServed,
      dropped: this.#dropped,
      toldOfAll: this.#intercepts,
      send: (element) => void this.#send(element),
      came: (device) => user.came(device),
      left: (device) => user.left(device),
      sha1: (text) => sha1(text, "base64"),
      ask: (to, node, answered) => {
        const payload = xml("query", { xmlns: DISCO_INFO, node });
        this.#requests.ask({ type: "get", from: config.domain, to, payload }, answered);
      },
    });
  }

  #createIntroductions(): Introductions | undefined {
    const { clock, isServed, log } = this.#needs;
    const { domain, callerGroup: group = "" } = this.#needs.config;
    if (group === "") return undefined;
    const ask = this.#requests.ask.bind(this.#requests);
    const rosters = new Rosters({ domain, isServed, log, dropped: this.#dropped, ask });
    return new Introductions({ clock, log, domain, rosters, group });
  }

  #createIncoming(caps: Readonly<Record<Entity, Caps>>): XmppReceiver {
    const { config, isServed, user } = this.#needs;
    const [requests, presence, dropped] = [this.#requests, this.#presence, this.#dropped];
    const mayHandOver = (jid: string): boolean => this.#intercepts && isServed(jid);
    const parts = { user, dropped, mayHandOver, intercepts: this.#intercepts, send: this.#send };
    const granted = (message: Stanza): boolean => this.#introductions?.granted(message) ?? false;
    const service = { domain: config.domain, video: config.video, caps };
    const iqs = new IncomingIqs({ ...parts, requests, service });
    return new XmppReceiver({ user, iqs, messages: new IncomingMessages({ ...parts, granted }), presence, dropped });
  }

  #createStream(): XmppStream {
    const { clock, chance, connect, find, config, sha1, log, refused, watch } = this.#needs;
    return new XmppStream({
      clock,
      chance,
      connect,
      find,
      log,
      refused,
      watch,
      domain: config.domain,
      secret: config.secret,
      pingTo: config.hosts[0] ?? config.domain,
      server: { host: config.host, port: config.port },
      sha1: (text) => sha1(text, "hex"),
      stanza: (element) => this.#incoming.stanza(element),
      looksAtHead: (start) => this.#incoming.looksAtHead(start),
      head: (head) => this.#incoming.head(head),
      oversized: (head, excess) => this.#incoming.oversized(head, excess),
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

  /** The number of dropped stanzas, by reason. */
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

  /** Sends an IQ; `answered` is called once, later. */
  request(request: IqRequest, answered: (answer: Answer) => void): void {
    if (this.#maySpeakAs(request.from)) return this.#requests.ask(request, answered);
    this.#needs.clock.after(0, () => answered({ type: "error", condition: "item-not-found" }));
  }

  #maySpeakAs(jid: string): boolean {
    const isOurs = this.#intercepts || isOf(jid, this.#needs.config.domain);
    if (!isOurs) this.#dropped.add("not of our domain", { from: jid });
    return isOurs;
  }

  /** Sends a Jingle Message (XEP-0353); false if the stream is down. */
  say(way: { readonly from: string; readonly to: string }, message: JingleMessage): boolean {
    if (!this.#maySpeakAs(way.from)) return true;
    const stanza = writeJingleMessage(way, message);
    return this.#send(this.#intercepts ? messageAsUser(stanza, this.#needs.config.domain) : stanza) !== false;
  }

  /** How one of our phones, without ICE if `plain`, can call a user now. An unknown user is sent a probe. */
  reach(bare: string, by: string, plain?: boolean): Reach {
    return this.#presence.reach(bare, by, plain);
  }

  /** The capabilities of a user's device, by its caps; undefined if it was never seen. */
  takes(device: string): Takes | undefined {
    return this.#presence.takes(device);
  }

  /** Calls `then` once the caller is in the user's roster by name, or at once if that is not wanted; never much later. */
  introduce(introduction: Introduction, then: () => void): void {
    if (this.#introductions) this.#introductions.introduce(introduction, then);
    else then();
  }

  #online(): void {
    const { config, log, user, online } = this.#needs;
    log({ level: "info", event: "xmpp.online", domain: config.domain });
    this.#presence.online(!this.#intercepts);
    if (this.#intercepts)
      checkModules({ hosts: config.hosts, domain: config.domain, log, ask: this.#requests.ask.bind(this.#requests) });
    user.online();
    online();
  }

  #offline(why: string): void {
    this.#introductions?.offline();
    this.#requests.offline();
    this.#needs.user.offline(why);
  }
}
