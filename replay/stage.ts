/**
 * Performs a play (script.ts) on a whole gateway over wires in memory and a simulated clock.
 *
 * `phone` is the host at the SIP proxy's address, `provider` and `backup` those at a trunk's, `stranger` an unknown SIP host, `relay`
 * the media relay, which answers with SDP; all others are devices of XMPP users, with the full JIDs in `DEVICES`. Messages from the
 * gateway must arrive in the order of the play on each wire, except retransmissions; at the end no message may be unmatched and no call
 * alive.
 *
 * A lossy play loses 30 % of the datagrams, both ways. The phone of such a play resends what was lost after half a second, and while it
 * waits for the gateway it repeats its messages of the last seconds, as in RFC 3261 §17. It does not wait for a provisional
 * 100.
 */
import { isIP } from "node:net";
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import { Gateway, type GatewayConfig } from "../actors/gateway.ts";
import type { LogEvent } from "../actors/log.ts";
import { DEVICES, deviceName } from "../journal/play-people.ts";
import type { ByteStream, StreamEvents } from "../transports/transport.ts";
import { createChance, seedOf } from "./chance.ts";
import { createClock, type SimulatedClock } from "./clock.ts";
import { COMPONENT, GATEWAY, gatewayConfig, needsOf, PROVIDER, PROXY, SERVER } from "./gateway.ts";
import { type Messages, Missed, type PlayFailure } from "./missed.ts";
import { Mortal } from "./mortal.ts";
import { PlayRelay, RELAY } from "./relay.ts";
import { type Bindings, fill, readPlay, type Step, Unreadable } from "./script.ts";
import { PlayServer } from "./server.ts";
import { different, missing, sameAs } from "./sip.ts";
import { type SipSide, sipSide } from "./sip-side.ts";
import type { StageOptions } from "./stage-options.ts";
import { createWire, type Wire } from "./wire.ts";
import { fitsElement, isElement } from "./xml.ts";

const BACKUP = { host: "198.51.100.8", port: 5060 };
const STRANGER = { host: "203.0.113.66", port: 5060 };

type Hear = Extract<Step, { kind: "hear" }>;
/** Called with the message that a step sends or receives. */
type Note = (message: string) => void;

/** The text of a step that expects the last message again. */
const AGAIN = "(the same)";

const PING = String(new TextEncoder().encode("\r\n\r\n"));

const LOSS = 0.3;
/** Most losses of the same datagram: a play is about loss, not about giving up after 32 seconds (RFC 3261 §17.1.1.2). */
const OFTENEST = 4;
/** Milliseconds for which the phone of a lossy play repeats its messages, and for which it waits for the gateway. */
const REPEATED_FOR = 10_000;
const PATIENCE = 30_000;
/** Milliseconds within which the gateway notices a restart of its relay, and asks it again. */
const NOTICED = 30_000;

/** The default error of a failed play: the cause itself. */
const plainly = ({ cause }: PlayFailure): Error => (cause instanceof Error ? cause : new Error(String(cause)));

/** A gateway with everything around it, for tests that need more than messages. */
export class Stage {
  readonly logged: LogEvent[] = [];
  readonly #clock: SimulatedClock;
  readonly wire: Wire;
  readonly config: GatewayConfig;
  /** Creates a gateway like this one, in a process that can be killed. */
  readonly #create: (seed: number) => { readonly gateway: Gateway; readonly mortal: Mortal };
  #living: { readonly gateway: Gateway; readonly mortal: Mortal };
  /** The gateway started last. */
  get gateway(): Gateway {
    return this.#living.gateway;
  }
  readonly #seed: number;
  #starts = 0;
  readonly relay: PlayRelay;
  /** Keep-alives received over connections, and whether they are answered. */
  pings = 0;
  /** Number of SIP connections so far. */
  connections = 0;
  answersPings = true;
  readonly #sides: Readonly<Record<string, SipSide>> = {
    phone: sipSide(PROXY),
    provider: sipSide(PROVIDER),
    backup: sipSide(BACKUP),
    stranger: sipSide(STRANGER),
  };
  readonly #server = new PlayServer((stanza) => this.#stanza(stanza));
  readonly #bound: Bindings = new Map();
  readonly #stanzas: Element[] = [];
  readonly #isLossy: boolean;
  readonly #takesTcp: boolean;
  readonly #comesByTls: boolean;
  readonly #toldAs: (failure: PlayFailure) => Error;
  /** The current or last text, and its messages so far. */
  #script = "";
  #messages: Messages = new Map();
  /** Random numbers for losing datagrams, from the first text on. */
  #chance: (() => number) | undefined;
  /** Losses of each datagram. */
  readonly #lost = new Map<string, number>();

  constructor({
    calls,
    sip,
    trunks,
    records,
    names,
    lossy,
    intercept,
    relay,
    relayShare,
    byTcp,
    byTls,
    watch,
    seed = 1,
    saved,
    clock = createClock(),
    texts = {},
    failure,
  }: StageOptions) {
    for (const [name, text] of Object.entries(texts)) this.#bound.set(name, text);
    this.#toldAs = failure ?? plainly;
    this.#clock = clock;
    this.wire = createWire(clock);
    this.#isLossy = lossy === true;
    this.#takesTcp = byTcp === true;
    this.#comesByTls = byTls === true;
    const secure = byTls && { port: GATEWAY.port, terms: { certificate: "", key: "" } };
    const config = gatewayConfig(calls, intercept && "intercept", { ...sip, ...(secure && { secure }) });
    for (const { server, domain } of trunks ?? [])
      if (byTls) this.wire.shows.set(PROVIDER.host, isIP(server.host) === 0 ? server.host : domain);
    this.config = {
      ...config,
      ...(trunks && { trunks }),
      ...(relay && { relay: { at: [RELAY], direction: [], share: relayShare } }),
    };
    this.relay = new PlayRelay(clock);
    this.relay.isSpokenFor = relay === "as the play says";
    this.#seed = seed;
    this.#create = (seed) => {
      const mortal = new Mortal(clock, this.wire);
      const needs = needsOf(clock, this.wire, (event) => void this.logged.push(event), seed);
      const gateway = new Gateway(this.config, {
        ...needs,
        ...(saved && { clock: mortal.clock, open: mortal.open, store: mortal.store(saved) }),
        ...(names && { resolvePeer: names }),
        ...(records && { records }),
        watch,
      });
      return { gateway, mortal };
    };
    this.#living = this.#create(seed);
  }

  /** Starts another gateway from the saved state, with different ids. */
  async start(): Promise<void> {
    this.#living = this.#create(this.#seed + ++this.#starts);
    await this.gateway.start();
    await this.#clock.advance(100);
  }

  /** Kills the gateway, as by kill -9. */
  kill(): void {
    this.#living.mortal.kill();
  }

  async open(online: readonly string[]): Promise<void> {
    await this.wire.listen(SERVER, (stream) => this.#server.accept(stream));
    for (const side of Object.values(this.#sides)) {
      const received = (bytes: Uint8Array): void => this.#datagram(side, bytes);
      side.socket = await this.wire.openUdp(side.address, { received, failed: () => {} });
      if (this.#takesTcp) await this.wire.listen(side.address, (stream) => this.#connected(side, stream));
    }
    await this.relay.open(this.wire.openUdp);
    await this.gateway.start();
    await this.#clock.advance(100);
    for (const name of online) this.#server.send(`<presence from='${DEVICES[name] ?? name}' to='${COMPONENT}'/>`);
    await this.#clock.advance(10);
  }

  /** Performs a text, each step after conversion by `as`. */
  async play(script: string, as = (step: Step): Step => step): Promise<void> {
    const messages = new Map<number, string>();
    [this.#script, this.#messages] = [script, messages];
    if (this.#isLossy) this.#chance ??= createChance(seedOf(script));
    for (const step of this.#read(script)) {
      const note = (message: string): void => void messages.set(step.line, message);
      await this.perform(as(step), note).catch((error: unknown) => {
        const at = error instanceof Missed ? step.line + error.at : step.line;
        throw this.#failure(at, error);
      });
    }
  }

  #read(script: string): Step[] {
    try {
      return readPlay(script);
    } catch (error) {
      throw this.#failure(error instanceof Unreadable ? error.line : 0, error);
    }
  }

  #failure(line: number | undefined, cause: unknown): Error {
    return this.#toldAs({ script: this.#script, messages: this.#messages, line, cause });
  }

  /** Performs one step, and reports the message sent or received. */
  async perform(step: Step, note: (message: string) => void = () => {}): Promise<void> {
    if (step.kind === "after" || step.kind === "say") for (const side of Object.values(this.#sides)) side.again = [];
    if (step.kind === "after") return this.#clock.advance(step.ms);
    if (step.kind === "cut") this.wire.cut();
    if (step.kind === "hang up") this.#operatorHangsUp();
    if (step.kind === "stop") this.gateway.calls.end();
    if (step.kind === "kill") this.kill();
    if (step.kind === "hand over") this.gateway.handOver();
    if (step.kind === "start") await this.start();
    if (step.kind === "say") await this.#say(step, note);
    await this.#clock.advance(5);
    if (step.kind === "hear") await this.#hear(step, note);
    if (step.kind === "nothing") this.#nothing(step);
  }

  #operatorHangsUp(): void {
    const [call] = this.gateway.calls.registry.all();
    if (call === undefined) throw new Missed("a call", "none");
    this.gateway.calls.hangUp(call.dialog.localTag);
  }

  /** Ends the play: no message may be unmatched, no call alive. */
  async close(): Promise<void> {
    await this.#clock.advance(100);
    try {
      this.#nothingIsLeft();
    } catch (error) {
      throw this.#failure(undefined, error);
    }
    this.gateway.stop();
    await this.#clock.advance(100);
  }

  #nothingIsLeft(): void {
    const unheard = Object.values(this.#sides).flatMap(({ heard }) => heard);
    const faults = this.logged.filter(({ level }) => level === "error").map((event) => JSON.stringify(event));
    const left: Readonly<Record<string, readonly string[]>> = {
      "SIP messages that nobody has heard": unheard,
      "stanzas that nobody has heard": this.#stanzas.map(String),
      "calls at the relay": [...this.relay.calls.keys()],
      "calls alive": this.gateway.calls.registry.all().map(({ dialog }) => dialog.callId),
      faults,
    };
    for (const [what, each] of Object.entries(left))
      if (each.length > 0) throw new Missed(`no ${what}`, each.join("\n\n"));
  }

  /** Whether to lose a datagram this time. */
  #loses(text: string): boolean {
    const times = this.#lost.get(text) ?? 0;
    if (times === OFTENEST || this.#chance === undefined || this.#chance() >= LOSS) return false;
    this.#lost.set(text, times + 1);
    return true;
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

  /** Answers the keep-alive of a connection (RFC 5626 §3.5.1), as servers do. */
  #isPing(stream: ByteStream, bytes: Uint8Array): boolean {
    if (String(bytes) !== PING) return false;
    this.pings++;
    if (this.answersPings) stream.write("\r\n");
    return true;
  }

  async #say({ by, text }: Extract<Step, { kind: "say" }>, note: Note): Promise<void> {
    const filled = fill(text, this.#bound);
    if (by === "relay") return this.#sayRelay(filled);
    const side = this.#sides[by];
    if (side) {
      const whole = side.person.complete(filled);
      note(whole.replaceAll("\r\n", "\n"));
      return this.#saySip(side, new TextEncoder().encode(whole));
    }
    const stanza = parse(filled);
    stanza.attrs.from ??= DEVICES[by] ?? by;
    note(String(stanza));
    this.#server.send(String(stanza));
  }

  async #sayRelay(text: string): Promise<void> {
    for (let waited = 0; !this.relay.isAsked && waited < NOTICED; waited += 1_000) {
      this.relay.forget();
      await this.#clock.advance(1_000);
    }
    this.relay.say(text);
  }

  /** A side connects to the gateway by TLS. */
  async comesByTls(side: SipSide | string): Promise<void> {
    const known = typeof side === "string" ? this.#sides[side] : side;
    if (known === undefined) return;
    const told: { events?: StreamEvents } = {};
    const events: StreamEvents = {
      received: (bytes) => told.events?.received(bytes),
      closed: (error) => told.events?.closed(error),
    };
    const opened = this.wire.comeByTls(GATEWAY, events, 1_000, known.address.host);
    await this.#clock.advance(5);
    told.events = this.#connected(known, await opened);
  }

  /** Cuts the connection of a side. */
  async cutOff(side: string): Promise<void> {
    this.#sides[side]?.stream?.destroy();
    await this.#clock.advance(5);
  }

  async #saySip(side: SipSide, bytes: Uint8Array): Promise<void> {
    if (this.#comesByTls && !side.stream) await this.comesByTls(side);
    if (side.stream) return side.stream.write(bytes);
    while (this.#loses(String(bytes))) await this.#clock.advance(500);
    side.socket?.send(bytes, GATEWAY);
    const at = this.#clock.now();
    side.said = [...side.said.filter((one) => at - one.at < REPEATED_FOR), { at, bytes }];
  }

  /** A datagram equal to an earlier one is a retransmission. */
  #datagram(side: SipSide, bytes: Uint8Array): void {
    const { seen, heard, again } = side;
    const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
    if (this.#loses(text) || (this.#isLossy && text.startsWith("SIP/2.0 100 "))) return;
    (seen.has(sameAs(text)) ? again : heard).push(text);
    seen.add(sameAs(text));
  }

  #stanza(stanza: Element): void {
    // the gateway's own presence is not part of a call
    if (!stanza.is("presence")) this.#stanzas.push(stanza);
  }

  async #hear(step: Hear, note: Note): Promise<void> {
    if (this.#isLossy && step.text.startsWith("SIP/2.0 100 ")) return;
    const side = this.#sides[step.by];
    if (side && step.text === AGAIN) return this.#hearAgain(side);
    const next = () => (side ? this.#heardAt(side, step) !== -1 : this.#stanzaFor(step.by) !== undefined);
    for (let waited = 0; !next() && waited < 100; waited++) await this.#clock.advance(5);
    if (this.#isLossy) await this.#wait(next);
    if (side) this.#hearSip(side, step, note);
    else this.#hearStanza(step, note);
  }

  /** The index of the next expected message: the first, or on lossy wires the first that matches. */
  #heardAt({ heard }: SipSide, { text }: Pick<Hear, "text">): number {
    if (!this.#isLossy) return heard.length > 0 ? 0 : -1;
    return heard.findIndex((one) => missing(text, one, new Map(this.#bound)) === undefined);
  }

  /** Waits like a phone: repeats its messages until the gateway answers. */
  async #wait(next: () => boolean): Promise<void> {
    const end = this.#clock.now() + PATIENCE;
    while (!next() && this.#clock.now() < end) {
      for (const { socket, said } of Object.values(this.#sides))
        for (const { at, bytes } of said)
          if (this.#clock.now() - at < REPEATED_FOR && !this.#loses(String(bytes))) socket?.send(bytes, GATEWAY);
      await this.#clock.advance(500);
    }
  }

  #hearAgain({ again, last }: SipSide): void {
    const at = again.indexOf(last);
    if (at === -1) throw new Missed(last, again.join("\n") || "nothing", 1);
    again.splice(at, 1);
  }

  #hearSip(side: SipSide, { text, whole }: Hear, note: Note): void {
    const next = this.#heardAt(side, { text });
    const heard = side.heard[next];
    if (heard === undefined) throw new Missed(text, side.heard.join("\n\n") || "nothing", 1);
    side.heard.splice(next, 1);
    note(heard);
    const at = (whole ? different : missing)(text, heard, this.#bound);
    if (at !== undefined) throw new Missed(text.split("\n")[at] ?? "nothing more", heard, 1 + at);
    side.last = heard;
    side.person.hear(heard);
  }

  #stanzaFor(by: string): Element | undefined {
    return this.#stanzas.find((stanza) => deviceName(String(stanza.attrs.to)) === by);
  }

  #hearStanza({ by, text, answered, whole }: Hear, note: Note): void {
    const stanza = this.#stanzaFor(by);
    if (!stanza) throw new Missed(text, "nothing", 1);
    this.#stanzas.splice(this.#stanzas.indexOf(stanza), 1);
    note(String(stanza));
    const isWanted = whole ? isElement : fitsElement;
    if (!isWanted(parse(fill(text, this.#bound, true)), stanza, this.#bound)) throw new Missed(text, String(stanza), 1);
    const { type, id, from, to } = stanza.attrs;
    if (answered && stanza.is("iq") && type === "set")
      this.#server.send(`<iq type='result' id='${id}' from='${to}' to='${from}'/>`);
  }

  #nothing({ by, again }: Extract<Step, { kind: "nothing" }>): void {
    const side = this.#sides[by];
    const heard = side ? (side.heard[0] ?? (again ? side.again[0] : undefined)) : this.#stanzaFor(by);
    if (heard !== undefined) throw new Missed("nothing", String(heard));
  }
}
