/**
 * Calls through a gateway whose clock and wires are in memory: placed by a user, answered, hung up by the user.
 *
 * It takes no real time and always runs in the same order, so allocations can be counted even on a busy machine. The messages of the two peers are
 * built from few strings, which are counted as well.
 */

import { deflateRawSync, inflateRawSync } from "node:zlib";
import { Gateway } from "../actors/gateway.ts";
import { watchAll } from "../actors/watch-all.ts";
import { Journal } from "../journal/journal.ts";
import { createClock, type SimulatedClock } from "../replay/clock.ts";
import { COMPONENT, gatewayConfig, needsOf, PROXY, SERVER } from "../replay/gateway.ts";
import { createWire } from "../replay/wire.ts";
import type { ByteStream, DatagramEvents, StreamEvents } from "../transports/transport.ts";
import { Metrics } from "../web/metrics.ts";
import type { Sessions } from "./user.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const STREAM = "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
const CONTACT = `Contact: <sip:bob@${PROXY.host}:${PROXY.port}>\r\n`;
const IQ = /<iq type="[sg]et" id="([^"]*)" from="([^"]*)" to="([^"]*)"/;
const COPIED = /^(?:Via|From|Call-ID|CSeq): .*\r\n/gm;
const TO = /^To: (.*)\r$/m;
const noop = (): void => {};
/** As in main.ts. */
const zlib = {
  deflate: (bytes: Uint8Array, dictionary: Uint8Array) => deflateRawSync(bytes, { level: 2, dictionary }),
  inflate: (bytes: Uint8Array, dictionary: Uint8Array) => inflateRawSync(bytes, { dictionary }),
};

export class CallsInMemory {
  readonly #session: Sessions;
  readonly #answer: string;
  readonly #clock: SimulatedClock = createClock();
  #datagrams: DatagramEvents | undefined;
  #xmpp: StreamEvents | undefined;
  /** Where the last INVITE went by TCP, since it was large. */
  #tcp: StreamEvents | undefined;
  /** What the gateway has said since it was last looked at. */
  readonly #requests: string[] = [];
  readonly #stanzas: string[] = [];
  #count = 0;
  #journal: Journal | undefined;

  constructor(session: Sessions) {
    this.#session = session;
    this.#answer = session.sdp.replaceAll(/\r?\n/g, "\r\n").replace("actpass", "active");
  }

  /** Starts the gateway, with a journal of so many MB, or none. */
  async start(journalMb: number): Promise<void> {
    const clock = this.#clock;
    const journal = new Journal({ now: () => clock.now(), budget: journalMb * 2 ** 20, zlib });
    this.#journal = journal;
    const metrics = new Metrics(() => gateway.gauges);
    const config = gatewayConfig({ maxCalls: 100_000, perUser: 0, perMinute: 0 });
    const gateway: Gateway = new Gateway(config, {
      ...needsOf(clock, createWire(clock), noop),
      watch: watchAll(journalMb > 0 ? [journal, metrics] : [metrics]),
      open: {
        listen: async (at) => ({ local: at, close: async () => {} }),
        udp: async (at, events) => {
          this.#datagrams = events;
          return { local: at, send: (bytes) => void this.#requests.push(decoder.decode(bytes)), close: async () => {} };
        },
        connect: async ({ port }, events) => (port === SERVER.port ? this.#server(events) : this.#phone(events)),
      },
    });
    void gateway.start();
    for (const said of [STREAM, "<handshake/>", ""]) {
      await clock.advance(10);
      if (said !== "") this.#tell(said);
    }
    this.#stanzas.length = 0;
  }

  /** As many calls, one after the other. */
  async calls(count: number): Promise<void> {
    for (let done = 1; done <= count; done++) {
      await this.#end(await this.#answered());
      if (done % 25 === 0) await this.#clock.advance(100);
    }
  }

  /** As many calls that are answered and last. */
  async hold(count: number): Promise<void> {
    for (let done = 1; done <= count; done++) {
      await this.#answered();
      if (done % 25 === 0) await this.#clock.advance(100);
    }
  }

  /** Time goes by. */
  async wait(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.#clock.advance(1_000);
      this.#acknowledge();
      this.#journal?.rest();
    }
  }

  /** Places a call, which is answered; returns its session-terminate. */
  async #answered(): Promise<string> {
    const id = `c${this.#count++}`;
    const from = `caller${this.#count % 50}@example.org/bench`;
    const iq = (action: string, inside: string): string =>
      `<iq type='set' id='${action}${id}' from='${from}' to='bob@${COMPONENT}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${id}'>${inside}</jingle></iq>`;
    this.#tell(iq("session-initiate", this.#session.contents));
    const invite = await this.#heard("INVITE");
    const to = `To: ${TO.exec(invite)?.[1]};tag=t${id}\r\n${CONTACT}`;
    const copied = invite.match(COPIED)?.join("");
    this.#respond(`SIP/2.0 180 Ringing\r\n${copied}${to}Content-Length: 0\r\n\r\n`);
    const body = `Content-Type: application/sdp\r\nContent-Length: ${this.#answer.length}\r\n\r\n${this.#answer}`;
    this.#respond(`SIP/2.0 200 OK\r\n${copied}${to}${body}`);
    await this.#heard("ACK");
    return iq("session-terminate", "<reason><success/></reason>");
  }

  async #end(terminate: string): Promise<void> {
    this.#tell(terminate);
    const bye = await this.#heard("BYE");
    const ended = `${bye.match(COPIED)?.join("")}To: ${TO.exec(bye)?.[1]}\r\n`;
    this.#respond(`SIP/2.0 200 OK\r\n${ended}Content-Length: 0\r\n\r\n`);
    this.#acknowledge();
  }

  /** What the gateway says next in SIP; what it asks the user is answered meanwhile. */
  async #heard(method: string): Promise<string> {
    for (let turn = 0; turn < 20; turn++) {
      this.#acknowledge();
      const request = this.#requests.find((each) => each.startsWith(method));
      this.#requests.length = 0;
      if (request !== undefined) return request;
      await Promise.resolve();
    }
    throw new Error(`there was no ${method}`);
  }

  #acknowledge(): void {
    for (const stanza of this.#stanzas.splice(0)) {
      const [, id, from, to] = IQ.exec(stanza) ?? [];
      if (id !== undefined) this.#tell(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
    }
  }

  #tell(stanza: string): void {
    this.#xmpp?.received(encoder.encode(stanza));
  }

  #respond(response: string): void {
    const isByTcp = response.includes("SIP/2.0/TCP");
    if (isByTcp) this.#tcp?.received(encoder.encode(response));
    else this.#datagrams?.received(encoder.encode(response), PROXY);
  }

  #server(events: StreamEvents): ByteStream {
    this.#xmpp = events;
    return this.#stream(this.#stanzas, SERVER);
  }

  #phone(events: StreamEvents): ByteStream {
    this.#tcp = events;
    return this.#stream(this.#requests, PROXY);
  }

  #stream(into: string[], at: typeof SERVER): ByteStream {
    const write = (said: string | Uint8Array): void =>
      void into.push(typeof said === "string" ? said : decoder.decode(said));
    return { local: at, remote: at, waiting: 0, write, end: noop, destroy: noop };
  }
}
