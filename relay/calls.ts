/**
 * The relay's calls, by the name that the gateway gives them, and their end.
 *
 * Rules: the commands of one call are executed one after the other; a call is dead if it has had media and neither a packet nor an ICE
 * check has come for `SILENT`, or if it has had no media for `LONGEST_RINGING`: the gateway that would have deleted it is gone,
 * or both ends are. Bounds: `most` calls, and `MOST_WAITING` commands of one.
 */
import type { Clock } from "../actors/clock.ts";
import type { RelayCall } from "./call.ts";
import { RelayError } from "./relay-error.ts";

/** Milliseconds. */
const SILENT = 60_000;
const LONGEST_RINGING = 3_600_000;
const LOOK = 5_000;
const MOST_WAITING = 16;

interface Entry {
  readonly call: RelayCall;
  /** The last command, and the number of pending ones. */
  last: Promise<unknown>;
  waiting: number;
}

export interface CallsNeeds {
  readonly clock: Clock;
  readonly most: number;
  readonly make: (name: string) => RelayCall;
  readonly dead: (name: string) => void;
  readonly ended: (name: string, call: RelayCall) => void;
  /** Called when the last call has ended. */
  readonly empty: () => void;
}

export class RelayCalls {
  readonly #needs: CallsNeeds;
  readonly #entries = new Map<string, Entry>();
  #disarm: () => void = () => {};

  constructor(needs: CallsNeeds) {
    this.#needs = needs;
  }

  start(): void {
    this.#disarm = this.#needs.clock.after(LOOK, () => this.#look());
  }

  stop(): void {
    this.#disarm();
    for (const name of this.#entries.keys()) this.end(name);
  }

  get size(): number {
    return this.#entries.size;
  }

  names(most: number): string[] {
    return [...this.#entries.keys()].slice(0, most);
  }

  get(name: string): RelayCall | undefined {
    return this.#entries.get(name)?.call;
  }

  /** Runs a job on a call when its turn comes; with `begins` the call is created if there is none. Throws `RelayError`. */
  async do<Done>(name: string, begins: boolean, job: (call: RelayCall) => Promise<Done>): Promise<Done> {
    const entry = this.#entries.get(name) ?? this.#begun(name, begins);
    if (entry.waiting >= MOST_WAITING) throw new RelayError("too many commands of this call wait");
    entry.waiting++;
    const done = entry.last.then(() => job(entry.call)).finally(() => entry.waiting--);
    entry.last = done.catch(() => {});
    return done;
  }

  /** Ends a call; false if there was none. */
  end(name: string): boolean {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    entry?.call.close();
    if (entry) this.#needs.ended(name, entry.call);
    if (entry && this.#entries.size === 0) this.#needs.empty();
    return entry !== undefined;
  }

  #begun(name: string, begins: boolean): Entry {
    if (!begins) throw new RelayError("Unknown call-id");
    if (this.#entries.size >= this.#needs.most) throw new RelayError("too many calls");
    const entry = { call: this.#needs.make(name), last: Promise.resolve(), waiting: 0 };
    this.#entries.set(name, entry);
    return entry;
  }

  #look(): void {
    const now = this.#needs.clock.now();
    for (const [name, { call }] of [...this.#entries]) {
      const { lively, created } = call.traffic;
      const isDead = lively === undefined ? now - created >= LONGEST_RINGING : now - lively >= SILENT;
      if (!isDead) continue;
      this.#needs.dead(name);
      this.end(name);
    }
    this.start();
  }
}
