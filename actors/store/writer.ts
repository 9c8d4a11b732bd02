/**
 * Writes records in the background of the calls, in batches (changes.ts).
 *
 * Rules: a caller that waits for its record is called back after a write at the end of the present turn, or after the next write if one is
 * under way. A change that nobody waits for, or an end, is written within `BATCH` milliseconds, with others if they go before. A failed batch
 * is repeated after `PAUSE`, with later changes. A batch that hangs counts as failed after `PATIENCE`, and nobody waits for it any longer. The
 * log reports the failure once, and the recovery once. When another gateway acts for the seat, `fenced` is called, once, and nothing more is
 * written.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Changes, type Save, type Taken } from "./changes.ts";
import type { CallStore, Loaded, Written } from "./store.ts";

/** Milliseconds. */
const BATCH = 5;
/** The age at which a change goes with a batch that is written for another one. */
const RIPE = 2;
const PAUSE = 1_000;
const PATIENCE = 1_000;

/** Saves records by id. */
export interface Saver {
  /** The number of this start of the gateway. */
  readonly start: number;
  /** The record has changed; `save` is called later. `written` is called once it is in the store, or cannot be written now. */
  changed(id: string, save: Save, written?: () => void): void;
  /** The record is removed. */
  ended(id: string): void;
}

export interface WriterNeeds {
  readonly store: CallStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Another gateway acts for this seat. */
  readonly fenced: () => void;
}

export class StoreWriter implements Saver {
  readonly #needs: WriterNeeds;
  readonly #changes = new Changes();
  start = 0;
  /** The revisions in the store. */
  readonly #revisions = new Map<string, number>();
  #disarm: (() => void) | undefined;
  /** When the next batch is due. */
  #due = Number.POSITIVE_INFINITY;
  #writing: Promise<void> | undefined;
  /** Whether a batch is written at the end of this turn. */
  #isSoon = false;
  #hasFailed = false;
  #isFenced = false;
  /** The number of changes in the batch that is being written. */
  #onItsWay = 0;

  constructor(needs: WriterNeeds) {
    this.#needs = needs;
  }

  /** The number of waiting changes. */
  get waiting(): number {
    return this.#changes.size;
  }

  /** The number of changes that are not in the store. */
  get unsaved(): number {
    return this.waiting + this.#onItsWay;
  }

  /** Sets the revisions as loaded. */
  know({ start, saved }: Loaded): void {
    this.start = start;
    for (const { id, revision } of saved) this.#revisions.set(id, revision);
  }

  changed(id: string, save: Save, written?: () => void): void {
    const { clock } = this.#needs;
    // nobody waits for a full disk, or postpones the next try
    this.#changes.changed(id, save, clock.now(), this.#hasFailed ? undefined : written);
    if (written === undefined || this.#hasFailed) this.#arm(this.#pause);
    else this.#writeSoon();
    if (this.#hasFailed) written?.();
  }

  ended(id: string): void {
    // a record being written has no revision yet
    const isSaved = this.#revisions.has(id) || this.#writing !== undefined;
    if (this.#changes.ended(id, isSaved)) this.#arm(this.#pause);
  }

  get #pause(): number {
    return this.#hasFailed ? PAUSE : BATCH;
  }

  /** Writes all waiting changes, and what changes meanwhile; settles when they are written, or have failed. */
  async flush(): Promise<void> {
    await this.#writing;
    while (this.waiting > 0 && !this.#isFenced) {
      this.#write(Number.POSITIVE_INFINITY);
      await this.#writing;
      if (this.#hasFailed) return;
    }
  }

  /** Writes a batch after this time, unless one is due before; during a write, the next batch waits for its end. */
  #arm(milliseconds: number): void {
    const { clock } = this.#needs;
    const due = clock.now() + milliseconds;
    if (due >= this.#due) return;
    this.#due = due;
    if (this.#writing || this.#isFenced) return;
    this.#disarm?.();
    this.#disarm = clock.after(milliseconds, () => this.#write());
  }

  /** Writes a batch at the end of this turn: the step of the call that waits is then complete. */
  #writeSoon(): void {
    if (this.#isSoon || this.#writing) return;
    this.#isSoon = true;
    queueMicrotask(() => {
      this.#isSoon = false;
      if (!this.#writing) this.#write();
    });
  }

  /** Arms the next batch, after one that is over. */
  #goOn(): void {
    const { clock } = this.#needs;
    const now = clock.now();
    const due = Math.min(this.#due, (this.#changes.oldest ?? Number.POSITIVE_INFINITY) + BATCH);
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#changes.isAwaited) this.#writeSoon();
    if (this.waiting > 0) this.#arm(this.#hasFailed ? PAUSE : Math.max(0, due - now));
  }

  /** Writes a batch; no other one is under way. */
  #write(until = this.#needs.clock.now() - RIPE): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#isFenced) return;
    const { store, log } = this.#needs;
    const batch = this.#changes.take(until, this.#revisions, log);
    if (batch.saves.size + batch.ends.size === 0) {
      tell(batch);
      return this.#goOn();
    }
    const outcome = tried(() => store.write(batch.saves, batch.ends, this.#revisions));
    if (outcome instanceof Promise) this.#writing = this.#await(batch, outcome);
    else this.#settled(batch, outcome);
  }

  async #await(batch: Taken, written: Promise<Written>): Promise<void> {
    this.#onItsWay = batch.saves.size + batch.ends.size;
    const disarm = this.#needs.clock.after(PATIENCE, () => this.#hangs(batch));
    const outcome = await written.catch((error: unknown) => ({ error }));
    disarm();
    this.#onItsWay = 0;
    this.#writing = undefined;
    this.#settled(batch, outcome);
  }

  #settled(batch: Taken, outcome: Written | Failure): void {
    if (typeof outcome === "string") this.#written(batch, outcome);
    else this.#failed(batch, outcome.error);
    this.#goOn();
  }

  #written(batch: Taken, written: Written): void {
    const { saves, ends } = batch;
    if (this.#hasFailed) this.#needs.log({ level: "info", event: "store.written", count: saves.size + ends.size });
    this.#hasFailed = false;
    if (written === "fenced") return this.#fence();
    for (const id of saves.keys()) this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1);
    for (const id of ends) this.#revisions.delete(id);
    tell(batch);
  }

  #failed(batch: Taken, error: unknown): void {
    this.#fails(String(error));
    this.#changes.again(batch);
    tell(batch);
  }

  /** The batch is not written in time: nobody waits for it, or for the next one. */
  #hangs(batch: Taken): void {
    this.#fails(`it does not answer within ${PATIENCE / 1_000} s`);
    tell(batch);
    tell({ callers: this.#changes.dismiss() });
  }

  #fails(why: string): void {
    if (!this.#hasFailed) this.#needs.log({ level: "error", event: "store.failed", error: why });
    this.#hasFailed = true;
  }

  #fence(): void {
    this.#isFenced = true;
    this.#needs.fenced();
  }
}

interface Failure {
  readonly error: unknown;
}

function tried<Result>(work: () => Result): Result | Failure {
  try {
    return work();
  } catch (error) {
    return { error };
  }
}

/** Tells each once. */
function tell({ callers }: Pick<Taken, "callers">): void {
  for (const written of callers.splice(0)) written();
}
