/**
 * Whether the disk is too slow to be waited for: a write that takes long holds up all calls, so the next ones are made by another thread.
 *
 * Rule: a disk is slow from a slow write on, until none has been slow for `CALM`; so the calls wait for it at most once in that time.
 */

/** Milliseconds. */
const CALM = 1_000;

export class Pace {
  /** Milliseconds that a write may take. */
  readonly #most: number;
  #slowUntil = Number.NEGATIVE_INFINITY;

  constructor(most: number) {
    this.#most = most;
  }

  isSlow(now: number): boolean {
    return now < this.#slowUntil;
  }

  /** A write has taken this long. */
  took(begun: number, now: number): void {
    if (now - begun >= this.#most) this.#slowUntil = now + CALM;
  }
}
