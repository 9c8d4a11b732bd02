/**
 * Keeps a registered flow alive: empty lines now and then, and whether they are answered.
 *
 * RFC 5626 §3.5.1, §4.4.1: a ping is a double CRLF, its pong a single one. Rules: a flow whose pong is due and does not come within ten seconds is
 * lost, and its connection is closed; a pong is due where the registrar has promised it, and where one has come
 * before, since some servers (Asterisk's pjsip) answer none. By UDP the ping opens the way through a NAT, and nothing is due. Left
 * out on purpose: STUN on a SIP port (§3.5.2), which few providers answer.
 */
import type { Clock } from "../clock.ts";
import type { Kept } from "./user.ts";

export const PING = new TextEncoder().encode("\r\n\r\n");

/** Whether a datagram is somebody's ping or pong, or what phones send in their place: a few line breaks or zeros. */
export const isKeepAlive = (bytes: Uint8Array): boolean =>
  bytes.length <= 4 && bytes.every((byte) => byte === 13 || byte === 10 || byte === 0);

/** Milliseconds. */
const PONG = 10_000;

/** What pings go by. */
interface Pinged {
  /** How many pongs have come. */
  readonly pongs: () => number;
  ping(): void;
  /** No pong has come. */
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
    this.#every = Math.max(PONG, every);
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
    this.#later(PONG, () => this.#judge(before));
  }

  #judge(before: number): void {
    if (this.#flow.pongs() > before) this.#answers = true;
    else if (this.#answers) return this.#flow.silent();
    if (this.#every === PONG) this.#ping();
    else this.#later(this.#every - PONG, () => this.#ping());
  }

  #later(milliseconds: number, run: () => void): void {
    this.#disarm = this.#clock.after(milliseconds, run);
  }
}
