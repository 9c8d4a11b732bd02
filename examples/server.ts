/**
 * A very small XMPP server for trying the gateway with nothing installed: a component port (XEP-0114).
 *
 * It takes any secret, answers pings, and hands every other stanza to `stanza`. What is sent while the stream is lost goes nowhere, as to
 * any component that is away. A real server is Prosody's or ejabberd's business: see the README.
 */
import type { Element } from "@xmpp/xml";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import type { Address, ByteStream, Listen, StreamEvents } from "../transports/transport.ts";

export interface DemoServer {
  readonly port: number;
  /** Sends a stanza to the component. */
  send(stanza: string): void;
  /** Loses the stream, as a fault of the net would; the gateway connects again. */
  cut(): void;
  close(): Promise<void>;
}

export interface DemoServerNeeds {
  readonly listen: Listen;
  readonly at: Address;
  /** The component has come, or come back. */
  readonly online: () => void;
  readonly stanza: (element: Element) => void;
}

/** Listens where it is told. */
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
