/**
 * The load of the gateway: reports messages, calls and turns to the set-up window (set-up-window.ts), and turns to the waiting calls.
 *
 * RFC 7339 calls it overload control; here the server alone decides, by refusing, since phones do not take part. Rules: both wires
 * and all calls share one load; a turn lasts until the next turn of the event loop, at least a millisecond. If no call waits, its end is
 * noticed at the next message: a timer for it would wake the process after each message.
 */
import type { Clock } from "./clock.ts";
import { SetUpWindow } from "./set-up-window.ts";

/** Calls that wait for a later turn. */
export interface WaitingCalls {
  readonly size: number;
  /** A new turn: some of them start. */
  goOn(): void;
}

/** The minimum duration of a turn, in milliseconds. */
const SHORTEST = 1;

export class Load {
  readonly #clock: Clock;
  readonly #window = new SetUpWindow();
  readonly #turned = (): void => this.#turn();
  #waiting: WaitingCalls = { size: 0, goOn: () => {} };
  #disarm: (() => void) | undefined;
  /** The time of the first message of this turn; undefined before it. */
  #began: number | undefined;
  /** Whether the event loop has turned since then. */
  #isRound = false;
  /** Whether the callback for the next turn of the event loop is pending. */
  #asked = false;
  readonly #round = (): void => {
    this.#asked = false;
    this.#isRound = true;
  };
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sets the queue of waiting calls. */
  serve(waiting: WaitingCalls): void {
    this.#waiting = waiting;
  }

  /** Whether one more call may start, or wait to. */
  get admits(): boolean {
    this.#goOn(this.#clock.now());
    return this.#window.admits;
  }

  /** For metrics: the window, what counts against it, and the number of calls refused since the start. */
  get figures(): { readonly window: number; readonly taken: number; readonly refused: number } {
    return { window: this.#window.size, taken: this.#window.taken, refused: this.#refused };
  }

  /** A message was received, or a waiting call is about to start. */
  heard(): void {
    const now = this.#clock.now();
    this.#goOn(now);
    this.#window.heard();
    this.#began ??= now;
    if (!this.#asked) this.#clock.round(this.#round);
    this.#asked = true;
  }

  /** The number of waiting calls has changed; as long as a call waits, the turn ends by a timer. */
  waits(): void {
    this.#window.waits(this.#waiting.size);
    if (this.#waiting.size > 0) this.#disarm ??= this.#clock.after(0, this.#turned);
  }

  /** A call was refused because the window is full; returns its number. */
  refused(): number {
    return ++this.#refused;
  }

  /** A call starts; pass the result to `completed`. */
  begun(): number {
    this.heard();
    return this.#window.begun();
  }

  /** The set-up of a call is complete. */
  completed(round: number): void {
    this.#window.completed(round);
  }

  stop(): void {
    this.#disarm?.();
    this.#disarm = undefined;
  }

  /** Ends the turn if it is over. */
  #goOn(now: number): void {
    if (this.#isRound && this.#began !== undefined && now - this.#began >= SHORTEST) this.#turn();
  }

  #turn(): void {
    this.#disarm?.();
    this.#disarm = this.#began = undefined;
    this.#isRound = false;
    this.#window.turned();
    if (this.#waiting.size > 0) this.heard();
    this.#waiting.goOn();
    this.waits();
  }
}
