/**
 * Performs a play (script.ts) on a whole gateway over wires in memory and a simulated clock.
 *
 * `phone` is the host at the SIP proxy's address, `provider` and `backup` those at a trunk's, `stranger` an unknown SIP host, `relay`
 * the media relay, which answers with SDP; all others are devices of XMPP users, with the full JIDs in `DEVICES`. Messages from the
 * gateway must arrive in the order of the play on each wire, except retransmissions; at the end no message may be unmatched and no call
 * alive.
 * The SIP hosts are in sip-hosts.ts, the devices in xmpp-devices.ts, and lossy plays in loss.ts.
 */
import { isIP } from "node:net";
import { Gateway } from "../actors/gateway.ts";
import type { GatewayConfig } from "../actors/gateway-config.ts";
import type { LogEvent } from "../actors/log.ts";
import { createClock, type SimulatedClock } from "./clock.ts";
import { GATEWAY, gatewayConfig, needsOf, PROVIDER } from "./gateway.ts";
import { Loss } from "./loss.ts";
import { type Messages, Missed, type PlayFailure } from "./missed.ts";
import { Mortal } from "./mortal.ts";
import { PlayRelay, RELAY } from "./relay.ts";
import { type Bindings, fill, readPlay, type Step, Unreadable } from "./script.ts";
import { isTrying, SipHosts } from "./sip-hosts.ts";
import type { StageOptions } from "./stage-options.ts";
import { createWire, type Wire } from "./wire.ts";
import { XmppDevices } from "./xmpp-devices.ts";

type Hear = Extract<Step, { kind: "hear" }>;
/** Called with the message that a step sends or receives. */
type Note = (message: string) => void;

/** The text of a step that expects the last message again. */
const AGAIN = "(the same)";

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
  /** The SIP hosts of the play, and the devices of its users. */
  readonly hosts: SipHosts;
  readonly #devices: XmppDevices;
  readonly #bound: Bindings = new Map();
  readonly #loss: Loss;
  readonly #toldAs: (failure: PlayFailure) => Error;
  /** The current or last text, and its messages so far. */
  #script = "";
  #messages: Messages = new Map();
  constructor({
    calls,
    sip,
    trunks,
    routes,
    records,
    names,
    lossy,
    intercept,
    callerGroup,
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
    this.#loss = new Loss(lossy === true);
    this.hosts = new SipHosts(clock, this.wire, this.#loss, { tcp: byTcp === true, tls: byTls === true }, this.#bound);
    this.#devices = new XmppDevices(this.wire, this.#bound);
    const secure = byTls && { port: GATEWAY.port, terms: { certificate: "", key: "" } };
    const config = gatewayConfig(calls, intercept && "intercept", { ...sip, ...(secure && { secure }) });
    for (const { server, domain } of trunks ?? [])
      if (byTls) this.wire.shows.set(PROVIDER.host, isIP(server.host) === 0 ? server.host : domain);
    this.config = {
      ...config,
      ...(callerGroup && { xmpp: { ...config.xmpp, callerGroup } }),
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
      if (routes) gateway.trunks.named(trunks?.[0]?.name ?? "")?.takeRoutes(routes);
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
    await this.#devices.open();
    await this.hosts.open();
    await this.relay.open(this.wire.openUdp);
    await this.gateway.start();
    await this.#clock.advance(100);
    for (const name of online) this.#devices.available(name);
    await this.#clock.advance(10);
  }

  /** Performs a text, each step after conversion by `as`. */
  async play(script: string, as = (step: Step): Step => step): Promise<void> {
    const messages = new Map<number, string>();
    [this.#script, this.#messages] = [script, messages];
    this.#loss.begins(script);
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
    if (step.kind === "after" || step.kind === "say") this.hosts.forgetRepeats();
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
    const faults = this.logged.filter(({ level }) => level === "error").map((event) => JSON.stringify(event));
    const left: Readonly<Record<string, readonly string[]>> = {
      "SIP messages that nobody has heard": this.hosts.unheard,
      "stanzas that nobody has heard": this.#devices.unheard,
      "calls at the relay": [...this.relay.calls.keys()],
      "calls alive": this.gateway.calls.registry.all().map(({ dialog }) => dialog.callId),
      faults,
    };
    for (const [what, each] of Object.entries(left))
      if (each.length > 0) throw new Missed(`no ${what}`, each.join("\n\n"));
  }

  async #say({ by, text }: Extract<Step, { kind: "say" }>, note: Note): Promise<void> {
    const filled = fill(text, this.#bound);
    if (by === "relay") return this.#sayRelay(filled);
    const side = this.hosts.side(by);
    if (side) {
      const whole = side.person.complete(filled);
      note(whole.replaceAll("\r\n", "\n"));
      return this.hosts.say(side, new TextEncoder().encode(whole));
    }
    note(this.#devices.say(by, filled));
  }

  async #sayRelay(text: string): Promise<void> {
    for (let waited = 0; !this.relay.isAsked && waited < NOTICED; waited += 1_000) {
      this.relay.forget();
      await this.#clock.advance(1_000);
    }
    this.relay.say(text);
  }

  async #hear(step: Hear, note: Note): Promise<void> {
    if (this.#loss.isLossy && isTrying(step.text)) return;
    const side = this.hosts.side(step.by);
    if (side && step.text === AGAIN) return this.hosts.hearAgain(side);
    const next = () => (side ? this.hosts.has(side, step) : this.#devices.next(step.by) !== undefined);
    for (let waited = 0; !next() && waited < 100; waited++) await this.#clock.advance(5);
    if (this.#loss.isLossy) await this.hosts.wait(next);
    if (side) this.hosts.hear(side, step, note);
    else this.#devices.hear(step, note);
  }

  #nothing({ by, again }: Extract<Step, { kind: "nothing" }>): void {
    const side = this.hosts.side(by);
    const heard = side ? (side.heard[0] ?? (again ? side.again[0] : undefined)) : this.#devices.next(by);
    if (heard !== undefined) throw new Missed("nothing", String(heard));
  }
}
