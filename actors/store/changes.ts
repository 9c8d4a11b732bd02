/**
 * What waits to be written: the latest state of each record, the records that have ended, and the callers that wait.
 *
 * Rules: a batch takes every end, every record that a caller waits for, and those that have waited for a while: a younger one often
 * changes again, or ends, and need not be written twice. A state is put into words only when its batch is taken. At most one entry per
 * record waits. A record that ended before it was saved is in no batch.
 */
import type { Log } from "../log.ts";
import type { Revisions } from "./store.ts";

/** Returns the state to save, at the time of writing; undefined if there is nothing to save any more. */
export type Save = () => object | undefined;

/** A batch: the texts and ends to write, of what has changed and ended, and who waits for it. */
export interface Taken {
  readonly changed: ReadonlyMap<string, Save>;
  readonly ended: ReadonlySet<string>;
  readonly saves: ReadonlyMap<string, string>;
  readonly ends: ReadonlySet<string>;
  readonly callers: (() => void)[];
}

/** A changed record that nobody waits for, and when it changed first. */
interface Waiting {
  readonly save: Save;
  readonly since: number;
}

export class Changes {
  /** The oldest is the first. */
  readonly #behind = new Map<string, Waiting>();
  #awaited = new Map<string, Save>();
  #ended = new Set<string>();
  #callers: (() => void)[] = [];

  /** The number of records that wait. */
  get size(): number {
    return this.#behind.size + this.#awaited.size + this.#ended.size;
  }

  /** Whether a caller waits. */
  get isAwaited(): boolean {
    return this.#callers.length > 0;
  }

  /** Since when the oldest record waits that nobody waits for. */
  get oldest(): number | undefined {
    for (const { since } of this.#behind.values()) return since;
    return undefined;
  }

  /** A record has changed; `written` is called after its batch. */
  changed(id: string, save: Save, now: number, written?: () => void): void {
    this.#ended.delete(id);
    if (written) this.#callers.push(written);
    if (written || this.#awaited.has(id)) {
      this.#behind.delete(id);
      this.#awaited.set(id, save);
    } else this.#behind.set(id, { save, since: this.#behind.get(id)?.since ?? now });
  }

  /** Returns whether that is news. A record that is not saved yet is only forgotten. */
  ended(id: string, isSaved: boolean): boolean {
    const wasBehind = this.#behind.delete(id);
    const wasAwaited = this.#awaited.delete(id);
    if (!isSaved || (!wasBehind && !wasAwaited && this.#ended.has(id))) return false;
    this.#ended.add(id);
    return true;
  }

  /** A batch, with what has waited since this instant or longer; a record that cannot be serialised keeps its saved state. */
  take(until: number, revisions: Revisions, log: Log): Taken {
    const [changed, ended, callers] = [this.#awaited, this.#ended, this.#callers];
    [this.#awaited, this.#ended, this.#callers] = [new Map(), new Set(), []];
    for (const [id, { save, since }] of this.#behind) {
      if (since > until) break;
      this.#behind.delete(id);
      changed.set(id, save);
    }
    const ends = new Set<string>();
    for (const id of ended) if (revisions.has(id)) ends.add(id);
    return { changed, ended, callers, saves: textsOf(changed, log), ends };
  }

  /** A failed batch waits again, unless there is newer state. */
  again({ changed, ended }: Taken): void {
    for (const [id, save] of changed) if (!this.#has(id)) this.#behind.set(id, { save, since: 0 });
    for (const id of ended) if (!this.#has(id)) this.#ended.add(id);
  }

  /** Who waits, and waits no more. */
  dismiss(): (() => void)[] {
    return this.#callers.splice(0);
  }

  #has(id: string): boolean {
    return this.#behind.has(id) || this.#awaited.has(id) || this.#ended.has(id);
  }
}

function textsOf(changed: ReadonlyMap<string, Save>, log: Log): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [id, save] of changed)
    try {
      const saved = save();
      if (saved) texts.set(id, JSON.stringify(saved));
    } catch (error) {
      log({ level: "error", event: "store.unsaved", id, error: String(error) });
    }
  return texts;
}
