/** A call with its whole history, as plain JSON (view.ts): its row, and its entries as presented by telling.ts. */
import type { Entry } from "./entries.ts";
import { Telling } from "./telling.ts";
import type { CallRow, CallView } from "./view.ts";

export function describe(row: CallRow, entries: readonly Entry[], dropped: number): CallView {
  const telling = new Telling(row.begun);
  for (const entry of entries) telling.add(entry);
  return { ...row, ...telling.whole, dropped };
}
