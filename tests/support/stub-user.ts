/** A user of an XMPP server that is none: it takes one component's stream, and says what juliet says; for gateways as people run them, where nobody looks at XMPP. */
import type { Element } from "@xmpp/xml";
import { PlayServer } from "../../replay/server.ts";
import { listenTcp } from "../../transports/tcp.ts";
import type { Listener } from "../../transports/transport.ts";
import type { ServerOfGateway } from "./gateway-toml.ts";
import { Inbox } from "./inbox.ts";
import { PLAY_TEXTS } from "./play-texts.ts";

const OFFER = PLAY_TEXTS["offer-contents"] ?? "";
const JULIET = "juliet@example.org/balcony";
const COMPONENT = "sip.example.org";

export class StubUser {
  readonly #stanzas = new Inbox<Element>();
  readonly #server: PlayServer;
  #listener: Listener | undefined;
  #count = 0;

  constructor() {
    this.#server = new PlayServer((stanza) => {
      const { id, from, to, type } = stanza.attrs;
      if (stanza.is("iq") && type === "set") this.#say(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
      this.#stanzas.put(stanza);
    });
  }

  async start(): Promise<void> {
    this.#listener = await listenTcp({ host: "127.0.0.1", port: 0 }, (stream) => this.#server.accept(stream));
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }

  /** Its server, as the gateway is told about it. */
  get server(): ServerOfGateway {
    return { component: COMPONENT, componentPort: this.#listener?.local.port ?? 0, domain: "example.org" };
  }

  comes(): void {
    this.#say(`<presence from='${JULIET}' to='${COMPONENT}'/>`);
  }

  /** Begins a call; gives its sid. */
  dials(number: string): string {
    const sid = `s${++this.#count}`;
    this.#jingle(number, sid, `action='session-initiate' initiator='${JULIET}'`, OFFER);
    return sid;
  }

  hangsUp(number: string, sid: string): void {
    this.#jingle(number, sid, "action='session-terminate'", "<reason><success/></reason>");
  }

  /** The next of these actions that comes in a call. */
  hears(sid: string, ...actions: string[]): Promise<Element> {
    const fits = (stanza: Element): boolean => {
      const jingle = stanza.getChild("jingle");
      return jingle?.attrs.sid === sid && actions.includes(String(jingle?.attrs.action));
    };
    return this.#stanzas.next(fits, actions.join(" or "));
  }

  #jingle(number: string, sid: string, attributes: string, inside: string): void {
    const jingle = `<jingle xmlns='urn:xmpp:jingle:1' sid='${sid}' ${attributes}>${inside}</jingle>`;
    this.#say(`<iq type='set' id='i${++this.#count}' from='${JULIET}' to='${number}@${COMPONENT}'>${jingle}</iq>`);
  }

  #say(text: string): void {
    this.#server.send(text);
  }
}
