/**
 * The component stream: performs the effects of machines/xmpp-stream.ts on a TCP connection, and passes stanzas on.
 *
 * XEP-0114 §3. Rules: the chart decides, this file performs. `send` never throws; it returns whether the stanza was accepted. Bytes
 * waiting to be written are bounded: beyond `MOST_WAITING` the server counts as down. An exception of a stanza's handler is
 * logged, and the stream continues.
 */
import { Buffer } from "node:buffer";
import type { Element } from "@xmpp/xml";
import { type Actor, createActor } from "xstate";
import { type StreamEffect, type StreamEvent, xmppStream } from "../../machines/xmpp-stream.ts";
import { xml } from "../../protocol/xmpp/element.ts";
import { PING } from "../../protocol/xmpp/namespaces.ts";
import { type Excess, STANZA_LIMITS, type StanzaHandlers, StanzaReader } from "../../protocol/xmpp/stanza.ts";
import { writeStanza } from "../../protocol/xmpp/write.ts";
import type { ByteStream } from "../../transports/transport.ts";
import { type Clock, chartClock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Watch } from "../watch.ts";
import { type ConnectNeeds, connectTo } from "./connect.ts";

const MOST_WAITING = 4_194_304;
const STREAMS = "http://etherx.jabber.org/streams";
const ACCEPT = "jabber:component:accept";
/** Stream errors that reject our domain or secret (RFC 6120 §4.9.3). */
const REFUSALS = new Set(["not-authorized", "host-unknown", "improper-addressing", "invalid-namespace"]);

export interface XmppStreamNeeds extends ConnectNeeds {
  readonly clock: Clock;
  /** A random number between 0 and 1. */
  readonly chance: () => number;
  readonly server: { readonly host: string; readonly port: number };
  readonly domain: string;
  readonly secret: string;
  /** A domain of the server, to ping. */
  readonly pingTo: string;
  /** Hex SHA-1. */
  readonly sha1: (text: string) => string;
  readonly log: Log;
  stanza(element: Element): void;
  /** Whether a stanza with this start may be handled by its head (protocol/xmpp/stanza.ts); `head` returns whether it was. */
  looksAtHead?(start: string): boolean;
  head?(element: Element): boolean;
  /** A stanza beyond the limits was skipped (protocol/xmpp/stanza.ts). */
  oversized(head: Element | undefined, excess: Excess): void;
  online(): void;
  offline(why: string): void;
  /** The server has rejected our domain or secret permanently. */
  refused(why: string): void;
  /** Observer, if any. */
  readonly watch?: Watch | undefined;
}

/** Whether a stanza was accepted. One beyond our own limit is not, since a server may close the stream for it. */
export type Sent = boolean | "too-large";

export class XmppStream {
  readonly #needs: XmppStreamNeeds;
  readonly #actor: Actor<typeof xmppStream>;
  #stream: ByteStream | undefined;
  /** The number of connections, to ignore events of an old one. */
  #generation = 0;
  #pinging = false;
  #wasOnline = false;

  constructor(needs: XmppStreamNeeds) {
    this.#needs = needs;
    this.#actor = createActor(xmppStream, { clock: chartClock(needs.clock) });
    this.#actor.on("*", (effect) => this.#perform(effect));
  }

  get online(): boolean {
    return this.#actor.getSnapshot().hasTag("online");
  }

  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === "string" ? value : (Object.keys(value)[0] ?? "");
  }

  start(): void {
    this.#actor.start();
  }

  stop(): void {
    this.#actor.send({ type: "stop" });
  }

  /** Sends a stanza; false if the stream is down, or the reason why it cannot be sent. */
  send(element: Element): Sent {
    if (!this.online) return false;
    const text = writeStanza(element);
    const size = Buffer.byteLength(text);
    if (size <= STANZA_LIMITS.bytes) {
      this.#needs.watch?.xmpp(true, element, text);
      return this.#write(text);
    }
    this.#needs.log({ level: "warn", event: "xmpp.too-large", name: element.getName(), to: element.attrs.to, size });
    return "too-large";
  }

  #perform(effect: StreamEffect): void {
    const { online, sha1, secret, log, server } = this.#needs;
    switch (effect.type) {
      case "stream.connect":
        return this.#connect();
      case "stream.open":
        return void this.#write(this.#header());
      case "stream.authenticate":
        return void this.#write(`<handshake>${sha1(effect.id + secret)}</handshake>`);
      case "stream.online":
        this.#wasOnline = true;
        this.#needs.watch?.stream(true);
        return this.#guard(() => online());
      case "stream.ping":
        return this.#ping();
      case "stream.close":
        return this.#close(effect.why);
      case "stream.offline":
        this.#needs.watch?.stream(false);
        return log({ level: "warn", event: "xmpp.offline", ...server, why: effect.why, retryIn: effect.retryIn });
      case "stream.refused":
        return this.#refused(effect.why);
    }
  }

  #refused(why: string): void {
    const { log, server, domain, refused } = this.#needs;
    const advice = "[xmpp] domain and secret must be those that the server has for its component";
    log({ level: "error", event: "xmpp.refused", ...server, domain, why, advice });
    this.#guard(() => refused(why));
  }

  #header(): string {
    const header = xml("stream:stream", { xmlns: ACCEPT, "xmlns:stream": STREAMS, to: this.#needs.domain });
    return `<?xml version='1.0'?>${writeStanza(header).replace(/\/>$/, ">")}`;
  }

  #connect(): void {
    const generation = ++this.#generation;
    const current = (): boolean => generation === this.#generation;
    const reader = new StanzaReader(this.#handlers(current));
    const events = {
      received: (bytes: Uint8Array) => {
        if (!current()) return;
        this.#heard();
        reader.push(bytes);
      },
      closed: (error?: Error) => current() && this.#lost(error?.message ?? "the connection was closed"),
    };
    connectTo(this.#needs.server, events, this.#needs, current).then(
      (stream) => {
        if (!current()) return stream.destroy();
        this.#stream = stream;
        this.#tell({ type: "stream.connected" });
      },
      (error: unknown) => current() && this.#lost(error instanceof Error ? error.message : String(error)),
    );
  }

  #handlers(current: () => boolean): StanzaHandlers {
    return {
      opened: (stream) => this.#tell({ type: "stream.opened", id: String(stream.attrs.id ?? "") }),
      stanza: (element, text) => current() && this.#stanza(element, () => this.#needs.stanza(element), text),
      looksAtHead: (start) => current() && this.online && (this.#needs.looksAtHead?.(start) ?? false),
      head: (head) => this.#takesHead(head),
      oversized: (head, excess) => current() && this.#stanza(head, () => this.#needs.oversized(head, excess)),
      ended: () => this.#lost("the server has closed the stream"),
      fault: (condition, text) => {
        this.#write(`<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`);
        this.#lost(`${condition}: ${text}`);
      },
    };
  }

  /** Stream errors and the handshake are handled here; everything else is passed on once the stream is online. */
  #stanza(element: Element | undefined, handOver: () => void, text?: string): void {
    if (element?.is("error", STREAMS)) return this.#error(element.getChildElements()[0]?.getName() ?? "unknown");
    if (this.online) {
      if (element) this.#needs.watch?.xmpp(false, element, text);
      return this.#guard(handOver);
    }
    if (element?.is("handshake", ACCEPT)) this.#tell({ type: "stream.authenticated" });
    else this.#lost(`<${element?.getName().slice(0, 40) ?? "?"}/> before the handshake`);
  }

  /** A stanza handled by its head is not passed on. */
  #takesHead(head: Element): boolean {
    let isTaken = false;
    this.#guard(() => {
      isTaken = this.#needs.head?.(head) ?? false;
    });
    return isTaken;
  }

  #error(condition: string): void {
    const type = REFUSALS.has(condition) ? "stream.refused" : "stream.lost";
    this.#tell({ type, why: `the server says ${condition}`, chance: this.#needs.chance() });
  }

  #lost(why: string): void {
    this.#tell({ type: "stream.lost", why, chance: this.#needs.chance() });
  }

  #heard(): void {
    if (!this.#pinging) return;
    this.#pinging = false;
    this.#tell({ type: "stream.heard" });
  }

  /** Any response, even an error, shows that the server is alive. */
  #ping(): void {
    const { domain, pingTo } = this.#needs;
    this.#pinging = true;
    this.send(xml("iq", { type: "get", id: "ping", from: domain, to: pingTo }, xml("ping", { xmlns: PING })));
  }

  #tell(event: StreamEvent): void {
    if (this.#actor.getSnapshot().status === "active") this.#actor.send(event);
  }

  #write(text: string): boolean {
    const stream = this.#stream;
    if (stream === undefined) return false;
    if (stream.waiting + text.length > MOST_WAITING) {
      this.#lost("the server does not read");
      return false;
    }
    stream.write(text);
    return true;
  }

  #close(why: string): void {
    const stream = this.#stream;
    this.#generation++;
    this.#stream = undefined;
    this.#pinging = false;
    if (stream && this.#wasOnline) stream.write("</stream:stream>");
    stream?.end();
    if (this.#wasOnline) this.#guard(() => this.#needs.offline(why));
    this.#wasOnline = false;
  }

  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#needs.log({ level: "error", event: "xmpp.fault", error: String(error), stack });
    }
  }
}
