/**
 * Whether calls can be saved in a file, as `--check` and the start ask before anything else is done.
 *
 * Rules: what is wrong is one line; nothing is opened for writing, made or locked, since a gateway may be running with it. SQLite keeps
 * two more files beside it, so its folder is written, too (sqlite.org/wal.html). Left out: what is in the database, which the start says.
 */
import { access, constants, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "./words.ts";

/** What every SQLite file begins with (sqlite.org/fileformat.html, 1.3). */
const MAGIC = "SQLite format 3\0";

const WORDS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "its file system is read-only",
};

/** Why calls cannot be saved in this file; undefined where they can, or where it is yet to be made. */
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
  if (!known.isFile()) return "it is no file";
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
