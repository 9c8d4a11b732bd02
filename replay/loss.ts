/**
 * Which datagrams of a lossy play are lost: 30 %, both ways, the same ones in every run, since the play's text seeds the choice.
 *
 * Bound: the same datagram is lost at most `OFTENEST` times.
 */
import { createChance, seedOf } from "./chance.ts";

const LOSS = 0.3;
/** Most losses of the same datagram: a play is about loss, not about giving up after 32 seconds (RFC 3261 §17.1.1.2). */
const OFTENEST = 4;

export class Loss {
  readonly isLossy: boolean;
  /** Random numbers, from the first text on. */
  #chance: (() => number) | undefined;
  /** Losses of each datagram. */
  readonly #lost = new Map<string, number>();

  constructor(isLossy: boolean) {
    this.isLossy = isLossy;
  }

  /** A text is played: the first one seeds the choice. */
  begins(script: string): void {
    if (this.isLossy) this.#chance ??= createChance(seedOf(script));
  }

  /** Whether to lose a datagram this time. */
  loses(text: string): boolean {
    const times = this.#lost.get(text) ?? 0;
    if (times === OFTENEST || this.#chance === undefined || this.#chance() >= LOSS) return false;
    this.#lost.set(text, times + 1);
    return true;
  }
}
