/**
 * Performs a play (play-script.ts) on a whole gateway over wires in memory and a simulated clock.
 *
 * `phone` is what stands at the SIP proxy's address, `stranger` a SIP host that nobody knows, everybody else a device of an XMPP user, known by the full JID in
 * `DEVICES`. What is heard must come in the order of the play on each wire, retransmissions apart; at the end nothing may
 * be left unheard, and no call alive.
 *
 * A lossy play loses 30 % of the datagrams, both ways. The phone of such a play says what was lost again after half a
 * second, and while it waits for the gateway it repeats what it said in the last seconds, as RFC 3261 §17 has it do. A
 * provisional 100 is nothing that it waits for.
 */
import { expect } from "bun:test";
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import type { CallsConfig } from "../../actors/calls/needs.ts";
import { Gateway } from "../../actors/gateway.ts";
import type { LogEvent } from "../../actors/log.ts";
import type { Address, ByteStream, Datagrams, StreamEvents } from "../../transports/transport.ts";
import { createChance } from "./chance.ts";
import { createClock, type SimulatedClock } from "./clock.ts";
import { COMPONENT, GATEWAY, gatewayConfig, needsOf, PROXY, SERVER } from "./play-gateway.ts";
import { PlayPhone } from "./play-phone.ts";
import { type Bindings, fill, fits, readPlay, type Step } from "./play-script.ts";
import { PlayServer } from "./play-server.ts";
import { PLAY_TEXTS } from "./play-texts.ts";
import { fitsElement, isElement } from "./play-xml.ts";
import { createWire, type Wire } from "./wire.ts";

/** Who the devices of the plays are. */
export const DEVICES: Readonly<Record<string, string>> = {
  juliet: "juliet@example.org/balcony",
  "juliet-phone": "juliet@example.org/phone",
  romeo: "romeo@example.org/orchard",
  mallory: "mallory@elsewhere.example/x",
};
const nameOf = (jid: string) => Object.keys(DEVICES).find((name) => DEVICES[name] === jid) ?? jid;

const STRANGER = { host: "203.0.113.66", port: 5060 };

/** One SIP host of a play: its socket, and what it has heard that the play has not come to yet. */
interface SipSide {
  readonly address: Address;
  readonly person: PlayPhone;
  readonly heard: string[];
  readonly seen: Set<string>;
  /** What has come again since the play's last word or pause. */
  again: string[];
  /** What the play has heard last. */
  last: string;
  /** What was said in the last seconds, and when. */
  said: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  socket?: Datagrams;
  /** The connection that the gateway has made, where the side takes one. */
  stream?: ByteStream;
}
const sipSide = (address: Address): SipSide => ({
  address,
  person: new PlayPhone(`${address.host}:${address.port}`),
  heard: [],
  seen: new Set(),
  again: [],
  last: "",
  said: [],
});

export interface PlayOptions {
  readonly calls?: Partial<CallsConfig>;
  /** Whether juliet's server hands her calls over (integrations/). */
  readonly intercept?: true;
  /** Who is online; juliet's balcony when not said. */
  readonly online?: readonly string[];
  /** The phone takes connections too, and answers on the one that there is. */
  readonly byTcp?: true;
  /** The instants of the play matter, which loss would move: it is played over good wires alone. */
  readonly byTheClock?: true;
  /** Loses datagrams, by this seed. */
  readonly lossy?: { readonly seed: number };
}

/** The whole text of what is to be the last message once more. */
const AGAIN = "(the same)";

const LOSS = 0.3;
/** How long the phone of a lossy play goes on repeating itself, and how long it waits for the gateway: milliseconds. */
const REPEATED_FOR = 10_000;
const PATIENCE = 30_000;

/** Performs a play to its end, and gives what was logged. Throws, naming the line, where the gateway departs from it. */
export async function play(script: string, options: PlayOptions = {}): Promise<LogEvent[]> {
  const stage = new Stage(options);
  await stage.open(options.online ?? ["juliet"]);
  for (const step of readPlay(script)) await stage.perform(step);
  await stage.close();
  return stage.logged;
}

/** A gateway with everything around it, for plays that do more than speak. */
export class Stage {
  readonly logged: LogEvent[] = [];
  readonly #clock: SimulatedClock = createClock();
  readonly wire: Wire = createWire(this.#clock);
  readonly gateway: Gateway;
  readonly #sides: Readonly<Record<string, SipSide>> = { phone: sipSide(PROXY), stranger: sipSide(STRANGER) };
  readonly #server = new PlayServer((stanza) => this.#stanza(stanza));
  readonly #bound: Bindings = new Map(Object.entries(PLAY_TEXTS));
  readonly #stanzas: Element[] = [];
  readonly #isLossy: boolean;
  readonly #takesTcp: boolean;

  /** Whether the next datagram is lost. */
  readonly #loses: () => boolean;

  constructor({ calls, lossy, intercept, byTcp }: PlayOptions) {
    const chance = lossy && createChance(lossy.seed);
    this.#loses = () => chance !== undefined && chance() < LOSS;
    this.#isLossy = lossy !== undefined;
    this.#takesTcp = byTcp === true;
    const needs = needsOf(this.#clock, this.wire, (event) => void this.logged.push(event));
    this.gateway = new Gateway(gatewayConfig(calls, intercept && "intercept"), needs);
  }

  async open(online: readonly string[]): Promise<void> {
    await this.wire.listen(SERVER, (stream) => this.#server.accept(stream));
    for (const side of Object.values(this.#sides)) {
      const received = (bytes: Uint8Array): void => this.#datagram(side, bytes);
      side.socket = await this.wire.openUdp(side.address, { received, failed: () => {} });
      if (this.#takesTcp) await this.wire.listen(side.address, (stream) => this.#connected(side, stream));
    }
    void this.gateway.start();
    await this.#clock.advance(100);
    for (const name of online) this.#server.send(`<presence from='${DEVICES[name]}' to='${COMPONENT}'/>`);
    await this.#clock.advance(10);
  }

  async perform(step: Step): Promise<void> {
    if (step.kind === "after" || step.kind === "say") for (const side of Object.values(this.#sides)) side.again = [];
    if (step.kind === "after") return this.#clock.advance(step.ms);
    if (step.kind === "cut") this.wire.cut();
    if (step.kind === "say") await this.#say(step.by, step.text);
    await this.#clock.advance(5);
    if (step.kind === "hear") await this.#hear(step);
    if (step.kind === "nothing") this.#nothing(step);
  }

  async close(): Promise<void> {
    await this.#clock.advance(100);
    const unheard = Object.values(this.#sides).flatMap(({ heard }) => heard);
    expect(unheard, "SIP messages that nobody has heard").toEqual([]);
    expect(this.#stanzas.map(String), "stanzas that nobody has heard").toEqual([]);
    expect(this.gateway.calls.registry.size, "calls alive").toBe(0);
    const faults = this.logged.filter(({ level }) => level === "error");
    expect(faults, "faults").toEqual([]);
    this.gateway.stop();
    await this.#clock.advance(100);
  }

  /** The wire of plays hands over what was written at once, so each piece is a message. */
  #connected(side: SipSide, stream: ByteStream): StreamEvents {
    side.stream = stream;
    return { received: (bytes) => this.#datagram(side, bytes), closed: () => delete side.stream };
  }

  async #say(by: string, text: string): Promise<void> {
    const filled = fill(text, this.#bound);
    const side = this.#sides[by];
    if (side) return this.#saySip(side, new TextEncoder().encode(side.person.complete(filled)));
    const stanza = parse(filled);
    stanza.attrs.from ??= DEVICES[by] ?? by;
    this.#server.send(String(stanza));
  }

  async #saySip(side: SipSide, bytes: Uint8Array): Promise<void> {
    if (side.stream) return side.stream.write(bytes);
    while (this.#loses()) await this.#clock.advance(500);
    side.socket?.send(bytes, GATEWAY);
    const at = this.#clock.now();
    side.said = [...side.said.filter((one) => at - one.at < REPEATED_FOR), { at, bytes }];
  }

  /** What comes byte for byte again is a retransmission, and no news. */
  #datagram(side: SipSide, bytes: Uint8Array): void {
    const { seen, heard, again } = side;
    const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
    if (this.#loses() || (this.#isLossy && text.startsWith("SIP/2.0 100 "))) return;
    (seen.has(sameAs(text)) ? again : heard).push(text);
    seen.add(sameAs(text));
  }

  #stanza(stanza: Element): void {
    // what the gateway says of itself by itself is not part of a call
    if (!stanza.is("presence")) this.#stanzas.push(stanza);
  }

  async #hear(step: Extract<Step, { kind: "hear" }>): Promise<void> {
    if (this.#isLossy && step.text.startsWith("SIP/2.0 100 ")) return;
    const side = this.#sides[step.by];
    if (side && step.text === AGAIN) return this.#hearAgain(side, step);
    const next = () => (side ? this.#heardAt(side, step) !== -1 : this.#stanzaFor(step.by) !== undefined);
    for (let waited = 0; !next() && waited < 100; waited++) await this.#clock.advance(5);
    if (this.#isLossy) await this.#wait(next);
    if (side) this.#hearSip(side, step);
    else this.#hearStanza(step);
  }

  /** Where the message stands that is to be heard next: the first one, or where some are lost and overtaken any that fits. */
  #heardAt({ heard }: SipSide, { text }: Extract<Step, { kind: "hear" }>): number {
    if (!this.#isLossy) return heard.length > 0 ? 0 : -1;
    return heard.findIndex((one) => missing(text, one, new Map(this.#bound)) === undefined);
  }

  /** Waits as a phone does: it repeats itself until it hears. */
  async #wait(next: () => boolean): Promise<void> {
    const end = this.#clock.now() + PATIENCE;
    while (!next() && this.#clock.now() < end) {
      for (const { socket, said } of Object.values(this.#sides))
        for (const { at, bytes } of said)
          if (this.#clock.now() - at < REPEATED_FOR && !this.#loses()) socket?.send(bytes, GATEWAY);
      await this.#clock.advance(500);
    }
  }

  #hearAgain({ again, last }: SipSide, { line }: Extract<Step, { kind: "hear" }>): void {
    const at = again.indexOf(last);
    if (at === -1) miss(line, last, again.join("\n") || "nothing");
    again.splice(at, 1);
  }

  #hearSip(side: SipSide, step: Extract<Step, { kind: "hear" }>): void {
    const [heard = side.heard[0] ?? "nothing"] = side.heard.splice(this.#heardAt(side, step), 1);
    const wanted = (step.whole ? different : missing)(step.text, heard, this.#bound);
    if (wanted !== undefined) return miss(step.line, wanted, heard);
    side.last = heard;
    side.person.hear(heard);
  }

  #stanzaFor(by: string): Element | undefined {
    return this.#stanzas.find((stanza) => nameOf(String(stanza.attrs.to)) === by);
  }

  #hearStanza({ by, text, answered, whole, line }: Extract<Step, { kind: "hear" }>): void {
    const stanza = this.#stanzaFor(by);
    if (!stanza) return miss(line, text, "nothing");
    this.#stanzas.splice(this.#stanzas.indexOf(stanza), 1);
    const isWanted = whole ? isElement : fitsElement;
    if (!isWanted(parse(fill(text, this.#bound, true)), stanza, this.#bound)) return miss(line, text, String(stanza));
    const { type, id, from, to } = stanza.attrs;
    if (answered && stanza.is("iq") && type === "set")
      this.#server.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  }

  #nothing({ by, again, line }: Extract<Step, { kind: "nothing" }>): void {
    const side = this.#sides[by];
    const heard = side ? (side.heard[0] ?? (again ? side.again[0] : undefined)) : this.#stanzaFor(by);
    if (heard !== undefined) miss(line, "nothing", String(heard));
  }
}

/** The line of a play that a SIP message does not have, or has and must not; undefined when there is none. */
function missing(text: string, heard: string, bound: Bindings): string | undefined {
  const separate = heard.split("\n");
  const lines = [...separate, separate.join(" ↵ ")];
  const [start = "", ...wanted] = text.split("\n");
  if (!fits(start, lines[0] ?? "", bound)) return text;
  return wanted.find(
    (each) => each !== "" && lines.some((one) => fits(each.replace(/^no /, ""), one, bound)) === /^no /.test(each),
  );
}

/** The first line of a play that is not the line of a SIP message at its place; undefined when both have the same lines. */
function different(text: string, heard: string, bound: Bindings): string | undefined {
  const [wanted, lines] = [text.trimEnd().split("\n"), heard.trimEnd().split("\n")];
  const at = lines.findIndex((line, index) => !fits(wanted[index] ?? "", line, bound));
  if (at !== -1) return `line ${at + 1}: ${wanted[at]}`;
  return wanted.length > lines.length ? `line ${lines.length + 1}: ${wanted[lines.length]}` : undefined;
}

/** What makes two messages the same one: their bytes; an ACK comes again with another branch (RFC 3261 §13.2.2.4). */
function sameAs(text: string): string {
  return text.startsWith("ACK ") ? text.replace(/^Via: .*$/m, "") : text;
}

function miss(line: number, wanted: string, heard: string): void {
  throw new Error(`line ${line + 1} of the play\nwanted: ${wanted}\nheard: ${heard}`);
}
