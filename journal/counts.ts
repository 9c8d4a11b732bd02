/**
 * Counters over all calls since the start: states entered, transitions taken, time spent in states, reasons of ended calls, refusals.
 * For the overview and for coverage of the charts.
 *
 * Rules: a step increments one counter, and all views are computed from the counters on demand. Keys are names of the chart and of
 * XEP-0166, so there are few; text from a peer appears only in `refused calls`, which is bounded.
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
  /** By `from>to`, leaf states; empty before `>` for the beginning of a call. */
  readonly walked: Readonly<Record<string, number>>;
  /** By state and event: `from event>to`. */
  readonly ways: Readonly<Record<string, number>>;
  /** By reason condition. */
  readonly ended: Readonly<Record<string, number>>;
  /** By the state in which a call failed. */
  readonly failed: Readonly<Record<string, number>>;
  /** Events that the chart did not accept, by name. */
  readonly refused: Readonly<Record<string, number>>;
  /** Calls refused before they were created, by wire, status and reason. */
  readonly refusedCalls: Readonly<Record<string, number>>;
  /** Live calls, by state. */
  readonly now: Readonly<Record<string, number>>;
}

/** Number of distinct reasons of refused calls. */
const MOST_REASONS = 100;

/** A transition between sets of states, by an event. */
interface Way {
  readonly before: readonly string[];
  readonly event: string;
  readonly after: readonly string[];
  times: number;
}

export class Counts {
  #calls = 0;
  #answered = 0;
  /** By event. */
  readonly #ways = new Map<string, Way[]>();
  readonly #stayed = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #refused = new Map<string, number>();
  readonly #refusedCalls = new Map<string, number>();

  begun(): void {
    this.#calls++;
  }

  answered(): void {
    this.#answered++;
  }

  /** A step of a call; equal lists of states are one object (states.ts). */
  stepped(before: readonly string[], after: readonly string[], event: string): void {
    const ways = this.#ways.get(event) ?? [];
    for (const way of ways) if (way.before === before && way.after === after) return void way.times++;
    this.#ways.set(event, [...ways, { before, event, after, times: 1 }]);
  }

  stayed(states: readonly string[], milliseconds: number): void {
    for (const state of states) add(this.#stayed, state, milliseconds);
  }

  refused(event: string): void {
    add(this.#refused, event);
  }

  /** The reason is part of the key up to a limit, since peers may invent reasons. */
  refusedCall(wire: string, status: string, why: string): void {
    const words = why === "" || why === status ? `${wire} ${status}` : `${wire} ${status}: ${why}`;
    const isKnown = this.#refusedCalls.has(words) || this.#refusedCalls.size < MOST_REASONS;
    add(this.#refusedCalls, isKnown ? words : `${wire} ${status}`);
  }

  /** A call has ended; `last` are the states before that. */
  ended(last: readonly string[], why: string, hasFailed: boolean): void {
    add(this.#ended, why);
    if (hasFailed) for (const state of last) add(this.#failed, state);
  }

  /** `live`: the states of each live call. */
  view(live: readonly (readonly string[])[]): CountsView {
    const [entered, walked, ways, now] = [1, 2, 3, 4].map(() => new Map<string, number>()) as Four;
    for (const { before, event, after, times } of [...this.#ways.values()].flat()) {
      for (const [from, to] of movesOf(before, after)) {
        if (from !== to) add(walked, `${from}>${to}`, times);
        add(ways, `${from} ${event}>${to}`, times);
      }
      for (const state of after) if (!before.includes(state)) add(entered, state, times);
    }
    for (const state of live.flat()) add(now, state);
    return {
      calls: this.#calls,
      answered: this.#answered,
      live: live.length,
      entered: plain(entered),
      stayed: plain(this.#stayed),
      walked: plain(walked),
      ways: plain(ways),
      ended: plain(this.#ended),
      failed: plain(this.#failed),
      refused: plain(this.#refused),
      refusedCalls: plain(this.#refusedCalls),
      now: plain(now),
    };
  }
}

type Four = [Map<string, number>, Map<string, number>, Map<string, number>, Map<string, number>];

/** Pairs of states, region by region. */
const movesOf = (before: readonly string[], after: readonly string[]): [from: string, to: string][] =>
  before.length === after.length ? after.map((to, at) => [before[at] ?? to, to]) : [[before[0] ?? "", after[0] ?? ""]];

const plain = (counts: ReadonlyMap<string, number>): Record<string, number> => Object.fromEntries(counts);

function add(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
