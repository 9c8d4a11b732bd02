/**
 * The bytes of one stream, in turns of the event loop, so that a stream that always has more leaves turns to all else.
 *
 * COMPAT Bun 1.4.5: such a stream is read eleven times in a turn, up to 512 kB each time. Rules: `TURN` bytes are passed on in a turn, the
 * others in the next ones, in order; meanwhile nothing is read, so that only what the runtime had read already is kept.
 */
import type { Socket } from "node:net";

const TURN = 65_536;

export class StreamTurns {
  readonly #socket: Socket;
  readonly #pass: (bytes: Uint8Array) => void;
  readonly #waiting: Uint8Array[] = [];
  /** The bytes that may still pass in this turn. */
  #left = TURN;
  #isArmed = false;

  constructor(socket: Socket, pass: (bytes: Uint8Array) => void) {
    this.#socket = socket;
    this.#pass = pass;
  }

  received(bytes: Uint8Array): void {
    if (bytes.length < this.#left && this.#waiting.length === 0) {
      this.#left -= bytes.length;
      return this.#pass(bytes);
    }
    this.#waiting.push(bytes);
    if (this.#isArmed) return;
    this.#socket.pause();
    this.#next();
  }

  /** The stream has ended: all that was read is passed on. */
  end(): void {
    for (const bytes of this.#waiting.splice(0)) this.#pass(bytes);
  }

  /** Passes on what this turn has room for. */
  #next(): void {
    while (this.#left > 0) {
      const bytes = this.#waiting.shift();
      if (bytes === undefined) break;
      if (bytes.length > this.#left) this.#waiting.unshift(bytes.subarray(this.#left));
      const piece = bytes.subarray(0, this.#left);
      this.#left -= piece.length;
      this.#pass(piece);
    }
    this.#isArmed = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isArmed = false;
    this.#left = TURN;
    if (this.#waiting.length > 0) this.#next();
    else this.#socket.resume();
  }
}
