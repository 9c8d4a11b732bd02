/**
 * A client for one media relay, by rtpengine's ng protocol: `<cookie> <bencode>` over UDP, answered with the same cookie.
 *
 * Rules: an unanswered command is repeated after 250 and 500 ms with the same cookie, which rtpengine answers from
 * memory and does not execute twice; a second after that the relay counts as down, unless it has answered another command meanwhile: a ping
 * is sent with the second try, so that a command that no relay answers fails only its own call. While the relay is down commands
 * fail at once, and it is pinged every second; while it is up, every five. Unreadable, late and repeated answers are ignored.
 * Bounds: `MOST_WAITING` commands at once, `MOST_BYTES` of one.
 */
import { type Bencodes, readBencode, writeBencode } from "../../protocol/bencode.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import type { Address, OpenDatagrams } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { RelaySocket } from "./socket.ts";

/** Milliseconds until each next try; after the last one the command fails. */
const TRIES = [250, 500, 1_000] as const;
const MOST_WAITING = 10_000;
/** The size of a datagram, less what the relay adds in its answer. */
const MOST_BYTES = 60_000;
/** Milliseconds between two pings. */
const PING = { up: 5_000, unknown: 1_000, down: 1_000 } as const;

export type RelayState = "up" | "down" | "unknown";

/** Why the relay has not executed a command. */
export class RelayFailure extends Error {
  override readonly name = "RelayFailure";
  /** The relay's own text, if it has answered. */
  readonly said: string | undefined;

  constructor(message: string, said?: string) {
    super(message);
    this.said = said;
  }
}

/** What it is not asked for at all: the phone would have it send where it must not. */
export class UnfitMedia extends RelayFailure {}

export interface RelayClientNeeds {
  readonly clock: Clock;
  /** A new unguessable token. */
  readonly random: () => string;
  readonly openUdp: OpenDatagrams;
  readonly log: Log;
  readonly at: Address;
  /** The relay answers, for the first time or again. */
  readonly came: (client: RelayClient) => void;
}

interface Waiting {
  readonly done: (answer: Bencodes | RelayFailure) => void;
  stopWaiting: () => void;
  /** The number of the relay's answers before the first try. */
  readonly since: number;
}

export class RelayClient {
  readonly at: Address;
  readonly #needs: RelayClientNeeds;
  readonly #socket: RelaySocket;
  readonly #waiting = new Map<string, Waiting>();
  #state: RelayState = "unknown";
  #disarm: () => void = () => {};
  #stopped = false;
  #isPinged = false;
  /** The number of answers so far. */
  #heard = 0;

  constructor(needs: RelayClientNeeds) {
    this.#needs = needs;
    this.at = needs.at;
    this.#socket = new RelaySocket(needs.openUdp, (bytes) => this.#received(bytes));
  }

  get state(): RelayState {
    return this.#state;
  }

  start(): void {
    this.#ping();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
    for (const { stopWaiting } of this.#waiting.values()) stopWaiting();
    this.#waiting.clear();
    this.#socket.stop();
  }

  /** Sends a command; settles with the answer, or rejects with a `RelayFailure`. */
  ask(command: string, needs: Bencodes = {}): Promise<Bencodes> {
    if (this.#state === "down" && command !== "ping") return Promise.reject(this.#fault("is down"));
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(this.#fault("has too many commands waiting"));
    const cookie = this.#needs.random().replace(/\W/g, "");
    const bytes = writeBencode({ ...needs, command });
    if (bytes.length > MOST_BYTES) return Promise.reject(this.#fault("is not asked for more than a datagram holds"));
    return new Promise((resolve, reject) => {
      const done: Waiting["done"] = (answer) => (answer instanceof RelayFailure ? reject(answer) : resolve(answer));
      const waiting: Waiting = { done, stopWaiting: () => {}, since: this.#heard };
      this.#waiting.set(cookie, waiting);
      this.#send(cookie, withCookie(cookie, bytes), waiting, 0);
    });
  }

  #send(cookie: string, bytes: Uint8Array, waiting: Waiting, tries: number): void {
    const patience = TRIES[tries];
    if (patience === undefined) {
      this.#waiting.delete(cookie);
      if (waiting.since === this.#heard) this.#change("down");
      return waiting.done(this.#fault("does not answer"));
    }
    this.#socket.send(bytes, this.at);
    if (tries === 1 && !this.#isPinged) this.#ping();
    waiting.stopWaiting = this.#needs.clock.after(patience, () => this.#send(cookie, bytes, waiting, tries + 1));
  }

  #received(bytes: Uint8Array): void {
    const space = bytes.indexOf(0x20);
    const cookie = new TextDecoder().decode(bytes.subarray(0, Math.max(0, space)));
    const waiting = this.#waiting.get(cookie);
    const answer = waiting && attempt(() => readBencode(bytes.subarray(space + 1)));
    if (!waiting || answer === undefined || answer instanceof Refusal || !isDictionary(answer)) return;
    this.#waiting.delete(cookie);
    waiting.stopWaiting();
    this.#heard++;
    this.#change("up");
    const { result, "error-reason": reason } = answer;
    const said = String(reason).slice(0, 200);
    waiting.done(result === "error" ? this.#fault(`says: ${said}`, said) : answer);
  }

  #ping(): void {
    if (this.#stopped) return;
    this.#disarm();
    this.#isPinged = true;
    const again = (): void => {
      this.#isPinged = false;
      this.#pingLater();
    };
    this.ask("ping").then(again, again);
  }

  #pingLater(): void {
    this.#disarm();
    if (!this.#stopped) this.#disarm = this.#needs.clock.after(PING[this.#state], () => this.#ping());
  }

  #change(state: RelayState): void {
    if (state === this.#state) return;
    this.#state = state;
    const level = state === "down" ? "warn" : "info";
    this.#needs.log({ level, event: "relay.state", state, ...this.at });
    if (!this.#isPinged) this.#pingLater();
    if (state === "up") this.#needs.came(this);
  }

  #fault(what: string, said?: string): RelayFailure {
    return new RelayFailure(`the relay at ${this.at.host}:${this.at.port} ${what}`, said);
  }
}

const isDictionary = (value: unknown): value is Bencodes =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function withCookie(cookie: string, command: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode(`${cookie} `);
  const bytes = new Uint8Array(head.length + command.length);
  bytes.set(head);
  bytes.set(command, head.length);
  return bytes;
}
