/**
 * The thread that has the table of saved calls (table.ts): it blocks on the disk, and calls never wait for it. It opens the file, which
 * locks it, and merges the logs that disk.ts has written (batch-log.ts) into the table. Each request has one answer, in order.
 */
import { existsSync, rmSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { merged } from "./batch.ts";
import { readLog } from "./batch-log.ts";
import { logsOf } from "./log-files.ts";
import { SavedTable } from "./table.ts";

/** The requests: a log to merge and remove, or one of these. */
export type Asked = { readonly merge: string } | "load" | "close";

const { file, seat } = workerData as { readonly file: string; readonly seat: string };
let table: SavedTable | undefined;

function answer(asked: Asked): unknown {
  table ??= new SavedTable(file, seat);
  if (asked !== "load" && asked !== "close") return merge(table, [asked.merge]);
  merge(table, logsOf(file));
  return asked === "load" ? table.load() : table.close();
}

/** Bytes; more than a log usually has. */
const USUAL = 2 ** 22 + 2 ** 18;
/** Where logs are read: memory that is touched for the first time costs more than the rest of a merge. */
let kept: Buffer | undefined;

/** In the order in which they were written. Removes a log only when the table is synced, so that a power cut loses neither. */
function merge(into: SavedTable, logs: readonly string[]): void {
  const found = logs.filter((log) => existsSync(log));
  if (found.length > 1) found.sort((one, other) => readLog(one).generation - readLog(other).generation);
  for (const log of found) {
    kept ??= Buffer.allocUnsafeSlow(USUAL);
    into.write(merged(readLog(log, kept).batches));
    rmSync(log);
  }
}

parentPort?.on("message", (asked: Asked) => {
  try {
    parentPort?.postMessage({ done: answer(asked) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
