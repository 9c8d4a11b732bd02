/**
 * Alice, at a scripted XMPP server on a real socket: her client acknowledges IQs, and stores what it receives until the test asks for
 * it. Also the configuration of a gateway with her server, and a phone as its proxy.
 */
import type { Element } from "@xmpp/xml";
import { PlayServer } from "../../replay/server.ts";
import { listenTcp } from "../../transports/tcp.ts";
import { type GatewayTomlOptions, gatewayToml } from "./gateway-toml.ts";
import { Inbox } from "./inbox.ts";

export const ALICE = "alice@example.org/laptop";

export type Alice = Awaited<ReturnType<typeof startAlice>>;

export const aliceToml = (serverPort: number, phonePort: number, more: GatewayTomlOptions = {}): string =>
  gatewayToml({ component: "sip.example.org", componentPort: serverPort, domain: "example.org" }, phonePort, more);

/** An XMPP server on a TCP port, with alice online, whose client acknowledges and stores stanzas. */
export async function startAlice() {
  const heard = new Inbox<Element>();
  const server = new PlayServer((stanza) => {
    const { type, id, from } = stanza.attrs;
    if (type === "set") server.send(`<iq type='result' id='${id}' from='${ALICE}' to='${from}'/>`);
    const jingle = stanza.getChild("jingle");
    if (jingle) heard.put(jingle);
  });
  const listener = await listenTcp({ host: "127.0.0.1", port: 0 }, (stream) => server.accept(stream));
  let asked = 0;
  return {
    port: listener.local.port,
    close: () => listener.close(),
    sends: (stanza: string) => server.send(stanza),
    comesOnline: () => server.send(`<presence from='${ALICE}' to='sip.example.org'/>`),
    hears: (action: string, sid: string) =>
      heard.next(({ attrs }) => attrs.action === action && attrs.sid === sid, `${action} of ${sid}`),
    says(to: string, action: string, sid: string, inside = "") {
      const jingle = `<jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'>${inside}</jingle>`;
      server.send(`<iq type='set' id='alice${++asked}' from='${ALICE}' to='${to}'>${jingle}</iq>`);
    },
  };
}
