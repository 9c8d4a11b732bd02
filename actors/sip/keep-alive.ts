/**
 * Keeps a registered flow alive: sends empty lines periodically, and checks whether they are answered. Those of others are
 * answered in connections.ts.
 *
 * RFC 5626 §3.5.1, §4.4.1: a ping is a double CRLF, its pong a single one. Rules: if a pong is due and does not come within ten seconds
 * the flow is lost, and its connection is closed; a pong is due if the registrar has promised it, or if one has come
 * before, since some servers (Asterisk's pjsip) answer none. Over UDP the ping keeps the NAT binding open, and no pong is due. Left
 * out: STUN on a SIP port (§3.5.2), which few providers answer.
 */
import type { Clock } from "../clock.ts";
import type { Kept } from "./user.ts";

export const PING = new TextEncoder().encode("\r\n\r\n");
export const PONG = new TextEncoder().encode("\r\n");

/** Whether a datagram is a ping or pong, or what phones send instead: a few line breaks or zeros. */
export const isKeepAlive = (bytes: Uint8Array): boolean =>
  bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10 || byte === 0);

/** Milliseconds. */
const PATIENCE = 10_000;

/** The connection that pings are sent on. */
interface Pinged {
  /** The number of pongs received. */
  readonly pongs: () => number;
  ping(): void;
  /** Called if no pong has come. */
  silent(): void;
}

export class KeepAlive {
  readonly #clock: Clock;
  readonly #every: number;
  readonly #flow: Pinged;
  #answers: boolean;
  #disarm: () => void = () => {};

  constructor(clock: Clock, { every, answers }: Pick<Kept, "every" | "answers">, flow: Pinged) {
    this.#clock = clock;
    this.#every = Math.max(PATIENCE, every);
    this.#answers = answers;
    this.#flow = flow;
    if (every > 0) this.#later(this.#every, () => this.#ping());
  }

  stop(): void {
    this.#disarm();
  }

  #ping(): void {
    const before = this.#flow.pongs();
    this.#flow.ping();
    this.#later(PATIENCE, () => this.#judge(before));
  }

  #judge(before: number): void {
    if (this.#flow.pongs() > before) this.#answers = true;
    else if (this.#answers) return this.#flow.silent();
    if (this.#every === PATIENCE) this.#ping();
    else this.#later(this.#every - PATIENCE, () => this.#ping());
  }

  #later(milliseconds: number, run: () => void): void {
    this.#disarm = this.#clock.after(milliseconds, run);
  }
}
