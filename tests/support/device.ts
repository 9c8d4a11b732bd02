/** A device of an XMPP user: a real client (@xmpp/client) with hand-written Jingle. */
import { createHash } from "node:crypto";
import { client } from "@xmpp/client";
import xml, { type Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import { verificationText } from "../../protocol/xmpp/caps-hash.ts";
import { CAPS, DISCO_INFO, PING } from "../../protocol/xmpp/namespaces.ts";
import { Inbox } from "./inbox.ts";
import type { XmppServer } from "./prosody.ts";

const JINGLE = "urn:xmpp:jingle:1";
const ROSTER = "jabber:iq:roster";
const CAPABLE = `<identity category='client' type='phone' name='Device'/><feature var='${JINGLE}'/><feature var='urn:xmpp:jingle-message:0'/>`;
const info = (): Element => parse(`<query xmlns='${DISCO_INFO}'>${CAPABLE}</query>`);
/** Milliseconds for each step of the login: the client's default of two seconds is too short on a busy machine. */
const PATIENCE = 60_000;

export class Device {
  readonly jid: string;
  /** Received Jingle, by action. */
  readonly heard = new Inbox<{ action: string; from: string; jingle: Element }>();
  /** Presence of the component's phones. */
  readonly presence = new Inbox<Element>();
  /** Messages and roster pushes (RFC 6121 §2.1.6), in their order. */
  readonly messages = new Inbox<Element>();
  readonly #component: string;
  readonly #client: ReturnType<typeof client>;

  constructor(server: XmppServer, user: string, resource: string) {
    const { domain, component } = server;
    this.jid = `${user}@${domain}/${resource}`;
    this.#component = component;
    const service = `xmpp://127.0.0.1:${server.clientPort}`;
    this.#client = client({ service, domain, resource, username: user, password: user });
    this.#client.timeout = PATIENCE;
    this.#client.on("error", () => {});
    this.#client.iqCallee.set(JINGLE, "jingle", ({ stanza }) => {
      const jingle = stanza.getChild("jingle", JINGLE);
      if (jingle) this.heard.put({ action: String(jingle.attrs.action), from: String(stanza.attrs.from), jingle });
      return true;
    });
    this.#client.on("stanza", (stanza: Element) => {
      if (stanza.is("presence")) this.presence.put(stanza);
      const isPush = stanza.attrs.type === "set" && stanza.getChild("query", ROSTER) !== undefined;
      if (stanza.is("message") || isPush) this.messages.put(stanza);
    });
  }

  /** Comes online, also toward the component: stanzas keep their order, so once it answers, or is away, it has our presence. */
  async start(...inside: Element[]): Promise<void> {
    await this.#online();
    await this.#says(...inside);
    await this.ask("get", this.#component, xml("ping", { xmlns: PING })).catch(() => {});
  }

  /** Comes online only at its own server, with this presence. */
  async startWith(presence: Element): Promise<void> {
    await this.#online();
    await this.send(presence);
  }

  /** Leaves disco#info requests (XEP-0030) unanswered. */
  saysNothingOfItself(): void {
    this.#client.iqCallee.get(DISCO_INFO, "query", () => new Promise<never>(() => {}));
  }

  /** Announces support for proposals in its caps (XEP-0115, XEP-0353), and is asked for them; enables carbons (XEP-0280). */
  async takesProposals(): Promise<void> {
    const asked = new Promise<void>((resolve) => {
      this.#client.iqCallee.get(DISCO_INFO, "query", ({ stanza }) => {
        if (stanza.attrs.from === this.#component) setTimeout(resolve, 0);
        return info();
      });
    });
    await this.#says(this.#caps());
    await asked;
    await this.ask("set", this.jid.split("/")[0] ?? "", parse("<enable xmlns='urn:xmpp:carbons:2'/>"));
  }

  /** Comes online with support for proposals, which is already known. */
  wakes(): Promise<void> {
    return this.start(this.#caps());
  }

  async #says(...inside: Element[]): Promise<void> {
    await this.#client.send(xml("presence", {}, ...inside));
    await this.#client.send(xml("presence", { to: this.#component }, ...inside));
  }

  #caps(): Element {
    const ver = createHash("sha1").update(verificationText(info())).digest("base64");
    return xml("c", { xmlns: CAPS, hash: "sha-1", node: `https://${this.jid}.example`, ver });
  }

  /** Guards against the library, which waits forever if a login is lost. */
  async #online(): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(() => reject(new Error(`${this.jid} is not online after ${PATIENCE} ms`)), PATIENCE);
    await Promise.race([this.#client.start(), promise]).finally(() => clearTimeout(late));
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }

  send(stanza: Element): Promise<unknown> {
    return this.#client.send(stanza);
  }

  /** Sends an IQ; rejects with its error, or if there is no response within `patience` milliseconds. */
  ask(type: "get" | "set", to: string, child: Element, patience = PATIENCE): Promise<Element> {
    return this.#client.iqCaller.request(xml("iq", { type, to }, child), patience);
  }

  /** Whether the server reports that nobody is there; an unanswered ping does not count. */
  async isGone(to: string): Promise<boolean> {
    const error = await this.ask("get", to, xml("ping", { xmlns: PING }), 1_000).catch((error: unknown) => error);
    return error instanceof Error && "condition" in error;
  }

  /** An element from its XML. */
  static element(text: string): Element {
    return parse(text);
  }

  /** Sends Jingle; `inside` is XML. */
  say(to: string, action: string, sid: string, inside = "", type: "get" | "set" = "set"): Promise<Element> {
    return this.ask(type, to, parse(`<jingle xmlns='${JINGLE}' action='${action}' sid='${sid}'>${inside}</jingle>`));
  }
}
