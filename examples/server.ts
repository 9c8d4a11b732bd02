/**
 * A very small XMPP server for trying the gateway with nothing installed: a component port (XEP-0114) on loopback, and one
 * user whose client is a few lines of this process.
 *
 * It takes any secret, answers pings, and hands every stanza for its user to `stanza`. A real server is Prosody's or
 * ejabberd's business: see the README.
 */
import type { Element } from "@xmpp/xml";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import { writeStanza } from "../protocol/xmpp/write.ts";
import { listenTcp } from "../transports/tcp.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";

export interface DemoServer {
  readonly port: number;
  /** Sends a stanza to the component. */
  send(stanza: Element | string): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function startServer(stanza: (element: Element) => void): Promise<DemoServer> {
  let component: ByteStream | undefined;
  const accept = (stream: ByteStream): StreamEvents => {
    component = stream;
    const reader = new StanzaReader({
      opened: () => stream.write(HEADER),
      stanza: (element) => {
        if (element.is("handshake")) stream.write("<handshake/>");
        else if (!element.is("presence")) stanza(element);
      },
      oversized: () => {},
      ended: () => stream.end(),
      fault: () => stream.destroy(),
    });
    return { received: (bytes) => reader.push(bytes), closed: () => {} };
  };
  const listener = await listenTcp({ host: "127.0.0.1", port: 0 }, accept);
  return {
    port: listener.local.port,
    send: (element) => component?.write(typeof element === "string" ? element : writeStanza(element)),
    close: () => listener.close(),
  };
}

const HEADER =
  "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='demo'>";
