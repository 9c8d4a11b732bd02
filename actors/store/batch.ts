/**
 * A batch of changes as bytes, for the log (batch-log.ts).
 *
 * Rule: each change is its revision (a double), the lengths of its id and its text in bytes, and these in UTF-8; the removal of a record
 * has no text. So a reader decodes only the texts that it needs.
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

/** The contents of a record of the log: at most this many bytes, written into a buffer from there on; returns where they end. */
export interface Body {
  readonly most: number;
  write(buffer: Buffer, at: number): number;
}

/** Bytes: the revision and the two lengths. */
const HEAD = 16;
const REMOVED = 2 ** 32 - 1;
/** Bytes of UTF-8 of a UTF-16 unit, at most. */
const WIDEST = 3;

export function bodyOf(saves: ReadonlyMap<string, string>, ends: ReadonlySet<string>, revisions: Revisions): Body {
  let most = 0;
  for (const [id, text] of saves) most += HEAD + WIDEST * (id.length + text.length);
  for (const id of ends) most += HEAD + WIDEST * id.length;
  return {
    most,
    write(buffer, start) {
      let at = start;
      for (const [id, text] of saves) at = writeChange(buffer, at, id, revisions.get(id) ?? 0, text);
      for (const id of ends) at = writeChange(buffer, at, id, revisions.get(id) ?? 0);
      return at;
    },
  };
}

function writeChange(buffer: Buffer, at: number, id: string, revision: number, text?: string): number {
  const idLength = buffer.write(id, at + HEAD);
  const end = at + HEAD + idLength;
  const textLength = text === undefined ? REMOVED : buffer.write(text, end);
  buffer.writeDoubleLE(revision, at);
  buffer.writeUInt32LE(idLength, at + 8);
  buffer.writeUInt32LE(textLength, at + 12);
  return text === undefined ? end : end + textLength;
}

/** The last state of a record, which has ended if it has no text. */
interface Last {
  readonly revision: number;
  readonly text: Buffer | undefined;
}

/** Many batches as one: the last state of each record, which may be that it has ended. */
export function merged(batches: readonly Buffer[]): Batch {
  const last = new Map<string, Last>();
  for (const batch of batches) readChanges(batch, (id, state) => last.set(id, state));
  const saves: (Known & { readonly text: string })[] = [];
  const ends: Known[] = [];
  for (const [id, { revision, text }] of last)
    if (text === undefined) ends.push({ id, revision });
    else saves.push({ id, revision, text: text.toString() });
  return { saves, ends };
}

function readChanges(batch: Buffer, change: (id: string, state: Last) => void): void {
  for (let at = 0; at < batch.length; ) {
    const revision = batch.readDoubleLE(at);
    const end = at + HEAD + batch.readUInt32LE(at + 8);
    const textLength = batch.readUInt32LE(at + 12);
    const id = batch.toString("utf8", at + HEAD, end);
    at = textLength === REMOVED ? end : end + textLength;
    change(id, { revision, text: textLength === REMOVED ? undefined : batch.subarray(end, at) });
  }
}
