/** A scripted component of a server (XEP-0114), in the gateway's place or another's. */
import { createHash } from "node:crypto";
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import { systemClock } from "../../actors/clock.ts";
import { XmppStream } from "../../actors/xmpp/stream.ts";
import { connectTcp } from "../../transports/tcp.ts";
import { Inbox } from "./inbox.ts";
import { SECRET, type XmppServer } from "./prosody.ts";

export class Component {
  readonly heard = new Inbox<Element>();
  /** The reason for losing the stream. */
  readonly lost = new Inbox<string>();
  readonly #stream: XmppStream;
  #count = 0;

  private constructor(server: XmppServer, domain: string, online: () => void) {
    this.#stream = new XmppStream({
      clock: systemClock,
      chance: Math.random,
      connect: connectTcp,
      find: (host, use) => use([host]),
      server: { host: "127.0.0.1", port: server.componentPort },
      domain,
      secret: SECRET,
      pingTo: server.domain,
      sha1: (text) => createHash("sha1").update(text).digest("hex"),
      log: () => {},
      stanza: (element) => this.#take(element),
      oversized: () => {},
      online,
      offline: (why) => this.lost.put(why),
      refused: (why) => this.lost.put(why),
    });
  }

  /** Connects with this domain of the server. */
  static async start(server: XmppServer, domain: string): Promise<Component> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const component = new Component(server, domain, resolve);
    component.#stream.start();
    await promise;
    return component;
  }

  /** Answers pings, by which devices wait until they are known; stores other stanzas for the test. */
  #take(stanza: Element): void {
    const { type, id, from, to } = stanza.attrs;
    if (type === "get" && stanza.getChild("ping"))
      this.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
    else this.heard.put(stanza);
  }

  /** Sends a stanza, given as XML. */
  send(stanza: string): void {
    if (!this.#stream.send(parse(stanza))) throw new Error(`not connected, and cannot send ${stanza}`);
  }

  /** Sends an IQ set from an address, given its payload, and returns the response. */
  async ask(to: string, from: string, inside: string): Promise<Element> {
    const id = `asked-${++this.#count}`;
    this.send(`<iq type='set' id='${id}' from='${from}' to='${to}'>${inside}</iq>`);
    return this.heard.next((each) => each.is("iq") && each.attrs.id === id, `the answer to ${id}`);
  }

  /** The next stanza of that name that has a descendant of these names. */
  next(name: string, ...path: readonly string[]): Promise<Element> {
    return this.heard.next(
      (each) => each.is(name) && inside(each, path) !== undefined,
      `${name} with ${path.join("/")}`,
    );
  }

  stop(): void {
    this.#stream.stop();
  }
}

/** The descendant at the end of a path of names. */
export function inside(element: Element | undefined, path: readonly string[]): Element | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return element;
  return inside(
    element?.getChildElements().find((child) => child.getName() === first),
    rest,
  );
}
