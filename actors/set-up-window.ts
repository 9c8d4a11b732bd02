/**
 * Limits the calls in set-up, or waiting for it: the decision of overload control, by counts only and without a clock.
 *
 * The window halves when twice its size in calls have started without a quiet turn; it grows by one with each set-up
 * that completes while no call waits (the slow start). A turn is what is received until the next turn of the event loop; in a quiet turn few
 * messages came and no call waits. Calls in set-up then wait for their peers, not for us, and do not count: a caller of a
 * hundred unreachable phones takes nobody's place. `MOST` is a burst that a cold process handles in time, so nothing is refused
 * below capacity. `LEAST` keeps a saturated process busy, at a delay far below T1.
 */

const MOST = 512;
const LEAST = 32;
/** The maximum number of messages in a quiet turn. */
const QUIET = 16;

export class SetUpWindow {
  #size = MOST;
  #inSetUp = 0;
  #waiting = 0;
  /** Messages in this turn. */
  #messages = 0;
  /** Calls started since the last quiet turn, or since the window was halved. */
  #begun = 0;
  /** The number of quiet turns so far: a call counts until the next one. */
  #round = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of calls that count against the window. */
  get taken(): number {
    return this.#inSetUp + this.#waiting;
  }

  /** Whether one more call may start, or wait to. */
  get admits(): boolean {
    return this.taken < this.#size;
  }

  /** A message was received. */
  heard(): void {
    this.#messages++;
  }

  /** Sets the number of waiting calls. */
  waits(count: number): void {
    this.#waiting = count;
  }

  /** A call starts; pass the result to `completed`. */
  begun(): number {
    this.#inSetUp++;
    if (++this.#begun >= 2 * this.#size) {
      this.#size = Math.max(LEAST, this.#size >> 1);
      this.#begun = 0;
    }
    return this.#round;
  }

  /** The phone rings, somebody has answered, or the call is over. */
  completed(round: number): void {
    if (round === this.#round) this.#inSetUp--;
    if (this.#waiting === 0) this.#size = Math.min(MOST, this.#size + 1);
  }

  /** The turn is over. */
  turned(): void {
    if (this.#messages <= QUIET && this.#waiting === 0) {
      this.#inSetUp = 0;
      this.#begun = 0;
      this.#round++;
    }
    this.#messages = 0;
  }
}
