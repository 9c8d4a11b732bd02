/**
 * The tapes of live calls (tape.ts), used again by other calls, the latest first, since it is still in a cache.
 *
 * Bound: `MOST` bytes wait to be used again, in tapes of at most `LARGEST`.
 */
import { Tape } from "./tape.ts";

const MOST = 1_048_576;
const LARGEST = 65_536;

export class Tapes {
  readonly #free: Tape[] = [];
  /** Bytes of those that are free. */
  #bytes = 0;

  take(): Tape {
    const tape = this.#free.pop();
    if (tape === undefined) return new Tape();
    this.#bytes -= tape.room;
    return tape;
  }

  /** Takes a tape back: nothing of it is read any more. */
  release(tape: Tape): void {
    if (tape.room > LARGEST || this.#bytes + tape.room > MOST) return tape.drop();
    tape.clear();
    this.#bytes += tape.room;
    this.#free.push(tape);
  }
}
