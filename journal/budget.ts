/**
 * The bytes that all calls may weigh together, and each user's part of them.
 *
 * Rules: where the budget is used up the call that ended longest ago goes; but where a user has more than `PART` of it, that user's goes first,
 * and if none of them is over, what lives of that user leaves things out: nobody's many calls push out those of others. Bound: a part for
 * each user who has calls here.
 */

/** Of the budget. */
const PART = 1 / 8;

/** A user's calls. */
export interface Part<Call> {
  readonly user: string;
  weight: number;
  /** How many there are. */
  calls: number;
  /** Those that are over, the one that ended first first; made when the first is. */
  over?: Set<Call>;
}

/** What is weighed. */
export interface Weighed<Call> {
  readonly part: Part<Call>;
  readonly weight: number;
}

export class Budget<Call extends Weighed<Call>> {
  readonly #most: number;
  /** A call gives way: it is to be forgotten. */
  readonly #goes: (call: Call) => void;
  readonly #parts = new Map<string, Part<Call>>();
  /** Those above what is theirs that have calls that are over. */
  readonly #large = new Set<Part<Call>>();
  /** All that are over, the one that ended first first. */
  readonly #over = new Set<Call>();
  /** What all weigh. */
  weight = 0;

  constructor(most: number, goes: (call: Call) => void) {
    this.#most = most;
    this.#goes = goes;
  }

  /** The part of a user who has one call more. */
  begin(user: string): Part<Call> {
    const part = this.#parts.get(user) ?? { user, weight: 0, calls: 0 };
    part.calls++;
    this.#parts.set(user, part);
    return part;
  }

  /** It has one call less. */
  leave(part: Part<Call>): void {
    part.calls--;
    if (part.calls === 0) this.#parts.delete(part.user);
  }

  /** A call is over. */
  end(call: Call): void {
    this.#over.add(call);
    const { part } = call;
    part.over ??= new Set();
    part.over.add(call);
    this.#judge(part);
    this.weigh(part, 0);
  }

  /** Takes weight on, and lets calls go until there is room; false when there is none. */
  weigh(part: Part<Call>, bytes: number): boolean {
    this.#put(part, bytes);
    while (this.weight > this.#most) {
      const oldest = this.#oldest(part);
      if (oldest === undefined) break;
      this.#forget(oldest);
    }
    if (bytes <= 0 || this.weight <= this.#most) return this.weight <= this.#most;
    this.#put(part, -bytes);
    return false;
  }

  /** The call that gives way to one of this part. */
  #oldest(part: Part<Call>): Call | undefined {
    for (const { over } of this.#large) for (const call of over ?? []) return call;
    if (this.#isLarge(part)) return undefined;
    for (const call of this.#over) return call;
    return undefined;
  }

  #forget(call: Call): void {
    const { part, weight } = call;
    this.#over.delete(call);
    part.over?.delete(call);
    this.#put(part, -weight);
    this.leave(part);
    this.#goes(call);
  }

  #put(part: Part<Call>, bytes: number): void {
    this.weight += bytes;
    part.weight += bytes;
    this.#judge(part);
  }

  #judge(part: Part<Call>): void {
    if (part.over && part.over.size > 0 && this.#isLarge(part)) this.#large.add(part);
    else if (this.#large.size > 0) this.#large.delete(part);
  }

  #isLarge({ weight }: Part<Call>): boolean {
    return weight > this.#most * PART;
  }
}
