/**
 * A store in memory, for tests and plays: what is in `rows` is there for the next gateway that is given the same rows.
 *
 * Rule: it takes and refuses what the store on disk does (table.ts), and holds texts, so that what a gateway changes later is not saved.
 */
import type { CallStore, Revisions, Saved } from "./store.ts";

/** By seat and name. */
export type Rows = Map<string, Map<string, Saved>>;

export class MemoryStore implements CallStore {
  readonly seat: string;
  readonly #rows: Map<string, Saved>;

  constructor(rows: Rows = new Map(), seat = "") {
    this.seat = seat;
    this.#rows = rows.get(seat) ?? new Map();
    rows.set(seat, this.#rows);
  }

  load(): Promise<readonly Saved[]> {
    return Promise.resolve([...this.#rows.values()]);
  }

  write(saves: ReadonlyMap<string, string>, ends: ReadonlySet<string>, revisions: Revisions): Promise<"ok" | "fenced"> {
    const isKnown = (id: string): boolean => (this.#rows.get(id)?.revision ?? 0) === (revisions.get(id) ?? 0);
    if (![...saves.keys(), ...ends].every(isKnown)) return Promise.resolve("fenced");
    for (const [id, text] of saves) this.#rows.set(id, { id, revision: (revisions.get(id) ?? 0) + 1, text });
    for (const id of ends) this.#rows.delete(id);
    return Promise.resolve("ok");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
