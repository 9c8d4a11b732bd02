/**
 * A store on disk: an SQLite file, written by a separate thread (disk-worker.ts).
 *
 * Rule: requests are answered in order; if the thread dies, all pending and later requests fail.
 */
import { Worker } from "node:worker_threads";
import { writeBatch } from "./batch.ts";
import type { Asked } from "./disk-worker.ts";
import type { CallStore, Loaded, Revisions } from "./store.ts";

interface Answer {
  readonly done?: unknown;
  readonly error?: string;
}
type Waiting = PromiseWithResolvers<unknown>;

export class DiskStore implements CallStore {
  readonly seat: string;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #fault: Error | undefined;

  constructor(file: string, seat = "") {
    this.seat = seat;
    this.#worker = new Worker(new URL("./disk-worker.ts", import.meta.url), { workerData: { file, seat } });
    this.#worker.on("message", (answer: Answer) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#died(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", () => this.#died(new Error("the thread of the store has ended")));
  }

  async load(): Promise<Loaded> {
    return (await this.#ask("load")) as Loaded;
  }

  async write(
    saves: ReadonlyMap<string, string>,
    ends: ReadonlySet<string>,
    revisions: Revisions,
  ): Promise<"ok" | "fenced"> {
    return (await this.#ask({ batch: writeBatch(saves, ends, revisions) })) as "ok" | "fenced";
  }

  async close(): Promise<void> {
    await this.#ask("close").catch(() => {});
    await this.#worker.terminate();
  }

  #ask(asked: Asked): Promise<unknown> {
    if (this.#fault) return Promise.reject(this.#fault);
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(asked);
    return waiting.promise;
  }

  #answered({ done, error }: Answer): void {
    const waiting = this.#waiting.shift();
    if (error === undefined) waiting?.resolve(done);
    else waiting?.reject(new Error(error));
  }

  #died(fault: Error): void {
    this.#fault ??= fault;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#fault);
  }
}
