/**
 * Temporary folders of tests, and their removal.
 *
 * Rules: a folder is removed by `removeFolder`; whatever a failed or killed test leaves is removed by `removeFolders` after the run of a
 * test file (remove-folders.ts), and at the exit of a program that is no test. Left out: tests/lab, whose folders are in a mount of
 * its own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made = new Set<string>();

/** The path of a new folder `carillon-<name>-…`. */
export function makeFolder(name: string, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `carillon-${name}-`));
  made.add(folder);
  return folder;
}

/** Removes a folder with its files; a process that still writes there is given another try. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  made.delete(folder);
}

export function removeFolders(): void {
  for (const folder of made) removeFolder(folder);
}

process.on("exit", removeFolders);
