/** A component on a server of the test's own, in memory: what it says, what its user hears, and what it logs. */
import { createHash } from "node:crypto";
import type { Element } from "@xmpp/xml";
import { Hosts, inTime, type Resolve } from "../../../actors/hosts.ts";
import type { LogEvent } from "../../../actors/log.ts";
import { XmppComponent } from "../../../actors/xmpp/component.ts";
import type { XmppUser } from "../../../actors/xmpp/user.ts";
import { iqResult } from "../../../protocol/xmpp/iq.ts";
import { StanzaReader } from "../../../protocol/xmpp/stanza.ts";
import { createClock } from "../../../replay/clock.ts";
import { createWire } from "../../../replay/wire.ts";
import type { ByteStream, StreamEvents } from "../../../transports/transport.ts";

export const SERVER = { host: "192.0.2.3", port: 5347 };
export const DOMAIN = "sip.example.org";
const HEADER =
  "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='abc'>";
const REFUSED = "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";

/** What the server does: nothing, refuse, take us and answer pings, or take us and fall silent. */
type Manner = "takes us" | "falls silent" | "says nothing" | "refuses us";

interface Options {
  readonly video?: boolean;
  readonly mode?: "intercept";
  readonly callerGroup?: string;
  /** Bytes at a time. */
  readonly split?: number;
  /** The server's host name, and what the name server says. */
  readonly host?: string;
  readonly resolve?: Resolve;
  /** What the user of the component does otherwise than here. */
  readonly user?: Partial<XmppUser>;
}

export async function component(manner: Manner = "takes us", more: Options = {}) {
  const clock = createClock();
  const wire = createWire(clock, { split: more.split ?? 11 });
  const logged: LogEvent[] = [];
  const events: string[] = [];
  const came: string[] = [];
  const stanzas: Element[] = [];
  const state: { stream?: ByteStream; manner: Manner } = { manner };
  const accept = (stream: ByteStream): StreamEvents => {
    state.stream = stream;
    events.push(`connected at ${clock.now() - 1_000_000}`);
    const reader = new StanzaReader({
      opened: () => {
        if (state.manner !== "says nothing") stream.write(HEADER + (state.manner === "refuses us" ? REFUSED : ""));
      },
      stanza: (element) => {
        if (element.is("handshake")) {
          events.push(`handshake ${element.getText()}`);
          stream.write("<handshake/>");
        } else if (element.getChild("ping") && state.manner === "takes us")
          stream.write(`<iq type='result' id='ping' from='example.org' to='${DOMAIN}'/>`);
        else stanzas.push(element);
      },
      oversized: () => {},
      ended: () => stream.end(),
      fault: (condition) => void events.push(condition),
    });
    return { received: (bytes) => reader.push(bytes), closed: () => {} };
  };
  await wire.listen(SERVER, accept);
  const nothing: Resolve = () => Promise.reject(new Error("ENOTFOUND"));
  const hosts = new Hosts(inTime(more.resolve ?? nothing, clock), clock);
  const xmpp = new XmppComponent({
    clock,
    chance: () => 1,
    connect: wire.connect,
    find: (host, use) => hosts.find(host, use),
    config: {
      mode: more.mode ?? "gateway",
      host: more.host ?? SERVER.host,
      port: SERVER.port,
      domain: DOMAIN,
      secret: "s3cret",
      hosts: ["example.org"],
      video: more.video ?? true,
      ...(more.callerGroup && { callerGroup: more.callerGroup }),
    },
    sha1: (text, encoding) => createHash("sha1").update(text).digest(encoding),
    isServed: (jid) => /^([^@/]+@)?example\.org(\/|$)/.test(jid),
    log: (event) => void logged.push(event),
    user: {
      isOverloaded: false,
      isRefusedForOverload: () => false,
      jingle: (iq, reply) => {
        if (iq.element.getChild("jingle")?.attrs.action === "throw") throw new Error("a fault of the calls");
        reply(iqResult(iq.element));
        reply(iqResult(iq.element));
      },
      message: () => undefined,
      unproposed: () => {},
      isCalling: () => false,
      online: () => void events.push("online"),
      offline: (why) => void events.push(`offline: ${why}`),
      came: (device) => void came.push(device),
      left: (device) => void events.push(`${device} left`),
      ...more.user,
    },
    online: () => {},
    refused: (why) => void events.push(`refused: ${why}`),
  });
  xmpp.start();
  await clock.advance(100);
  const say = async (text: string): Promise<void> => {
    state.stream?.write(text);
    await clock.advance(50);
  };
  return { clock, wire, xmpp, logged, events, stanzas, state, say, came };
}
