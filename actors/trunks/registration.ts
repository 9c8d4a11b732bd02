/**
 * The registration of one account: the chart of machines/registration.ts with its requests, clock and log.
 *
 * RFC 3261 §10.2, §22.2. Rules: all REGISTERs of an account have one Call-ID and an increasing CSeq (§10.2.4); the
 * Request-URI is the provider's domain, without a user (a FRITZ!Box answers nothing else); every address of the provider is
 * tried before the chart gets a time-out, the next one after 4 s of silence; a challenged request is repeated
 * with digest, at most twice, but not after a newer request; a response that comes after the chart has moved on is ignored; the flow
 * of the registration is kept alive, and registered again if it is lost (RFC 5626 §4.4, §4.5). Left out: bindings of the account's
 * other devices.
 */
import { type Actor, createActor } from "xstate";
import { type RegistrationEffect, type RegistrationEvent, registration } from "../../machines/registration.ts";
import { requestOf } from "../../protocol/sip/build.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import { flowTermsOf, OUTBOUND, serviceRoutesOf } from "../../protocol/sip/outbound.ts";
import { grantedTo } from "../../protocol/sip/register.ts";
import { retryAfter } from "../../protocol/sip/retry-after.ts";
import { type Clock, chartClock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ProxyCredentials } from "../phone/credentials.ts";
import type { FlowPort, SipPort } from "../sip/user.ts";

export interface RegistrationNeeds {
  readonly trunk: string;
  /** `sip:620@provider.example` */
  readonly account: string;
  /** `sip:provider.example` */
  readonly registrar: string;
  /** Our Contact: its user part comes back in the Request-URI of calls. */
  readonly contact: () => string;
  readonly expires: number;
  /** The provider's addresses now, best first. */
  readonly targets: () => Promise<readonly Destination[]>;
  /** One of them has not answered. */
  readonly failed: (target: Destination) => void;
  readonly sip: () => SipPort & FlowPort;
  /** Milliseconds between two keep-alives; 0 for none. */
  readonly keepalive: number;
  /** The Contact parameters on a connection (protocol/sip/outbound.ts). */
  readonly flowParams: string;
  /** The routes for our calls from now on (RFC 3608). */
  readonly routed: (routes: readonly string[]) => void;
  /** New credentials for one request: the provider may have changed its realm. */
  readonly credentials: () => ProxyCredentials;
  readonly clock: Clock;
  readonly random: () => string;
  readonly chance: () => number;
  readonly log: Log;
}

/** The outcome of a REGISTER at one address: a final response, or in words why there is none. */
type Outcome = Response | string;

/** The destination of a REGISTER, its credentials, and its sequence number. */
interface Asked {
  readonly to: Destination;
  readonly by: ProxyCredentials;
  readonly turn: number;
}

const MOST_CHALLENGES = 2;
const SILENT = "it does not answer";
/** Milliseconds without a response after which the next address is tried, if there is one. */
const SILENCE = 4_000;

export class Registration {
  readonly #needs: RegistrationNeeds;
  readonly #actor: Actor<typeof registration>;
  readonly #callId: string;
  readonly #tag: string;
  readonly #over = Promise.withResolvers<void>();
  #number = 0;
  /** The number of the latest request; responses to earlier ones are late. */
  #turn = 0;
  /** The flow that is kept alive: its destination, and the function that stops that. */
  #flow: { readonly to: Destination; readonly release: () => void } | undefined;
  #logged = "idle";
  #isStarted = false;

  constructor(needs: RegistrationNeeds) {
    this.#needs = needs;
    this.#callId = needs.random();
    this.#tag = needs.random();
    const input = { expires: needs.expires };
    this.#actor = createActor(registration, { input, clock: chartClock(needs.clock) });
    this.#actor.on("*", (effect) => this.#perform(effect));
    this.#actor.subscribe(() => this.#say());
  }

  /** The state of the account, by its name in the chart. */
  get state(): string {
    const { value } = this.#actor.getSnapshot();
    return typeof value === "string" ? value : (Object.keys(value)[0] ?? "");
  }

  /** Why it is refused or unreachable; "" if it is neither. */
  get why(): string {
    return this.#actor.getSnapshot().context.why;
  }

  start(): void {
    this.#isStarted = true;
    this.#actor.start();
    this.#actor.send({ type: "start" });
  }

  /** The configuration was reloaded. */
  reload(): void {
    this.#actor.send({ type: "reload" });
  }

  /** The credentials are others than before. */
  loginChanged(): void {
    this.#actor.send({ type: "login changed" });
  }

  /** Removes the binding; settles when the registrar has answered, or after a time-out. */
  stop(): Promise<void> {
    if (!this.#isStarted) return Promise.resolve();
    if (this.#actor.getSnapshot().status === "active") this.#actor.send({ type: "stop" });
    return this.#over.promise;
  }

  /** Leaves the binding to the next gateway. */
  leave(): void {
    this.#flow?.release();
    this.#actor.stop();
  }

  #perform(effect: RegistrationEffect): void {
    switch (effect.type) {
      case "sip.send.register":
        return void this.#register(effect.expires, ++this.#turn);
      case "registration.over":
        this.#flow?.release();
        return this.#over.resolve();
    }
  }

  /** Tries one address after the other; the chart gets the outcome, once. */
  async #register(expires: number, begun: number): Promise<void> {
    let turn = begun;
    const targets = await this.#needs.targets().catch(() => []);
    let outcome: Outcome = "its name does not resolve";
    let answered: Destination | undefined;
    for (const target of targets) {
      if (turn !== this.#turn) return;
      turn = ++this.#turn;
      const asked = this.#ask(this.#request(expires, target), { to: target, by: this.#needs.credentials(), turn });
      outcome = await (target === targets.at(-1) ? asked : this.#inTime(asked));
      answered = target;
      if (typeof outcome !== "string" && !isAway(outcome)) break;
      this.#needs.failed(target);
    }
    if (turn !== this.#turn) return;
    if (typeof outcome !== "string" && outcome.status < 300 && answered) this.#registered(answered, outcome);
    this.#actor.send(this.#eventOf(outcome, expires));
  }

  /** A REGISTER has succeeded: its routes apply, and its flow is kept alive. */
  #registered(to: Destination, response: Response): void {
    this.#needs.routed(serviceRoutesOf(response));
    if (this.#flow && isSame(this.#flow.to, to)) return;
    this.#flow?.release();
    const { sip, keepalive, clock, chance } = this.#needs;
    const { timer = Number.POSITIVE_INFINITY, answers } = flowTermsOf(response);
    // RFC 5626 §4.4.1: between 80 and 100 % of the maximum interval
    const every = Math.min(keepalive, timer * 1_000) * (0.8 + chance() / 5);
    const since = clock.now();
    const lost = (why: string): void => {
      this.#flow = undefined;
      const stood = clock.now() - since;
      this.#actor.send({ type: "sip.flow.lost", why, stood, wait: 0, chance: chance() });
    };
    this.#flow = { to, release: sip().keep(to, { every, answers, lost }) };
  }

  /** The outcome, or a time-out before the next address is tried: a silent one may be dead. */
  #inTime(asked: Promise<Outcome>): Promise<Outcome> {
    return new Promise((resolve) => {
      const disarm = this.#needs.clock.after(SILENCE, () => resolve(SILENT));
      void asked.then(resolve).finally(disarm);
    });
  }

  #request(expires: number, { transport }: Destination): Request {
    const { account, registrar, contact, flowParams } = this.#needs;
    const isByUdp = transport === "udp";
    const headers = [
      ["From", `<${account}>;tag=${this.#tag}`],
      ["To", `<${account}>`],
      ["Call-ID", this.#callId],
      ["CSeq", `${++this.#number} REGISTER`],
      ["Contact", `<${contact()}>;expires=${expires}${isByUdp ? "" : flowParams}`],
      ["Expires", `${expires}`],
      ...(isByUdp ? [] : [["Supported", OUTBOUND] as const]),
    ] as const;
    return requestOf({ method: "REGISTER", uri: registrar, headers });
  }

  #ask(request: Request, at: Asked, challenges = MOST_CHALLENGES): Promise<Outcome> {
    const { to, by, turn } = at;
    const { sip } = this.#needs;
    return new Promise((resolve) => {
      sip().send(request, to, {
        response: (response) => {
          if (response.status < 200) return;
          const mayAgain = challenges > 0 && turn === this.#turn;
          const again = mayAgain ? by.answer(request, response, this.#number + 1) : undefined;
          if (again === undefined) return resolve(response);
          this.#number++;
          resolve(this.#ask(again, at, challenges - 1));
        },
        failed: (why, words = "it cannot be reached") => resolve(why === "timeout" ? SILENT : words),
      });
    });
  }

  #eventOf(outcome: Outcome, expires: number): RegistrationEvent {
    const chance = this.#needs.chance();
    if (typeof outcome === "string") return { type: "sip.register.timeout", why: outcome, wait: 0, chance };
    const { status, phrase } = outcome;
    const wait = retryAfter(outcome) ?? 0;
    if (status < 300)
      return { type: "sip.register.success", granted: grantedTo(outcome, this.#needs.contact()) ?? expires };
    if (isAway(outcome)) return { type: "sip.register.timeout", why: `${status} ${phrase}`, wait, chance };
    const least = Number(header(outcome, "Min-Expires") ?? Number.NaN);
    const asked = Number.isInteger(least) ? least : null;
    return { type: "sip.register.failure", status, phrase, least: asked, wait, chance };
  }

  /** One log line per new state. */
  #say(): void {
    const { state, why } = this;
    if (state === this.#logged) return;
    this.#logged = state;
    const level = state === "refused" || state === "unreachable" ? "warn" : "info";
    const { trunk, account, log } = this.#needs;
    log({ level, event: "trunk.state", trunk, account, state, ...(why === "" ? {} : { why }) });
  }
}

/** Whether a response only means that this address is unusable now: the next one may work (RFC 3263 §4.3). */
const isAway = ({ status }: Response): boolean => status === 408 || status === 503;

const isSame = (one: Destination, other: Destination): boolean =>
  one.host === other.host && one.port === other.port && one.transport === other.transport;
