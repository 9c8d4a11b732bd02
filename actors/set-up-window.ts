/**
 * How many calls may be in set-up at once, or wait for it: the decision of overload control, by counts alone and without a clock.
 *
 * The window halves when twice as many calls as it has places have begun without a quiet turn; it grows by one with each set-up
 * that completes while no call waits (the slow start). A turn is what is received until the event loop comes round; in a quiet turn few
 * messages came and no call waits. What is in set-up then waits for somebody else, not for us, and does not count: who calls a
 * hundred phones that are gone takes nobody's place. `MOST` is a burst that a cold process works off in time: so nothing is refused
 * below capacity. `LEAST` keeps a saturated process busy, at a delay far below T1.
 */

const MOST = 512;
const LEAST = 32;
/** How many messages a quiet turn may have. */
const QUIET = 16;

export class SetUpWindow {
  #size = MOST;
  #inSetUp = 0;
  #waiting = 0;
  /** Messages of this turn. */
  #messages = 0;
  /** Calls that have begun since the last quiet turn, or since the window was halved. */
  #begun = 0;
  /** Quiet turns so far: a call counts until the next one. */
  #round = 0;

  get size(): number {
    return this.#size;
  }

  /** What counts against the window. */
  get taken(): number {
    return this.#inSetUp + this.#waiting;
  }

  /** Whether one more call may begin, or wait to. */
  get admits(): boolean {
    return this.taken < this.#size;
  }

  /** A message has come. */
  heard(): void {
    this.#messages++;
  }

  /** So many calls wait. */
  waits(count: number): void {
    this.#waiting = count;
  }

  /** A call begins; what is given back is for `completed`. */
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
