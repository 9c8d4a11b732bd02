/**
 * Writes records in the background of the calls: the latest state of each, in batches.
 *
 * Rules: a change waits at most `BATCH` milliseconds, unless a batch is being written; then it is in the next one. An end starts no batch
 * of its own for `LATER`, since a batch costs ten times as much as a record in it. A record that ends before it was saved is never written.
 * A caller may ask for a callback after the write, and waits for `SOON` and the write. A failed batch
 * is repeated after `PAUSE`, with later changes; the log reports the failure once, and the recovery once; at most one
 * entry per call waits. When another gateway acts for the seat, `fenced` is called, once, and
 * nothing more is written.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CallStore, Loaded } from "./store.ts";

/** Milliseconds. */
const BATCH = 5;
/** The same, if a caller waits for it, and for a record that ends. */
const SOON = 3;
const LATER = 25;
const PAUSE = 1_000;

/** Returns the state to save, at the time of writing; undefined if there is nothing to save any more. */
export type Save = () => object | undefined;

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
  #changed = new Map<string, Save>();
  #ended = new Set<string>();
  /** The callbacks of the next batch. */
  #waiting: (() => void)[] = [];
  start = 0;
  /** The revisions in the store. */
  readonly #revisions = new Map<string, number>();
  #disarm: (() => void) | undefined;
  /** When the next batch is due. */
  #due = Number.POSITIVE_INFINITY;
  #writing: Promise<void> | undefined;
  #hasFailed = false;
  #isFenced = false;

  constructor(needs: WriterNeeds) {
    this.#needs = needs;
  }

  /** The number of waiting changes. */
  get waiting(): number {
    return this.#changed.size + this.#ended.size;
  }

  /** Sets the revisions as loaded. */
  know({ start, saved }: Loaded): void {
    this.start = start;
    for (const { id, revision } of saved) this.#revisions.set(id, revision);
  }

  changed(id: string, save: Save, written?: () => void): void {
    this.#ended.delete(id);
    this.#changed.set(id, save);
    if (this.#hasFailed) {
      // nobody waits for a full disk, or postpones the next try
      this.#arm(PAUSE);
      return written?.();
    }
    if (written) this.#waiting.push(written);
    this.#arm(written ? SOON : BATCH);
  }

  ended(id: string): void {
    const wasChanged = this.#changed.delete(id);
    // a record being written has no revision yet
    if (!this.#revisions.has(id) && this.#writing === undefined) return;
    if (!wasChanged && this.#ended.has(id)) return;
    this.#ended.add(id);
    this.#arm(this.#hasFailed ? PAUSE : LATER);
  }

  /** Writes all waiting changes; settles when they are written, or have failed. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.waiting > 0) await this.#write();
  }

  /** Writes a batch after this time, unless one is due before; during a write, the next batch waits for its end. */
  #arm(milliseconds: number): void {
    const { clock } = this.#needs;
    const due = clock.now() + milliseconds;
    if (due >= this.#due) return;
    this.#due = due;
    if (this.#writing || this.#isFenced) return;
    this.#disarm?.();
    this.#disarm = clock.after(milliseconds, () => void this.#write());
  }

  #armAgain(): void {
    if (this.waiting === 0) return;
    const left = this.#hasFailed ? PAUSE : this.#due - this.#needs.clock.now();
    this.#due = Number.POSITIVE_INFINITY;
    this.#arm(Math.max(0, left));
  }

  #write(): Promise<void> {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#isFenced) return Promise.resolve();
    this.#writing = this.#writeBatch().finally(() => {
      this.#writing = undefined;
      this.#armAgain();
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    const [changed, ended] = [this.#changed, this.#ended];
    const waiting = this.#waiting;
    this.#waiting = [];
    [this.#changed, this.#ended] = [new Map(), new Set()];
    const saves = this.#textsOf(changed);
    const ends = new Set([...ended].filter((id) => this.#revisions.has(id)));
    if (saves.size + ends.size === 0) return this.#tell(waiting);
    try {
      const written = await this.#needs.store.write(saves, ends, this.#revisions);
      if (this.#hasFailed) this.#needs.log({ level: "info", event: "store.written", count: saves.size + ends.size });
      this.#hasFailed = false;
      if (written === "fenced") return this.#fence();
      for (const id of saves.keys()) this.#revisions.set(id, (this.#revisions.get(id) ?? 0) + 1);
      for (const id of ends) this.#revisions.delete(id);
      this.#tell(waiting);
    } catch (error) {
      if (!this.#hasFailed) this.#needs.log({ level: "error", event: "store.failed", error: String(error) });
      this.#hasFailed = true;
      this.#again(changed, ended);
      this.#tell(waiting);
    }
  }

  #tell(waiting: readonly (() => void)[]): void {
    for (const written of waiting) written();
  }

  /** Failed changes wait again, unless there are newer ones. */
  #again(changed: ReadonlyMap<string, Save>, ended: ReadonlySet<string>): void {
    for (const [id, save] of changed) if (!this.#changed.has(id) && !this.#ended.has(id)) this.#changed.set(id, save);
    for (const id of ended) if (!this.#changed.has(id)) this.#ended.add(id);
  }

  #fence(): void {
    this.#isFenced = true;
    this.#needs.fenced();
  }

  /** The texts to write; a record that cannot be serialised keeps its saved state. */
  #textsOf(changed: ReadonlyMap<string, Save>): Map<string, string> {
    const texts = new Map<string, string>();
    for (const [id, save] of changed)
      try {
        const saved = save();
        if (saved) texts.set(id, JSON.stringify(saved));
      } catch (error) {
        this.#needs.log({ level: "error", event: "store.unsaved", id, error: String(error) });
      }
    return texts;
  }
}
