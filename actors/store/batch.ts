/**
 * A batch of changes as one string, which a thread receives at once, while a list would be copied part by part.
 *
 * Rule: each change is a line with its revision and the lengths of its id and text, followed by these, so that both may contain any
 * character; the removal of a record has no text.
 */
import type { Revisions } from "./store.ts";

/** A record, and the revision to replace or remove: 0 if nothing is saved yet. */
export interface Known {
  readonly id: string;
  readonly revision: number;
}

export interface Batch {
  readonly saves: readonly (Known & { readonly text: string })[];
  readonly ends: readonly Known[];
}

const REMOVED = -1;

export function writeBatch(
  saves: ReadonlyMap<string, string>,
  ends: ReadonlySet<string>,
  revisions: Revisions,
): string {
  let batch = "";
  for (const [id, text] of saves) batch += `${revisions.get(id) ?? 0} ${id.length} ${text.length}\n${id}${text}`;
  for (const id of ends) batch += `${revisions.get(id) ?? 0} ${id.length} ${REMOVED}\n${id}`;
  return batch;
}

export function readBatch(batch: string): Batch {
  const saves: (Known & { readonly text: string })[] = [];
  const ends: Known[] = [];
  for (let at = 0; at < batch.length; ) {
    const line = batch.indexOf("\n", at);
    const [revision = 0, idLength = 0, textLength = 0] = batch.slice(at, line).split(" ").map(Number);
    const text = line + 1 + idLength;
    const id = batch.slice(line + 1, text);
    at = text + Math.max(0, textLength);
    if (textLength === REMOVED) ends.push({ id, revision });
    else saves.push({ id, revision, text: batch.slice(text, at) });
  }
  return { saves, ends };
}
