/**
 * The journal's budget in bytes, shared by all calls, and each user's share.
 *
 * Rules: when the budget is used up, the call that ended longest ago is dropped; but if a user has more than `PART` of it, that user's
 * calls are dropped first, and if none of these has ended, the user's live calls discard entries: one user's many calls never displace
 * those of others. Bound: one share for each user with calls in the journal.
 */

/** A user's fair share, as a fraction of the budget. */
const PART = 1 / 8;

/** The share of a user. */
export interface Part<Call> {
  readonly user: string;
  weight: number;
  /** Number of calls. */
  calls: number;
  /** Ended calls, first to end first; created with the first of them. */
  over?: Set<Call>;
}

/** A call with its weight. */
export interface Weighed<Call> {
  readonly part: Part<Call>;
  readonly weight: number;
}

export class Budget<Call extends Weighed<Call>> {
  readonly #most: number;
  /** Called for a call to be dropped. */
  readonly #goes: (call: Call) => void;
  readonly #parts = new Map<string, Part<Call>>();
  /** Shares above `PART` with ended calls. */
  readonly #large = new Set<Part<Call>>();
  /** All ended calls, first to end first. */
  readonly #over = new Set<Call>();
  /** Weight of all calls in bytes. */
  weight = 0;

  constructor(most: number, goes: (call: Call) => void) {
    this.#most = most;
    this.#goes = goes;
  }

  /** The share of a user, with one more call. */
  begin(user: string): Part<Call> {
    const part = this.#parts.get(user) ?? { user, weight: 0, calls: 0 };
    part.calls++;
    this.#parts.set(user, part);
    return part;
  }

  /** Removes one call from a share. */
  leave(part: Part<Call>): void {
    part.calls--;
    if (part.calls === 0) this.#parts.delete(part.user);
  }

  /** A call has ended. */
  end(call: Call): void {
    this.#over.add(call);
    const { part } = call;
    part.over ??= new Set();
    part.over.add(call);
    this.#judge(part);
    this.weigh(part, 0);
  }

  /** Adds weight, and drops calls until there is room; returns false if there is none. */
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

  /** The next call to drop in favour of one of this share. */
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
