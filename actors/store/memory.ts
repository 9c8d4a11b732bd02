/**
 * A store in memory, for tests and plays: the contents of `rows` remain for the next gateway with the same rows.
 *
 * Rule: it accepts and refuses what the store on disk does (disk.ts), and holds texts, so that later changes by a gateway are not saved.
 */
import { areKnown, type CallStore, type Loaded, type Revisions, type Saved, type Written } from "./store.ts";

/** By seat and id. */
export class Rows extends Map<string, Map<string, Saved>> {
  /** The number of starts of each seat. */
  readonly starts = new Map<string, number>();
}

export class MemoryStore implements CallStore {
  readonly seat: string;
  readonly #rows: Map<string, Saved>;
  readonly #starts: Map<string, number>;

  constructor(rows = new Rows(), seat = "") {
    this.seat = seat;
    this.#starts = rows.starts;
    this.#rows = rows.get(seat) ?? new Map();
    rows.set(seat, this.#rows);
  }

  load(): Promise<Loaded> {
    const start = (this.#starts.get(this.seat) ?? 0) + 1;
    this.#starts.set(this.seat, start);
    return Promise.resolve({ start, saved: [...this.#rows.values()] });
  }

  write(
    saves: ReadonlyMap<string, string>,
    ends: ReadonlySet<string>,
    revisions: Revisions,
  ): Written | Promise<Written> {
    const known = (id: string): number => this.#rows.get(id)?.revision ?? 0;
    if (!areKnown(saves.keys(), revisions, known) || !areKnown(ends, revisions, known)) return "fenced";
    for (const [id, text] of saves) this.#rows.set(id, { id, revision: (revisions.get(id) ?? 0) + 1, text });
    for (const id of ends) this.#rows.delete(id);
    return "ok";
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
