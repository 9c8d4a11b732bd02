/**
 * Prints the ladder of a call: what goes over both wires, as it goes, with the state of the call's chart beside it.
 *
 * The bytes are those of the gateway's own sockets: `tapped` stands between it and its transports.
 */
import type { GatewayNeeds } from "../actors/gateway.ts";
import type { StreamEvents } from "../transports/transport.ts";

const WIDTH = 46;
type Open = GatewayNeeds["open"];

export class Ladder {
  readonly #full: boolean;
  readonly #print: (line: string) => void;
  #state = "";

  constructor(print: (line: string) => void, full: boolean) {
    this.#print = print;
    this.#full = full;
  }

  title(text: string): void {
    const heads = `${"alice (XMPP)".padEnd(WIDTH)}gateway${"bob (SIP)".padStart(WIDTH)}`;
    this.#state = "";
    this.#print(`\n── ${text} ${"─".repeat(Math.max(0, 110 - text.length))}\n${heads}`);
  }

  /** The chart is in a new state: it stands beside the next message. */
  state(name: string): void {
    this.#print(`${" ".repeat(WIDTH)}◆ ${name}`);
    this.#state = name;
  }

  get lastState(): string {
    return this.#state;
  }

  stanza(text: string, byUs: boolean): void {
    for (const [stanza] of text.matchAll(/<(iq)\b.*?(?:<\/\1>|\/>(?=$|<))/gs)) {
      const action = /action=["']([\w-]+)/.exec(stanza)?.[1];
      const reason = /<reason><([\w-]+)/.exec(stanza)?.[1];
      const type = /type=["'](\w+)/.exec(stanza)?.[1] ?? "";
      const label = action === undefined ? type : `${action}${reason === undefined ? "" : ` (${reason})`}`;
      this.#print(byUs ? `◀${dashes(label, WIDTH - 2)}` : `${dashes(label, WIDTH - 2)}▶`);
      if (this.#full) this.#print(stanza);
    }
  }

  message(bytes: Uint8Array, byUs: boolean): void {
    const text = new TextDecoder().decode(bytes);
    const [start = ""] = text.split("\r\n", 1);
    const label = start.startsWith("SIP/2.0") ? start.slice(8) : start.replace(" SIP/2.0", "");
    const margin = " ".repeat(WIDTH + 8);
    this.#print(byUs ? `${margin}${dashes(label, WIDTH - 2)}▶` : `${margin}◀${dashes(label, WIDTH - 2)}`);
    if (this.#full) this.#print(text);
  }

  /** The same transports, with every byte shown. */
  tapped(open: Open): Open {
    return {
      listen: open.listen,
      udp: async (at, events) => {
        const received = (bytes: Uint8Array, from: Parameters<typeof events.received>[1]): void => {
          this.message(bytes, false);
          events.received(bytes, from);
        };
        const socket = await open.udp(at, { ...events, received });
        const send: typeof socket.send = (bytes, to, sent) => {
          this.message(bytes, true);
          socket.send(bytes, to, sent);
        };
        return { local: socket.local, send, close: () => socket.close() };
      },
      connect: async (to, events, timeout) => {
        const heard: StreamEvents = {
          ...events,
          received: (bytes) => {
            this.stanza(new TextDecoder().decode(bytes), false);
            events.received(bytes);
          },
        };
        const stream = await open.connect(to, heard, timeout);
        return Object.create(stream, {
          write: {
            value: (bytes: Uint8Array | string, sent?: (error?: Error) => void) => {
              this.stanza(typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes), true);
              stream.write(bytes, sent);
            },
          },
        });
      },
    };
  }
}

/** `── text ─────`, as wide as it is told. */
function dashes(text: string, width: number): string {
  const shown = text.length > width - 6 ? `${text.slice(0, width - 7)}…` : text;
  return `── ${shown} ${"─".repeat(Math.max(0, width - shown.length - 4))}`;
}
