/**
 * A very small XMPP server for trying the gateway with nothing installed: a component port (XEP-0114).
 *
 * It accepts any secret, answers pings, and passes every other stanza to `stanza`. Stanzas sent while the stream is down are lost, as for
 * any offline component. For real servers, Prosody or ejabberd, see the README.
 */
import type { Element } from "@xmpp/xml";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import type { Address, ByteStream, Listen, StreamEvents } from "../transports/transport.ts";

export interface DemoServer {
  readonly port: number;
  /** Sends a stanza to the component. */
  send(stanza: string): void;
  /** Cuts the stream, as by a network fault; the gateway reconnects. */
  cut(): void;
  close(): Promise<void>;
}

export interface DemoServerNeeds {
  readonly listen: Listen;
  readonly at: Address;
  /** Called when the component has connected or reconnected. */
  readonly online: () => void;
  readonly stanza: (element: Element) => void;
}

/** Starts listening. */
export async function startServer({ listen, at, online, stanza }: DemoServerNeeds): Promise<DemoServer> {
  let component: ByteStream | undefined;
  const accept = (stream: ByteStream): StreamEvents => {
    component = stream;
    const reader = new StanzaReader({
      opened: () => stream.write(HEADER),
      stanza: (element) => {
        const { id, from, to } = element.attrs;
        if (element.is("handshake")) {
          stream.write("<handshake/>");
          online();
        } else if (element.getChild("ping")) stream.write(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
        else if (!element.is("presence")) stanza(element);
      },
      oversized: () => {},
      ended: () => stream.end(),
      fault: () => stream.destroy(),
    });
    return { received: (bytes) => reader.push(bytes), closed: () => {} };
  };
  const listener = await listen(at, accept);
  return {
    port: listener.local.port,
    send: (text) => component?.write(text),
    cut: () => component?.destroy(),
    close: () => listener.close(),
  };
}

const HEADER =
  "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='demo'>";
