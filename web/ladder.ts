/**
 * Where messages and states stand on the ladder of a call, from top to bottom: for the page, and for pictures.
 *
 * Rules: a message that came stands above the state that it led to, what went out because of it below; a step that changes no state and
 * refuses nothing has no capsule. Pixels.
 */
import type { CallView } from "../journal/view.ts";

/** Where user, gateway and phone stand. */
export const PLACES = [96, 228, 364] as const;

const ROW = 23;
const CAPSULE = 25;
const TOP = 14;

export type LadderItem =
  | { readonly kind: "turn"; readonly step: number; readonly y: number }
  | { readonly kind: "message"; readonly message: number; readonly y: number; readonly when: string | undefined };

/** The rows of a ladder, and how tall it is. */
export function ladderOf({ steps, messages }: Pick<CallView, "steps" | "messages">): {
  items: LadderItem[];
  height: number;
} {
  const items: LadderItem[] = [];
  const capsules = new Set<number>();
  let y = TOP;
  let before: number | undefined;
  const turn = (step: number): void => {
    if (capsules.has(step)) return;
    capsules.add(step);
    const { before: was = [], after = [], refused } = steps[step] ?? {};
    if (was.join() === after.join() && refused === undefined) return;
    items.push({ kind: "turn", step, y: y + 5 });
    y += CAPSULE + 5;
  };
  for (const [place, { at, step, out }] of messages.entries()) {
    const came = steps[step]?.came === place;
    for (let earlier = 0; earlier < step; earlier++) turn(earlier);
    if (out) turn(step);
    items.push({ kind: "message", message: place, y, when: at === before ? undefined : whenWords(at) });
    before = at;
    y += ROW;
    if (came) turn(step);
  }
  for (const step of steps.keys()) turn(step);
  return { items, height: y + 16 };
}

const whenWords = (at: number): string => (at < 1_000 ? `+${at.toFixed(0)}` : `+${(at / 1_000).toFixed(1)} s`);
