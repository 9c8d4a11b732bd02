/**
 * The table of saved calls in an SQLite file, for disk-worker.ts: its calls block on the disk.
 *
 * Rules: one process at a time uses the file (it is locked while it is open, and the system unlocks it when the process dies), so what
 * is in which row is known here, and no index is written; freed rows are used again first, so that few pages change; a batch is one
 * transaction, and synced: what is in the log before the table (batch-log.ts) may be lost in a power cut, the table never.
 */
import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Batch } from "./batch.ts";
import { OWNER_ALONE } from "./batch-log.ts";
import { layOut } from "./layout.ts";
import type { Loaded, Saved } from "./store.ts";

/** The fields of a row, which only we write, but which a file could contain in any form. */
const ROWS = `SELECT slot, CAST(id AS TEXT) AS id, CASE WHEN revision BETWEEN 1 AND ${2 ** 48} THEN CAST(revision AS INTEGER) ELSE 1 END AS revision`;
const NUMBERED = `slot BETWEEN 1 AND ${2 ** 48}`;
/** In characters; more than any call has. A longer text is read as an empty one. */
const LONGEST = 2 ** 22;
const TEXT = `CASE WHEN length(text) <= ${LONGEST} THEN CAST(text AS TEXT) ELSE '' END AS text`;

/** Where a record is. */
interface Place {
  readonly slot: number;
  readonly revision: number;
}

export class SavedTable {
  readonly #database: DatabaseSync;
  readonly #seat: string;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  /** By id, as the file is. */
  readonly #places = new Map<string, Place>();
  /** Freed slots. */
  readonly #free: number[] = [];
  #next = 1;

  /** Opens or creates the file, readable by its owner only; throws, in words, if that fails. */
  constructor(file: string, seat: string) {
    closeSync(openSync(file, "a", OWNER_ALONE));
    this.#seat = seat;
    this.#database = new DatabaseSync(file);
    try {
      layOut(this.#database);
      this.#find();
    } catch (error) {
      this.#database.close();
      throw new Error(`${file}: ${wordsOf(error)}`);
    }
    for (const each of [file, `${file}-wal`]) keepFromOthers(each);
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM saved WHERE slot = ?");
  }

  /** Finds the places of this seat's records, and the first slot that no seat uses. */
  #find(): void {
    const rows = this.#database.prepare(`${ROWS}, seat = ? AS isOurs FROM saved WHERE ${NUMBERED}`).all(this.#seat);
    for (const { slot, id, revision, isOurs } of rows) {
      this.#next = Math.max(this.#next, Number(slot) + 1);
      if (isOurs && !this.#places.has(String(id)))
        this.#places.set(String(id), { slot: Number(slot), revision: Number(revision) });
    }
  }

  load(): Loaded {
    const start = this.#begin();
    const rows = this.#database.prepare(`${ROWS}, ${TEXT} FROM saved WHERE seat = ? AND ${NUMBERED}`).all(this.#seat);
    const saved: Saved[] = [];
    for (const { slot, id, text } of rows) {
      const place = this.#places.get(String(id));
      if (place === undefined) continue;
      saved.push({ id: String(id), revision: place.revision, text: String(text) });
      // a second record with this id, which no batch could remove
      if (place.slot !== Number(slot)) this.#remove.run(Number(slot));
    }
    return { start, saved };
  }

  /** Counts a start; on disk before the count is used. */
  #begin(): number {
    const counted = this.#database
      .prepare(
        `INSERT INTO started (seat, starts) VALUES (?, 1)
         ON CONFLICT (seat) DO UPDATE SET starts = starts + 1 RETURNING starts`,
      )
      .get(this.#seat) as { starts: number };
    return counted.starts;
  }

  /** The store has compared the revisions (disk.ts); a batch that is written twice changes nothing. */
  write({ saves, ends }: Batch): void {
    const freed = ends.flatMap(({ id }) => this.#places.get(id)?.slot ?? []);
    const taken: number[] = [];
    const rows = saves.map(({ id, revision, text }) => {
      const slot = this.#places.get(id)?.slot ?? freed.pop() ?? this.#take(taken);
      return { id, text, place: { slot, revision: revision + 1 } };
    });
    let isDone = false;
    this.#database.exec("BEGIN");
    try {
      for (const { id, text, place } of rows) this.#put.run(place.slot, this.#seat, id, place.revision, text);
      for (const slot of freed) this.#remove.run(slot);
      this.#database.exec("COMMIT");
      isDone = true;
    } finally {
      for (const slot of isDone ? freed : taken) this.#free.push(slot);
      if (!isDone) this.#database.exec("ROLLBACK");
    }
    for (const { id } of ends) this.#places.delete(id);
    for (const { id, place } of rows) this.#places.set(id, place);
  }

  close(): void {
    this.#database.close();
  }

  /** A slot for a new record. */
  #take(taken: number[]): number {
    const slot = this.#free.pop() ?? this.#next++;
    taken.push(slot);
    return slot;
  }
}

/** Restricts a file of ours to its owner, even if it was created by other means. */
function keepFromOthers(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && (found.mode & 0o077) !== 0 && found.uid === process.getuid?.()) chmodSync(file, OWNER_ALONE);
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /locked/.test(text) ? "it is in use by another process" : text;
}
