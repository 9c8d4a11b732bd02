/**
 * A store on disk: batches are appended to a log (batch-log.ts), which a thread merges into an SQLite file (disk-worker.ts).
 *
 * Rules: an append takes some microseconds, so calls wait for it; while the disk is slow (pace.ts) a thread of the runtime appends. A
 * log of `FULL` bytes is merged while the other one is written. Where that fails the log grows to `MOST`, and batches fail
 * then. The thread's requests are answered in order; if it dies, all pending and later requests and batches fail.
 */
import { Worker } from "node:worker_threads";
import { bodyOf } from "./batch.ts";
import { BatchLog } from "./batch-log.ts";
import type { Asked } from "./disk-worker.ts";
import { logOf } from "./log-files.ts";
import { Pace } from "./pace.ts";
import { areKnown, type CallStore, type Loaded, type Revisions, type Written } from "./store.ts";

/** Bytes. */
const FULL = 2 ** 22;
const MOST = 2 ** 26;
/** Milliseconds for which all calls may wait for the disk. */
const SLOW = 20;

interface Answer {
  readonly done?: unknown;
  readonly error?: string;
}
type Waiting = PromiseWithResolvers<unknown>;

/** When logs are merged, and which write is slow. */
export interface DiskLimits {
  readonly full: number;
  readonly most: number;
  readonly slow: number;
}
const LIMITS: DiskLimits = { full: FULL, most: MOST, slow: SLOW };

export class DiskStore implements CallStore {
  readonly seat: string;
  readonly #file: string;
  readonly #limits: DiskLimits;
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #fault: Error | undefined;
  readonly #pace: Pace;
  #revisions = new Map<string, number>();
  /** Undefined before the file is loaded, and once it is closed. */
  #log: BatchLog | undefined;
  #generation = 0;
  /** A log that is to be merged, and whether it is being merged, and why it could not be. */
  #old: string | undefined;
  #isMerging = false;
  #unmerged: string | undefined;
  /** The size at which the log is turned over, or the old one tried again. */
  #due: number;

  constructor(file: string, seat = "", limits: Partial<DiskLimits> = {}) {
    this.seat = seat;
    this.#file = file;
    this.#limits = { ...LIMITS, ...limits };
    this.#due = this.#limits.full;
    this.#pace = new Pace(this.#limits.slow);
    this.#worker = new Worker(new URL("./disk-worker.ts", import.meta.url), { workerData: { file, seat } });
    this.#worker.on("message", (answer: Answer) => this.#answered(answer));
    this.#worker.on("error", (error) => this.#died(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", () => this.#died(new Error("the thread of the store has ended")));
  }

  /** Whether the thread has not answered yet. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  async load(): Promise<Loaded> {
    this.#leaveLog();
    const loaded = (await this.#ask("load")) as Loaded;
    this.#revisions = new Map(loaded.saved.map(({ id, revision }) => [id, revision]));
    this.#log = this.#nextLog();
    return loaded;
  }

  write(
    saves: ReadonlyMap<string, string>,
    ends: ReadonlySet<string>,
    revisions: Revisions,
  ): Written | Promise<Written> {
    const known = (id: string): number => this.#revisions.get(id) ?? 0;
    if (!areKnown(saves.keys(), revisions, known) || !areKnown(ends, revisions, known)) return "fenced";
    const log = this.#usable();
    const body = bodyOf(saves, ends, revisions);
    const begun = performance.now();
    const done = (): Written => {
      this.#pace.took(begun, performance.now());
      for (const id of saves.keys()) this.#revisions.set(id, known(id) + 1);
      for (const id of ends) this.#revisions.delete(id);
      if (log.size >= this.#due) this.#turnOver(log);
      return "ok";
    };
    if (this.#pace.isSlow(begun)) return log.appendLater(body).then(done);
    log.append(body);
    return done();
  }

  async close(): Promise<void> {
    this.#leaveLog();
    await this.#ask("close").catch(() => {});
    await this.#worker.terminate();
  }

  /** The log, if it may be written; throws otherwise. */
  #usable(): BatchLog {
    if (this.#fault) throw this.#fault;
    if (this.#log === undefined) throw new Error("the store is not loaded");
    const { most } = this.#limits;
    if (this.#log.size >= most) this.#turnOver(this.#log);
    if (this.#log.size < most) return this.#log;
    throw new Error(`its log is full: ${this.#unmerged ?? "it is still being merged"}`);
  }

  #nextLog(): BatchLog {
    const generation = this.#generation + 1;
    const log = new BatchLog(logOf(this.#file, generation), generation);
    this.#generation = generation;
    return log;
  }

  #leaveLog(): void {
    this.#log?.close();
    this.#log = undefined;
    this.#due = this.#limits.full;
  }

  /** Goes on in the other log, and has this one merged; or tries that again, if the other one is not merged yet. */
  #turnOver(log: BatchLog): void {
    this.#due = log.size + this.#limits.full;
    try {
      if (this.#old === undefined) {
        this.#log = this.#nextLog();
        this.#old = log.file;
        this.#due = this.#limits.full;
        log.close();
      }
      this.#mergeOld();
    } catch (error) {
      this.#unmerged = textOf(error);
    }
  }

  #mergeOld(): void {
    if (this.#isMerging || this.#old === undefined) return;
    this.#isMerging = true;
    const settled = (old: string | undefined, why?: unknown): void => {
      this.#isMerging = false;
      this.#old = old;
      this.#unmerged = why === undefined ? undefined : textOf(why);
    };
    const old = this.#old;
    this.#ask({ merge: old }).then(
      () => settled(undefined),
      (error: unknown) => settled(old, error),
    );
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

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
