/**
 * The table of saved calls in an SQLite file, for disk-worker.ts: its calls block on the disk.
 *
 * Rules: one process at a time uses the file (it is locked while it is open, and the system unlocks it when the process dies); a
 * batch is one transaction; write-ahead logging without a sync at each commit: everything that a killed process has written is there; a
 * power cut loses at most the last moments, and never the count of starts, on which CSeq numbers depend: only that is synced. `LAYOUT` is
 * the version of the table, not of the texts.
 */
import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Loaded } from "./store.ts";

const LAYOUT = 1;
/** A saved call contains media keys, and possibly an answer to a digest challenge. */
const OWNER_ALONE = 0o600;

/** Text, revision and id of each saved record; id and revision of each removed one. */
export interface Batch {
  readonly saves: readonly (readonly [text: string, revision: number, id: string])[];
  readonly ends: readonly (readonly [id: string, revision: number])[];
}

export class SavedTable {
  readonly #database: DatabaseSync;
  readonly #seat: string;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;

  /** Opens or creates the file, readable by its owner only; throws, in words, if that fails. */
  constructor(file: string, seat: string) {
    closeSync(openSync(file, "a", OWNER_ALONE));
    this.#seat = seat;
    this.#database = new DatabaseSync(file);
    try {
      this.#layOut();
    } catch (error) {
      this.#database.close();
      throw new Error(`${file}: ${wordsOf(error)}`);
    }
    for (const each of [file, `${file}-wal`]) keepFromOthers(each);
    this.#insert = this.#database.prepare("INSERT OR IGNORE INTO saved (seat, id, revision, text) VALUES (?, ?, 1, ?)");
    this.#update = this.#database.prepare(
      "UPDATE saved SET text = ?, revision = revision + 1 WHERE seat = ? AND id = ? AND revision = ?",
    );
    this.#delete = this.#database.prepare("DELETE FROM saved WHERE seat = ? AND id = ? AND revision = ?");
  }

  #layOut(): void {
    const database = this.#database;
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > LAYOUT) throw new Error("it was written by a newer version of Carillon");
    database.exec(
      `BEGIN IMMEDIATE;
       CREATE TABLE IF NOT EXISTS saved
         (seat TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (seat, id)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS started (seat TEXT PRIMARY KEY, starts INTEGER NOT NULL) WITHOUT ROWID;
       PRAGMA user_version = ${LAYOUT};
       COMMIT`,
    );
  }

  load(): Loaded {
    const start = this.#begin();
    const rows = this.#database.prepare("SELECT id, revision, text FROM saved WHERE seat = ?").all(this.#seat);
    const saved = rows.map(({ id, revision, text }) => ({
      id: String(id),
      revision: Number(revision),
      text: String(text),
    }));
    return { start, saved };
  }

  /** Counts a start; synced to disk before the count is used. */
  #begin(): number {
    this.#database.exec("PRAGMA synchronous = FULL");
    const counted = this.#database
      .prepare(
        `INSERT INTO started (seat, starts) VALUES (?, 1)
         ON CONFLICT (seat) DO UPDATE SET starts = starts + 1 RETURNING starts`,
      )
      .get(this.#seat) as { starts: number };
    this.#database.exec("PRAGMA synchronous = NORMAL");
    return counted.starts;
  }

  write({ saves, ends }: Batch): "ok" | "fenced" {
    this.#database.exec("BEGIN");
    let isDone = false;
    try {
      isDone = saves.every((each) => this.#save(...each)) && ends.every((each) => this.#end(...each));
    } finally {
      this.#database.exec(isDone ? "COMMIT" : "ROLLBACK");
    }
    return isDone ? "ok" : "fenced";
  }

  close(): void {
    this.#database.close();
  }

  #save(text: string, revision: number, id: string): boolean {
    const done =
      revision === 0 ? this.#insert.run(this.#seat, id, text) : this.#update.run(text, this.#seat, id, revision);
    return Number(done.changes) === 1;
  }

  #end(id: string, revision: number): boolean {
    return Number(this.#delete.run(this.#seat, id, revision).changes) === 1;
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
