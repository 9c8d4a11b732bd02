/**
 * Prints the ladder of a call: the messages on both wires, with the states of the call's chart between.
 *
 * The bytes are those of the gateway's own sockets: `tapped` wraps its transports. A state is printed below the message that
 * led to it, and above the messages sent because of it, so sent messages are printed at the end of the turn of the event loop.
 * Presence and the stream's own elements are left out.
 */
import type { Element } from "@xmpp/xml";
import type { GatewayNeeds } from "../actors/gateway-config.ts";
import { pretty } from "../journal/pretty.ts";
import { arrowLine, headLines, stateLine } from "../journal/text.ts";
import { phraseOf } from "../protocol/sip/build.ts";
import { header } from "../protocol/sip/fields.ts";
import { readCSeq } from "../protocol/sip/mandatory.ts";
import { readMessage } from "../protocol/sip/read.ts";
import { StanzaReader } from "../protocol/xmpp/stanza.ts";
import type { StreamEvents } from "../transports/transport.ts";

type Open = GatewayNeeds["open"];

export class Ladder {
  readonly #full: boolean;
  readonly #print: (line: string) => void;
  /** Messages sent in this turn, not yet printed. */
  #sent: string[] = [];
  /** Labels of unanswered requests, by id. */
  readonly #asked = new Map<string, string>();
  #labels: string[] = [];
  #isOver = false;

  constructor(print: (line: string) => void, full: boolean) {
    this.#print = print;
    this.#full = full;
  }

  /** Starts the ladder of another call. */
  title(text: string): void {
    this.#labels = [];
    this.#print(`\n${headLines(text, "alice (XMPP)", "bob (SIP)")}`);
  }

  /** Stops printing. */
  close(): void {
    this.#isOver = true;
  }

  /** The labels of this call's messages. */
  get labels(): readonly string[] {
    return this.#labels;
  }

  /** Whether every request has been answered. */
  get isQuiet(): boolean {
    return this.#asked.size === 0 && this.#sent.length === 0;
  }

  state(name: string): void {
    if (!this.#isOver) this.#print(stateLine(name));
  }

  #stanza(stanza: Element, byUs: boolean): void {
    if (!stanza.is("iq") || this.#isOver) return;
    const label = this.#labelOf(stanza);
    const arrow = arrowLine("xmpp", byUs, label);
    this.#show(label, this.#full ? `${arrow}\n${pretty(stanza)}\n` : arrow, byUs);
  }

  /** `session-info (ringing)`, or `result (session-info)` for the answer to it. */
  #labelOf(stanza: Element): string {
    const { type, id } = stanza.attrs;
    if (type === "result" || type === "error") {
      const asked = this.#asked.get(id) ?? "";
      this.#asked.delete(id);
      return `${type} (${asked})`;
    }
    const [child] = stanza.getChildElements();
    const action = String(child?.attrs.action ?? child?.name);
    const more = action === "session-info" ? child : child?.getChild("reason");
    const [word] = more?.getChildElements() ?? [];
    this.#asked.set(id, action);
    return word === undefined ? action : `${action} (${word.name})`;
  }

  #message(bytes: Uint8Array, byUs: boolean): void {
    if (this.#isOver) return;
    const message = readMessage(bytes);
    const { method } = readCSeq(header(message, "CSeq") ?? "");
    const call = header(message, "Call-ID");
    const label =
      message.kind === "request"
        ? `${method} ${message.uri}`
        : `${message.status} ${phraseOf(message.status)} (${method})`;
    if (message.kind === "request" && method !== "ACK") this.#asked.set(`${call} ${method}`, method);
    else if (message.kind === "request") this.#asked.delete(`${call} ACK`);
    else if (message.status >= 200) {
      this.#asked.delete(`${call} ${method}`);
      if (method === "INVITE") this.#asked.set(`${call} ACK`, "ACK");
    }
    const arrow = arrowLine("sip", byUs, label);
    this.#show(label, this.#full ? `${arrow}\n${new TextDecoder().decode(bytes)}` : arrow, byUs);
  }

  #show(label: string, lines: string, byUs: boolean): void {
    this.#labels.push(label);
    if (this.#sent.length === 0) setImmediate(() => this.#flush());
    if (!byUs) this.#flush();
    if (byUs) this.#sent.push(lines);
    else this.#print(lines);
  }

  #flush(): void {
    for (const lines of this.#sent.splice(0)) this.#print(lines);
  }

  /** The same transports, with all bytes observed. */
  tapped(open: Open): Open {
    return {
      listen: open.listen,
      udp: async (at, events) => {
        const received = (bytes: Uint8Array, from: Parameters<typeof events.received>[1]): void => {
          this.#message(bytes, false);
          events.received(bytes, from);
        };
        const socket = await open.udp(at, { ...events, received });
        const send: typeof socket.send = (bytes, to, sent) => {
          this.#message(bytes, true);
          socket.send(bytes, to, sent);
        };
        return { local: socket.local, send, close: () => socket.close() };
      },
      connect: async (to, events, timeout) => {
        const [theirs, ours] = [this.#reader(false), this.#reader(true)];
        const heard: StreamEvents = {
          ...events,
          received: (bytes) => {
            theirs.push(bytes);
            events.received(bytes);
          },
        };
        const stream = await open.connect(to, heard, timeout);
        return Object.create(stream, {
          write: {
            value: (bytes: Uint8Array | string, sent?: (error?: Error) => void) => {
              ours.push(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
              stream.write(bytes, sent);
            },
          },
        });
      },
    };
  }

  /** Reads one direction of the stream. */
  #reader(byUs: boolean): StanzaReader {
    const nothing = (): void => {};
    const stanza = (element: Element): void => this.#stanza(element, byUs);
    return new StanzaReader({ opened: nothing, stanza, oversized: nothing, ended: nothing, fault: nothing });
  }
}
