/**
 * Whether calls can be saved in a file; `--check` and the start ask this first.
 *
 * Rules: a fault is one line; nothing is opened for writing, created or locked, since a gateway may be using the file. SQLite and
 * the log (actors/store/batch-log.ts) keep more files in the same folder, so the folder must be writable, too. Left out: the contents of the database, which
 * the start checks.
 */
import { access, constants, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./words.ts";

/** The first bytes of every SQLite file (sqlite.org/fileformat.html, 1.3). */
const MAGIC = "SQLite format 3\0";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system is read-only",
};

/** Why calls cannot be saved in this file; undefined if they can, also if the file does not exist yet. */
export async function whyNoStore(file: string): Promise<string | undefined> {
  const why = await faultOf(file).catch((error: unknown) => WORDS[codeOf(error)] ?? codeOf(error));
  return why === undefined ? undefined : `[calls] store ${file}: ${why}`;
}

async function faultOf(file: string): Promise<string | undefined> {
  const folder = dirname(file);
  if (!(await statOf(folder))?.isDirectory()) return `there is no folder ${folder}`;
  await access(folder, constants.W_OK | constants.X_OK);
  const known = await statOf(file);
  if (known === undefined) return undefined;
  if (!known.isFile()) return "it is not a file";
  await access(file, constants.R_OK | constants.W_OK);
  return known.size === 0 || (await beginningOf(file)) === MAGIC ? undefined : "file is not a database";
}

const statOf = (path: string) =>
  stat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  });

async function beginningOf(file: string): Promise<string> {
  const opened = await open(file, "r");
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await opened.close();
  }
}
