/**
 * The XMPP server of a play: accepts the component's stream (XEP-0114) and exposes its stanzas.
 *
 * It accepts any secret except `wrong`, and sends nothing by itself except the handshake, results to the gateway's pings, and
 * the disco#info of the delegation module.
 */
import type { Element } from "@xmpp/xml";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";

const HOST = "example.org";

export class PlayServer {
  readonly #stanza: (stanza: Element) => void;
  #stream: ByteStream | undefined;

  constructor(stanza: (stanza: Element) => void) {
    this.#stanza = stanza;
  }

  /** Sends text to the component. */
  send(text: string): void {
    this.#stream?.write(text);
  }

  #pong({ id, from, to }: Element["attrs"]): void {
    this.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  }

  /** Announces the delegation module (integrations/). */
  #module({ id, from, to }: Element["attrs"]): void {
    const query = `<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:jingle-sip:0'/></query>`;
    this.send(`<iq type='result' id='${id}' from='${to}' to='${from}'>${query}</iq>`);
  }

  accept(stream: ByteStream): StreamEvents {
    this.#stream = stream;
    const reader = new StanzaReader({
      opened: () =>
        stream.write(
          "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>",
        ),
      stanza: (element) => {
        if (element.is("handshake")) stream.write("<handshake/>");
        else if (element.getChild("ping")) this.#pong(element.attrs);
        else if (element.attrs.type === "get" && element.attrs.to === HOST) this.#module(element.attrs);
        else this.#stanza(element);
      },
      oversized: (_, excess) => {
        throw new Error(`the gateway has sent a stanza that is ${excess}`);
      },
      ended: () => stream.end(),
      fault: (condition) => {
        throw new Error(`the gateway's stream is ${condition}`);
      },
    });
    return { received: (bytes) => reader.push(bytes), closed: () => {} };
  }
}
