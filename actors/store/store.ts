/**
 * The store of calls, so that they outlive the process: a table of texts, each with an id and a revision.
 *
 * Rules: a store is opened for one seat, the place in a cluster that a gateway acts for; each start of the seat has its own number,
 * which no crash reverts, so that the messages of different starts can be told apart; a batch is written completely or not at
 * all, one at a time; a text only replaces the revision that its writer last read or wrote: a writer that finds another one has been
 * replaced by another gateway (`fenced`), and must fall silent. The texts are those of ../calls/saved-call.ts; writer.ts decides
 * when they are written.
 */

/** A record of an earlier gateway. */
export interface Saved {
  readonly id: string;
  readonly revision: number;
  readonly text: string;
}

/** The data for a start. */
export interface Loaded {
  /** The number of this start of the seat; the first is 1. */
  readonly start: number;
  readonly saved: readonly Saved[];
}

/** Revisions by id: 0 if nothing is saved yet. */
export type Revisions = ReadonlyMap<string, number>;

/** What became of a batch. */
export type Written = "ok" | "fenced";

export interface CallStore {
  readonly seat: string;
  /** All records of the seat; called before the first batch, and counts a start. */
  load(): Promise<Loaded>;
  /**
   * Saves texts and removes others; `revisions` are those to replace or remove. A store that need not wait returns the result, another
   * one its promise, and the next batch must wait for that. Throws or rejects on failure.
   */
  write(
    saves: ReadonlyMap<string, string>,
    ends: ReadonlySet<string>,
    revisions: Revisions,
  ): Written | Promise<Written>;
  close(): Promise<void>;
}

/** Whether each record has the revision that its writer knows. */
export const areKnown = (ids: Iterable<string>, revisions: Revisions, known: (id: string) => number): boolean => {
  for (const id of ids) if (known(id) !== (revisions.get(id) ?? 0)) return false;
  return true;
};
