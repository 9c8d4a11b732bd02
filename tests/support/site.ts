/** The source location of a test that has no `test` call of its own: found on the stack, and by its name in the file. */
import { readFileSync } from "node:fs";

/** A source location. */
export interface Site {
  /** Absolute path. */
  readonly file: string;
  readonly line: number;
}

/** The first caller outside of this folder. */
export function callerSite(): Site {
  const frames = (new Error().stack ?? "").matchAll(/(\/[^\s()]*):(\d+):\d+/g);
  const sites = [...frames].map(([, file = "", line]) => ({ file, line: Number(line) }));
  return sites.find(({ file }) => !file.startsWith(import.meta.dir)) ?? sites[0] ?? { file: import.meta.path, line: 1 };
}

/** The row of a table with this name: below the call that uses the table, or anywhere in its file; else the call itself. */
export function rowSite(name: string, call: Site): Site {
  const lines = readFileSync(call.file, "utf8").split("\n");
  const has = (line: string): boolean => line.includes(JSON.stringify(name));
  const below = lines.findIndex((line, at) => at >= call.line - 1 && has(line));
  const at = below === -1 ? lines.findIndex(has) : below;
  return at === -1 ? call : { file: call.file, line: at + 1 };
}
