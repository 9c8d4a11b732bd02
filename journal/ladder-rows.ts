/**
 * The rows of a ladder, in order: messages, and between them the states they led to.
 *
 * Rules: a received message is above the state it led to, messages sent because of it are below; a step without a change of state or
 * a refusal has no row.
 */
import type { CallView } from "./view.ts";

/** A message or a step, by its index in the call. */
export type LadderRow =
  | { readonly kind: "turn"; readonly step: number }
  | { readonly kind: "message"; readonly message: number };

export function ladderRows({ steps, messages }: Pick<CallView, "steps" | "messages">): LadderRow[] {
  const rows: LadderRow[] = [];
  const told = new Set<number>();
  const turn = (step: number): void => {
    if (told.has(step)) return;
    told.add(step);
    const { before = [], after = [], refused } = steps[step] ?? {};
    if (before.join() !== after.join() || refused !== undefined) rows.push({ kind: "turn", step });
  };
  for (const [message, { step, out }] of messages.entries()) {
    for (let earlier = 0; earlier < step; earlier++) turn(earlier);
    if (out) turn(step);
    rows.push({ kind: "message", message });
    if (steps[step]?.came === message) turn(step);
  }
  for (const step of steps.keys()) turn(step);
  return rows;
}
