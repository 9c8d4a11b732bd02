/**
 * Where calls are saved, so that they outlive the process: a table of texts, each by its name and with a revision.
 *
 * Rules: a store is open for one seat, which is the place in a cluster that a gateway speaks for; each start of the seat has a number of its
 * own, which no crash takes back, so that what a start says can be told from what others have said; a batch is written whole or not at
 * all; a text replaces the revision that its writer has read or written before, and no other: who finds another one has been
 * replaced by another gateway (`fenced`), and must fall silent. What the texts say is ../calls/saved-call.ts, when they are
 * written is writer.ts.
 */

/** What a gateway before this one has saved. */
export interface Saved {
  readonly id: string;
  readonly revision: number;
  readonly text: string;
}

/** What a start begins with. */
export interface Loaded {
  /** Which start of the seat this is, the first being 1. */
  readonly start: number;
  readonly saved: readonly Saved[];
}

/** Revisions by name: 0 where nothing is saved yet. */
export type Revisions = ReadonlyMap<string, number>;

export interface CallStore {
  readonly seat: string;
  /** Everything that is saved for the seat; asked once, which counts a start. */
  load(): Promise<Loaded>;
  /** Saves texts and removes others; `revisions` are those that are to be replaced or removed. Rejects when it cannot. */
  write(saves: ReadonlyMap<string, string>, ends: ReadonlySet<string>, revisions: Revisions): Promise<"ok" | "fenced">;
  close(): Promise<void>;
}
