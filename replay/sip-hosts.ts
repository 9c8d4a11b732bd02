/**
 * The SIP hosts of a play, each with its socket and possibly a connection: what they send, and what they have received.
 *
 * Rules: a message equal to an earlier one is a retransmission, which a play need not mention. On lossy wires (loss.ts) a host resends a
 * lost message after half a second, repeats its messages of the last seconds while it waits for the gateway, as in
 * RFC 3261 §17, and does not wait for a 100. A host answers keep-alives of its connections (RFC 5626 §3.5.1).
 */
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import type { SimulatedClock } from "./clock.ts";
import { GATEWAY, PROVIDER, PROXY } from "./gateway.ts";
import type { Loss } from "./loss.ts";
import { Missed } from "./missed.ts";
import type { Bindings, Step } from "./script.ts";
import { different, missing, sameAs } from "./sip.ts";
import { type SipSide, sipSide } from "./sip-side.ts";
import type { Wire } from "./wire.ts";

const BACKUP = { host: "198.51.100.8", port: 5060 };
const STRANGER = { host: "203.0.113.66", port: 5060 };

const PING = String(new TextEncoder().encode("\r\n\r\n"));

/** Milliseconds for which a host on lossy wires repeats its messages, and for which it waits for the gateway. */
const REPEATED_FOR = 10_000;
const PATIENCE = 30_000;

/** How hosts connect: `tcp`, whether they accept connections; `tls`, whether they open one. */
interface Ways {
  readonly tcp: boolean;
  readonly tls: boolean;
}

type Hear = Extract<Step, { kind: "hear" }>;

export class SipHosts {
  readonly #clock: SimulatedClock;
  readonly #wire: Wire;
  readonly #loss: Loss;
  readonly #ways: Ways;
  readonly #bound: Bindings;
  /** Keep-alives received over connections, and whether they are answered. */
  pings = 0;
  answersPings = true;
  /** Number of connections so far. */
  connections = 0;
  readonly #sides: Readonly<Record<string, SipSide>> = {
    phone: sipSide(PROXY),
    provider: sipSide(PROVIDER),
    backup: sipSide(BACKUP),
    stranger: sipSide(STRANGER),
  };

  /** `bound` has the values of the play's variables. */
  constructor(clock: SimulatedClock, wire: Wire, loss: Loss, ways: Ways, bound: Bindings) {
    this.#clock = clock;
    this.#wire = wire;
    this.#loss = loss;
    this.#ways = ways;
    this.#bound = bound;
  }

  /** The host of this name in plays; undefined if the name is not a SIP host's. */
  side(name: string): SipSide | undefined {
    return this.#sides[name];
  }

  async open(): Promise<void> {
    for (const side of Object.values(this.#sides)) {
      const received = (bytes: Uint8Array): void => this.#datagram(side, bytes);
      side.socket = await this.#wire.openUdp(side.address, { received, failed: () => {} });
      if (this.#ways.tcp) await this.#wire.listen(side.address, (stream) => this.#connected(side, stream));
    }
  }

  /** Received messages that the play has not mentioned. */
  get unheard(): string[] {
    return Object.values(this.#sides).flatMap(({ heard }) => heard);
  }

  /** From now on `(the same)` means messages repeated after this. */
  forgetRepeats(): void {
    for (const side of Object.values(this.#sides)) side.again = [];
  }

  /** Sends a message: over the connection, if there is or must be one, else as a datagram that may be lost and resent. */
  async say(side: SipSide, bytes: Uint8Array): Promise<void> {
    if (this.#ways.tls && !side.stream) await this.#comesByTls(side);
    if (side.stream) return side.stream.write(bytes);
    while (this.#loss.loses(String(bytes))) await this.#clock.advance(500);
    side.socket?.send(bytes, GATEWAY);
    const at = this.#clock.now();
    side.said = [...side.said.filter((one) => at - one.at < REPEATED_FOR), { at, bytes }];
  }

  /** Whether the message of a step has come. */
  has(side: SipSide, { text }: Pick<Hear, "text">): boolean {
    return this.#heardAt(side, text) !== -1;
  }

  /** Matches the next message with a step. */
  hear(side: SipSide, { text, whole }: Hear, note: (message: string) => void): void {
    const next = this.#heardAt(side, text);
    const heard = side.heard[next];
    if (heard === undefined) throw new Missed(text, side.heard.join("\n\n") || "nothing", 1);
    side.heard.splice(next, 1);
    note(heard);
    const at = (whole ? different : missing)(text, heard, this.#bound);
    if (at !== undefined) throw new Missed(text.split("\n")[at] ?? "nothing more", heard, 1 + at);
    side.last = heard;
    side.person.hear(heard);
  }

  /** The last matched message has come again. */
  hearAgain({ again, last }: SipSide): void {
    const at = again.indexOf(last);
    if (at === -1) throw new Missed(last, again.join("\n") || "nothing", 1);
    again.splice(at, 1);
  }

  /** Waits like a phone: repeats its messages until the gateway answers. */
  async wait(next: () => boolean): Promise<void> {
    const end = this.#clock.now() + PATIENCE;
    while (!next() && this.#clock.now() < end) {
      for (const { socket, said } of Object.values(this.#sides))
        for (const { at, bytes } of said)
          if (this.#clock.now() - at < REPEATED_FOR && !this.#loss.loses(String(bytes))) socket?.send(bytes, GATEWAY);
      await this.#clock.advance(500);
    }
  }

  /** Cuts the connection of a host. */
  async cutOff(name: string): Promise<void> {
    this.#sides[name]?.stream?.destroy();
    await this.#clock.advance(5);
  }

  /** The index of the next expected message: the first, or on lossy wires the first that matches. */
  #heardAt({ heard }: SipSide, text: string): number {
    if (!this.#loss.isLossy) return heard.length > 0 ? 0 : -1;
    return heard.findIndex((one) => missing(text, one, new Map(this.#bound)) === undefined);
  }

  #datagram(side: SipSide, bytes: Uint8Array): void {
    const { seen, heard, again } = side;
    const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
    if (this.#loss.loses(text) || (this.#loss.isLossy && isTrying(text))) return;
    (seen.has(sameAs(text)) ? again : heard).push(text);
    seen.add(sameAs(text));
  }

  /** A host connects to the gateway by TLS. */
  async #comesByTls(side: SipSide): Promise<void> {
    const told: { events?: StreamEvents } = {};
    const events: StreamEvents = {
      received: (bytes) => told.events?.received(bytes),
      closed: (error) => told.events?.closed(error),
    };
    const opened = this.#wire.comeByTls(GATEWAY, events, 1_000, side.address.host);
    await this.#clock.advance(5);
    told.events = this.#connected(side, await opened);
  }

  /** The wire of plays delivers each write at once, so each piece is a message. */
  #connected(side: SipSide, stream: ByteStream): StreamEvents {
    side.stream = stream;
    this.connections++;
    const closed = (): void => {
      if (side.stream === stream) delete side.stream;
    };
    return { received: (bytes) => this.#isPing(stream, bytes) || this.#datagram(side, bytes), closed };
  }

  #isPing(stream: ByteStream, bytes: Uint8Array): boolean {
    if (String(bytes) !== PING) return false;
    this.pings++;
    if (this.answersPings) stream.write("\r\n");
    return true;
  }
}

/** Whether a message is a 100 Trying, for which nobody waits on lossy wires. */
export const isTrying = (text: string): boolean => text.startsWith("SIP/2.0 100 ");
