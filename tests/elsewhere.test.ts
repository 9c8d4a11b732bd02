/** The running gateway, on real sockets: an answer whose Contact is another service of this machine draws nothing to it, by UDP or TCP. */
import { expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { PlayPhone } from "../journal/play-phone.ts";
import { COMPONENT } from "../replay/gateway.ts";
import { PlayServer } from "../replay/server.ts";
import { listenTcp } from "../transports/tcp.ts";
import { openUdp } from "../transports/udp.ts";
import { healthy, startGateway } from "./support/gateway-process.ts";
import { gatewayToml } from "./support/gateway-toml.ts";
import { Inbox } from "./support/inbox.ts";
import { PLAY_TEXTS } from "./support/play-texts.ts";

const HERE = { host: "127.0.0.1", port: 0 };
const JULIET = "juliet@example.org/balcony";

// proves: G1, G2
test.each([[""], [";transport=tcp"]])(
  "ACK and BYE of such a call go to the proxy (%s)",
  async (transport) => {
    const drawn: string[] = [];
    const service = await listenTcp(HERE, () => {
      drawn.push("tcp");
      return { received: () => {}, closed: () => {} };
    });
    const { port } = service.local;
    const datagrams = await openUdp(
      { host: "127.0.0.1", port },
      { received: () => drawn.push("udp"), failed: () => {} },
    );
    const heard = new Inbox<string>();
    const phone = new PlayPhone("127.0.0.7");
    const proxy = await openUdp(
      { host: "127.0.0.7", port: 0 },
      {
        received: (bytes) => {
          phone.hear(new TextDecoder().decode(bytes));
          heard.put(new TextDecoder().decode(bytes));
        },
        failed: () => {},
      },
    );
    const stanzas = new Inbox<Element>();
    let server = new PlayServer(() => {});
    const xmpp = await listenTcp(HERE, (stream) => {
      server = new PlayServer((stanza) => stanzas.put(stanza));
      return server.accept(stream);
    });
    const gateway = await startGateway(
      gatewayToml({ component: COMPONENT, componentPort: xmpp.local.port, domain: "example.org" }, proxy.local.port, {
        proxyHost: "127.0.0.7",
        sip: "options_interval = 0",
      }),
    );
    await healthy(gateway);
    const says = (action: string, inside: string): void =>
      server.send(
        `<iq type='set' id='${action}' from='${JULIET}' to='bob@${COMPONENT}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='s1' initiator='${JULIET}'>${inside}</jingle></iq>`,
      );
    says("session-initiate", PLAY_TEXTS["offer-contents"] ?? "");
    await heard.next((text) => text.startsWith("INVITE"), "INVITE");
    const contact = `<sip:bob@127.0.0.1:${port}${transport}>`;
    const answer = phone.complete(
      `SIP/2.0 200 OK\nTo: <sip:bob@x>;tag=bob1\nContact: ${contact}\nContent-Type: application/sdp\n\n${PLAY_TEXTS["answer-sdp"]}`,
    );
    proxy.send(new TextEncoder().encode(answer), { host: "127.0.0.1", port: gateway.sipPort });
    await heard.next((text) => text.startsWith(`ACK sip:bob@127.0.0.1:${port}`), "ACK");
    says("session-terminate", "<reason><success/></reason>");
    await heard.next((text) => text.startsWith(`BYE sip:bob@127.0.0.1:${port}`), "BYE");
    const bye = phone.complete("SIP/2.0 200 OK");
    proxy.send(new TextEncoder().encode(bye), { host: "127.0.0.1", port: gateway.sipPort });
    expect(await gateway.stop()).toBe(0);
    await Promise.all([service.close(), datagrams.close(), proxy.close(), xmpp.close()]);
    expect(drawn).toEqual([]);
  },
  60_000,
);
