/**
 * The load of the gateway: tells the set-up window (set-up-window.ts) of messages, calls and turns, and the calls that wait of each turn.
 *
 * RFC 7339 calls it overload control; here the server alone decides, by refusing, since phones know no better. Rules: both wires
 * and all calls share one load; a turn lasts until the event loop has come round, and a millisecond at least. Where no call waits, its end is
 * noticed when the next message comes: a timer for it would wake the process after each message.
 */
import type { Clock } from "./clock.ts";
import { SetUpWindow } from "./set-up-window.ts";

/** Calls that wait for a later turn. */
export interface WaitingCalls {
  readonly size: number;
  /** A new turn: some of them begin. */
  goOn(): void;
}

/** How long a turn lasts at least, in milliseconds. */
const SHORTEST = 1;

export class Load {
  readonly #clock: Clock;
  readonly #window = new SetUpWindow();
  readonly #turned = (): void => this.#turn();
  #waiting: WaitingCalls = { size: 0, goOn: () => {} };
  #disarm: (() => void) | undefined;
  /** When the first message of this turn came; undefined before it. */
  #began: number | undefined;
  /** Whether the event loop has come round since then. */
  #isRound = false;
  /** Told when it comes round. */
  #asked = false;
  readonly #round = (): void => {
    this.#asked = false;
    this.#isRound = true;
  };
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls may wait there. */
  serve(waiting: WaitingCalls): void {
    this.#waiting = waiting;
  }

  /** Whether one more call may begin, or wait to. */
  get admits(): boolean {
    this.#goOn(this.#clock.now());
    return this.#window.admits;
  }

  /** For those who look: the window, what takes it, and how many calls it has refused since the start. */
  get figures(): { readonly window: number; readonly taken: number; readonly refused: number } {
    return { window: this.#window.size, taken: this.#window.taken, refused: this.#refused };
  }

  /** A message has come, or a call that waits is to be begun. */
  heard(): void {
    const now = this.#clock.now();
    this.#goOn(now);
    this.#window.heard();
    this.#began ??= now;
    if (!this.#asked) this.#clock.round(this.#round);
    this.#asked = true;
  }

  /** A call waits, for the end of the turn, or none does any more. */
  waits(): void {
    this.#window.waits(this.#waiting.size);
    if (this.#waiting.size > 0) this.#disarm ??= this.#clock.after(0, this.#turned);
  }

  /** A call was refused because the window is full; gives which of those it is. */
  refused(): number {
    return ++this.#refused;
  }

  /** A call begins; what is given back is for `completed`. */
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
