/** The store of calls on disk, if any, and the exit of a process whose disk hangs. */
import { DiskStore } from "../actors/store/disk.ts";
import type { Config } from "../config.ts";

export function openStore({ calls: { store: file } }: Config): DiskStore | undefined {
  if (file === "") return undefined;
  const store = new DiskStore(file);
  // COMPAT Node 24: an exit waits for the threads, and that of the store for its disk
  process.on("exit", () => store.isWaiting && isNode && process.kill(process.pid, "SIGKILL"));
  return store;
}

const isNode = !("Bun" in globalThis || "Deno" in globalThis);
