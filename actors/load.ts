/**
 * The load of the gateway: tells the set-up window (set-up-window.ts) of messages, calls and turns, and the calls that wait of each turn.
 *
 * RFC 7339 calls it overload control; here the server alone decides, by refusing, since phones know no better. Rules: both wires
 * and all calls share one load; a turn is armed by the first message in it, so that an idle process has none.
 */
import type { Clock } from "./clock.ts";
import { SetUpWindow } from "./set-up-window.ts";

/** Calls that wait for a later turn. */
export interface WaitingCalls {
  readonly size: number;
  /** A new turn: some of them begin. */
  goOn(): void;
}

export class Load {
  readonly #clock: Clock;
  readonly #window = new SetUpWindow();
  readonly #turned = (): void => this.#turn();
  #waiting: WaitingCalls = { size: 0, goOn: () => {} };
  #disarm: (() => void) | undefined;
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
    return this.#window.admits;
  }

  /** For those who look: the window, what takes it, and how many calls it has refused since the start. */
  get figures(): { readonly window: number; readonly taken: number; readonly refused: number } {
    return { window: this.#window.size, taken: this.#window.taken, refused: this.#refused };
  }

  /** A message has come, or a call that waits is to be begun: this turn has an end. */
  heard(): void {
    this.#window.heard();
    this.#disarm ??= this.#clock.after(0, this.#turned);
  }

  /** A call waits, or none does any more. */
  waits(): void {
    this.#window.waits(this.#waiting.size);
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

  #turn(): void {
    this.#disarm = undefined;
    this.#window.turned();
    if (this.#waiting.size > 0) this.heard();
    this.#waiting.goOn();
    this.waits();
  }
}
