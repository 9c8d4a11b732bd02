/**
 * Writes what is to be saved behind the backs of the calls: the latest state of each, in batches.
 *
 * Rules: a change waits `BATCH` milliseconds at most, unless a batch is still on its way; then it goes with the next one. What ends
 * before it was saved is never written. Who asks for it is told when it is written, and waits no longer than a batch. A batch that fails is
 * written again after `PAUSE`, with what has changed since, and the log says so once, and once when it can be written again; what waits
 * is at most one entry for each call. When another gateway speaks for the seat, `fenced` is told, once, and
 * nothing more is written.
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CallStore, Loaded } from "./store.ts";

/** In milliseconds. */
const BATCH = 5;
/** The same, where somebody waits for it. */
const SOON = 1;
const PAUSE = 1_000;

/** Gives what is to be saved, when it is written; undefined when there is nothing to save any more. */
export type Save = () => object | undefined;

/** Who saves something by its name. */
export interface Saver {
  /** Which start of the gateway this is. */
  readonly start: number;
  /** It has changed; `save` is asked later. `written` is told once it is in the store, or cannot be written now. */
  changed(id: string, save: Save, written?: () => void): void;
  /** It need not be known any more. */
  ended(id: string): void;
}

export interface WriterNeeds {
  readonly store: CallStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Another gateway speaks for this seat. */
  readonly fenced: () => void;
}

export class StoreWriter implements Saver {
  readonly #needs: WriterNeeds;
  #changed = new Map<string, Save>();
  #ended = new Set<string>();
  /** Who waits for what has changed. */
  #waiting: (() => void)[] = [];
  start = 0;
  /** Of what is in the store. */
  readonly #revisions = new Map<string, number>();
  #disarm: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  /** Whether it is armed for somebody who waits. */
  #isSoon = false;
  #hasFailed = false;
  #isFenced = false;

  constructor(needs: WriterNeeds) {
    this.#needs = needs;
  }

  /** How many things wait to be written. */
  get waiting(): number {
    return this.#changed.size + this.#ended.size;
  }

  /** What is in the store, as it was loaded. */
  know({ start, saved }: Loaded): void {
    this.start = start;
    for (const { id, revision } of saved) this.#revisions.set(id, revision);
  }

  changed(id: string, save: Save, written?: () => void): void {
    this.#ended.delete(id);
    this.#changed.set(id, save);
    if (this.#hasFailed) {
      // nobody waits for a disk that is full, nor puts the next try off
      this.#arm(PAUSE);
      return written?.();
    }
    if (written === undefined) return this.#arm(BATCH);
    this.#waiting.push(written);
    this.#hasten();
  }

  /** The batch that waits goes soon, however often that is asked for. */
  #hasten(): void {
    if (this.#isSoon) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#arm(SOON);
    this.#isSoon = this.#disarm !== undefined;
  }

  ended(id: string): void {
    const wasChanged = this.#changed.delete(id);
    // what is on its way has no revision yet
    if (!this.#revisions.has(id) && this.#writing === undefined) return;
    if (!wasChanged && this.#ended.has(id)) return;
    this.#ended.add(id);
    this.#arm(BATCH);
  }

  /** Writes all that waits; settles when it is written, or has failed. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.waiting > 0) await this.#write();
  }

  #arm(milliseconds: number): void {
    if (this.#disarm || this.#writing || this.#isFenced) return;
    this.#disarm = this.#needs.clock.after(milliseconds, () => void this.#write());
  }

  #write(): Promise<void> {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#isSoon = false;
    if (this.#isFenced) return Promise.resolve();
    this.#writing = this.#writeBatch().finally(() => {
      this.#writing = undefined;
      if (this.waiting > 0) this.#arm(this.#hasFailed ? PAUSE : 0);
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

  /** What could not be written waits again, unless something newer does. */
  #again(changed: ReadonlyMap<string, Save>, ended: ReadonlySet<string>): void {
    for (const [id, save] of changed) if (!this.#changed.has(id) && !this.#ended.has(id)) this.#changed.set(id, save);
    for (const id of ended) if (!this.#changed.has(id)) this.#ended.add(id);
  }

  #fence(): void {
    this.#isFenced = true;
    this.#needs.fenced();
  }

  /** What is to be written; what cannot be put into words is left as it was saved before. */
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
