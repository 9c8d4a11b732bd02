/** Positions of messages and states on the ladder of a call, from top to bottom, in pixels: for the page, and for pictures. */
import { ladderRows } from "../journal/ladder-rows.ts";
import type { CallView } from "../journal/view.ts";

/** Columns of user, gateway and phone. */
export const PLACES = [96, 228, 364] as const;

const ROW = 23;
const CAPSULE = 25;
const TOP = 14;

export type LadderItem =
  | { readonly kind: "turn"; readonly step: number; readonly y: number }
  | { readonly kind: "message"; readonly message: number; readonly y: number; readonly when: string | undefined };

/** The rows of a ladder, and its height. */
export function ladderOf(call: Pick<CallView, "steps" | "messages">): { items: LadderItem[]; height: number } {
  let y = TOP;
  let before: number | undefined;
  const items = ladderRows(call).map((row): LadderItem => {
    const top = y;
    y += row.kind === "turn" ? CAPSULE + 5 : ROW;
    if (row.kind === "turn") return { ...row, y: top + 5 };
    const { at = 0 } = call.messages[row.message] ?? {};
    const when = at === before ? undefined : whenWords(at);
    before = at;
    return { ...row, y: top, when };
  });
  return { items, height: y + 16 };
}

/** Milliseconds, then seconds, then minutes and hours as on a clock: never wider than the column. */
function whenWords(at: number): string {
  if (at < 1_000) return `+${at.toFixed(0)}`;
  if (at < 100_000) return `+${(at / 1_000).toFixed(1)} s`;
  const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");
  const seconds = at / 1_000;
  const minutes = `${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3_600 ? `+${minutes}` : `+${Math.floor(seconds / 3_600)}:${minutes}`;
}
