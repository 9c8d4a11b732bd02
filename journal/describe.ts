/** A call with all that happened, as plain JSON (view.ts): its row, and what telling.ts makes of its entries. */
import type { Entry } from "./entries.ts";
import { Telling } from "./telling.ts";
import type { CallRow, CallView } from "./view.ts";

export function describe(row: CallRow, entries: readonly Entry[], dropped: number): CallView {
  const telling = new Telling(row.begun);
  for (const entry of entries) telling.add(entry);
  return { ...row, ...telling.whole, dropped };
}
