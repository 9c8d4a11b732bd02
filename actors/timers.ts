/**
 * Many deadlines with one timer of the clock: a binary heap of deadlines, the earliest on top.
 *
 * Setting, moving and dropping a deadline cost the logarithm of their number; a dropped one leaves no entry,
 * so the heap is never larger than its owner's table. Deadlines at the same instant fire in any order.
 */
import type { Clock } from "./clock.ts";

/** Something with a deadline: an instant, or Infinity for none. */
export interface Timed {
  deadline: number;
  /** Its index in the heap, or -1; for the heap's own use. */
  place: number;
}

const nothing = (): void => {};

export class Timers<Owner extends Timed> {
  readonly #clock: Clock;
  readonly #due: (owner: Owner) => void;
  readonly #heap: Owner[] = [];
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: () => void = nothing;
  /** One function for all timers of the clock: one comes and goes with most calls. */
  readonly #fired = (): void => this.#run();
  #running = false;

  constructor(clock: Clock, due: (owner: Owner) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  /** Replaces the owner's deadline. */
  set(owner: Owner, deadline: number): void {
    owner.deadline = deadline;
    if (deadline === Number.POSITIVE_INFINITY) {
      this.#remove(owner);
    } else {
      if (owner.place < 0) {
        owner.place = this.#heap.length;
        this.#heap.push(owner);
      }
      this.#down(this.#up(owner.place));
    }
    if (!this.#running) this.#arm();
  }

  /** Drops all deadlines. */
  clear(): void {
    for (const owner of this.#heap) owner.place = -1;
    this.#heap.length = 0;
    this.#arm();
  }

  /**
   * Keeps one timer of the clock, at the earliest deadline or before it: most deadlines are dropped before they fire, and a
   * timer that finds nothing due costs less than moving it each time.
   */
  #arm(): void {
    const first = this.#heap[0]?.deadline ?? Number.POSITIVE_INFINITY;
    if (first === this.#armedFor || (this.#armedFor < first && this.#heap.length > 0)) return;
    this.#disarm();
    this.#disarm = nothing;
    this.#armedFor = first;
    if (first !== Number.POSITIVE_INFINITY) {
      this.#disarm = this.#clock.after(Math.max(0, Math.ceil(first - this.#clock.now())), this.#fired);
    }
  }

  #run(): void {
    this.#armedFor = Number.POSITIVE_INFINITY;
    this.#running = true;
    try {
      const now = this.#clock.now();
      for (let first = this.#heap[0]; first !== undefined && first.deadline <= now; first = this.#heap[0]) {
        this.#remove(first);
        this.#due(first);
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
  }

  #remove(owner: Owner): void {
    const place = owner.place;
    if (place < 0) return;
    owner.place = -1;
    const last = this.#heap.pop()!;
    if (last === owner) return;
    this.#put(last, place);
    this.#down(this.#up(place));
  }

  #up(from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#heap[parent]!.deadline <= this.#heap[place]!.deadline) break;
      this.#swap(place, parent);
      place = parent;
    }
    return place;
  }

  #down(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      let least = place;
      if (left < this.#heap.length && this.#heap[left]!.deadline < this.#heap[least]!.deadline) least = left;
      if (right < this.#heap.length && this.#heap[right]!.deadline < this.#heap[least]!.deadline) least = right;
      if (least === place) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one]!;
    this.#put(this.#heap[other]!, one);
    this.#put(first, other);
  }

  #put(owner: Owner, place: number): void {
    this.#heap[place] = owner;
    owner.place = place;
  }
}
