/**
 * What all calls have done since the start: how often each state was entered and each way walked, how long calls stayed, how they ended,
 * what was refused. For the overview, and for what the charts cover.
 *
 * Keys are names of the chart and of XEP-0166, so there are few of them; a peer's words only reach `refused calls` as a status.
 */

/** Counts by name, as JSON. */
export interface CountsView {
  readonly calls: number;
  readonly answered: number;
  readonly live: number;
  /** By state. */
  readonly entered: Readonly<Record<string, number>>;
  /** Milliseconds spent in a state by calls that have left it, by state. */
  readonly stayed: Readonly<Record<string, number>>;
  /** By `from>to`, leaf states; nothing stands before `>` where a call begins. */
  readonly walked: Readonly<Record<string, number>>;
  /** By state and event: `from event>to`. */
  readonly ways: Readonly<Record<string, number>>;
  /** By the condition of the reason. */
  readonly ended: Readonly<Record<string, number>>;
  /** By the state in which a call failed. */
  readonly failed: Readonly<Record<string, number>>;
  /** Events that the chart did not take, by their names. */
  readonly refused: Readonly<Record<string, number>>;
  /** Calls refused before there was one, by wire and status. */
  readonly refusedCalls: Readonly<Record<string, number>>;
  /** Live calls, by state. */
  readonly now: Readonly<Record<string, number>>;
}

export class Counts {
  #calls = 0;
  #answered = 0;
  readonly #entered = new Map<string, number>();
  readonly #stayed = new Map<string, number>();
  readonly #walked = new Map<string, number>();
  readonly #ways = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #refusedCalls = new Map<string, number>();
  readonly #now = new Map<string, number>();

  begun(): void {
    this.#calls++;
  }

  answered(): void {
    this.#answered++;
  }

  /** A call went on from some states to others; `times` says since when it was in the first. */
  stepped(before: readonly string[], after: readonly string[], event: string): void {
    const moves =
      before.length === after.length ? after.map((to, at) => [before[at] ?? to, to]) : [[before[0], after[0]]];
    for (const [from = "", to] of moves) if (to !== undefined) this.#move(from, to, event);
    for (const state of after) if (!before.includes(state)) this.#in(state);
    for (const state of before) if (!after.includes(state)) this.#out(state);
  }

  stayed(state: string, milliseconds: number): void {
    add(this.#stayed, state, milliseconds);
  }

  refused(event: string): void {
    add(this.#refused, event);
  }

  refusedCall(wire: string, status: string): void {
    add(this.#refusedCalls, `${wire} ${status}`);
  }

  /** A call is over; `last` are the states that it was in before. */
  ended(last: readonly string[], why: string, hasFailed: boolean): void {
    add(this.#ended, why);
    for (const state of ["ended", ...last]) this.#out(state);
    if (hasFailed) for (const state of last) add(this.#failed, state);
  }

  get view(): CountsView {
    const plain = (counts: ReadonlyMap<string, number>): Record<string, number> => Object.fromEntries(counts);
    const now = plain(this.#now);
    return {
      calls: this.#calls,
      answered: this.#answered,
      live: this.#calls - [...this.#ended.values()].reduce((sum, count) => sum + count, 0),
      entered: plain(this.#entered),
      stayed: plain(this.#stayed),
      walked: plain(this.#walked),
      ways: plain(this.#ways),
      ended: plain(this.#ended),
      failed: plain(this.#failed),
      refused: plain(this.#refused),
      refusedCalls: plain(this.#refusedCalls),
      now,
    };
  }

  #move(from: string, to: string, event: string): void {
    if (from !== to) add(this.#walked, `${from}>${to}`);
    add(this.#ways, `${from} ${event}>${to}`);
  }

  #in(state: string): void {
    add(this.#entered, state);
    add(this.#now, state);
  }

  #out(state: string): void {
    const left = (this.#now.get(state) ?? 0) - 1;
    if (left > 0) this.#now.set(state, left);
    else this.#now.delete(state);
  }
}

function add(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
