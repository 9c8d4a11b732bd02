/** The thread that writes saved calls to disk (disk.ts), so that calls never wait for it. Each request has one answer, in order. */
import { parentPort, workerData } from "node:worker_threads";
import { readBatch } from "./batch.ts";
import { SavedTable } from "./table.ts";

/** The requests: a batch to write (batch.ts), or one of these. */
export type Asked = { readonly batch: string } | "load" | "close";

const { file, seat } = workerData as { readonly file: string; readonly seat: string };
let table: SavedTable | undefined;

function answer(asked: Asked): unknown {
  table ??= new SavedTable(file, seat);
  if (asked === "load") return table.load();
  if (asked === "close") return table.close();
  return table.write(readBatch(asked.batch));
}

parentPort?.on("message", (asked: Asked) => {
  try {
    parentPort?.postMessage({ done: answer(asked) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
