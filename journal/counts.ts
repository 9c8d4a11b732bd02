/**
 * What all calls have done since the start: how often each state was entered and each way walked, how long calls stayed, how they ended,
 * what was refused. For the overview, and for what the charts cover.
 *
 * Rules: a step adds one to one number, and all else is made of these numbers when somebody asks. Keys are names of the chart and of
 * XEP-0166, so there are few of them; a peer's words only reach `refused calls` as a status.
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
  /** Calls refused before there was one, by wire, status and why. */
  readonly refusedCalls: Readonly<Record<string, number>>;
  /** Live calls, by state. */
  readonly now: Readonly<Record<string, number>>;
}

/** Reasons of refused calls that are told apart. */
const MOST_REASONS = 100;

/** From some states to others, by an event. */
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

  /** A call went on from some states to others; equal states are one list (states.ts). */
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

  /** Why is told as long as there are few reasons, since peers may make some up. */
  refusedCall(wire: string, status: string, why: string): void {
    const words = why === "" || why === status ? `${wire} ${status}` : `${wire} ${status}: ${why}`;
    const isKnown = this.#refusedCalls.has(words) || this.#refusedCalls.size < MOST_REASONS;
    add(this.#refusedCalls, isKnown ? words : `${wire} ${status}`);
  }

  /** A call is over; `last` are the states that it was in before. */
  ended(last: readonly string[], why: string, hasFailed: boolean): void {
    add(this.#ended, why);
    if (hasFailed) for (const state of last) add(this.#failed, state);
  }

  /** `live` are the states of each live call. */
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

/** From where to where, region by region. */
const movesOf = (before: readonly string[], after: readonly string[]): [from: string, to: string][] =>
  before.length === after.length ? after.map((to, at) => [before[at] ?? to, to]) : [[before[0] ?? "", after[0] ?? ""]];

const plain = (counts: ReadonlyMap<string, number>): Record<string, number> => Object.fromEntries(counts);

function add(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
