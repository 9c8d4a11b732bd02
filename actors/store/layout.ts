/**
 * The tables in the file of a store (table.ts), and their migration; `LAYOUT` is the version of the tables, not of the texts in them.
 *
 * Rule: a file of a newer layout is refused, and not touched.
 */
import type { DatabaseSync } from "node:sqlite";

const LAYOUT = 3;
/** Pages of the write-ahead log (16 MB) after which they are copied into the file, which syncs twice more. */
const CHECKPOINT = 4_000;

/** Layout 1 had an index of seats and ids; layout 2 had no log beside the file (batch-log.ts), which its readers would miss. */
const RENAME = "ALTER TABLE saved RENAME TO saved_1;";
const COPY = `INSERT INTO saved (seat, id, revision, text) SELECT seat, id, revision, text FROM saved_1; DROP TABLE saved_1;`;

/** Locks the file, and creates the tables or brings them up to date; throws if that fails. */
export function layOut(database: DatabaseSync): void {
  database.exec(
    `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA wal_autocheckpoint = ${CHECKPOINT}`,
  );
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > LAYOUT) throw new Error("it was written by a newer version of Carillon");
  database.exec(
    `BEGIN IMMEDIATE;
     ${version === 1 ? RENAME : ""}
     CREATE TABLE IF NOT EXISTS saved
       (slot INTEGER PRIMARY KEY, seat TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, text TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS started (seat TEXT PRIMARY KEY, starts INTEGER NOT NULL) WITHOUT ROWID;
     ${version === 1 ? COPY : ""}
     PRAGMA user_version = ${LAYOUT};
     COMMIT`,
  );
}
