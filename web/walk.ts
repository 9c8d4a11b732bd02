/**
 * The walk of a call through its chart up to a step: current states, states entered and by which step, arrows taken.
 *
 * Pure, and shared by the page and the pictures. Rules: a step is drawn as the arrow it is lifted to (layout/lift.ts); a
 * transition without an arrow, such as an exit or one of a clique, gets a line of its own, in the gutter or beside its column.
 */
import { type Phase, phaseOf, type StepView } from "../journal/view.ts";
import type { Layout, LayoutNode } from "./layout/layout.ts";
import { lift } from "./layout/lift.ts";

/** One line taken. */
export interface Walked {
  /** `from>to`. */
  readonly id: string;
  readonly d: string;
  /** Whether it was taken against the direction of the drawn arrow. */
  readonly back: boolean;
  readonly phase: Phase;
  /** The index of the step that took it last. */
  readonly step: number;
  /** The position of a label, if the middle of the line is unsuitable. */
  readonly tip?: { readonly x: number; readonly y: number };
}

export interface Walk {
  /** The current leaf states. */
  readonly lit: readonly string[];
  /** The number of the last step that entered each state. */
  readonly entered: ReadonlyMap<string, number>;
  /** In the order they were taken last. */
  readonly lines: readonly Walked[];
}

/** Width of the number at a state's corner, in pixels: equal to its height, wider from 100 on. */
export const badgeWidth = (number: number): number => Math.max(15, `${number}`.length * 6.5 + 4);

/** The walk up to a step, given by its index. */
export function walkOf(layout: Layout, steps: readonly StepView[], at: number): Walk {
  const entered = new Map<string, number>();
  const lines = new Map<string, Walked>();
  for (const [index, step] of steps.slice(0, at + 1).entries()) {
    const before = steps[index - 1]?.after ?? [];
    for (const state of step.after) if (!before.includes(state)) entered.set(state, step.n);
    for (const [from, to] of movesOf(step)) {
      const line = lineOf(layout, from, to);
      if (!line) continue;
      lines.delete(line.id); // the latest is drawn on top
      lines.set(line.id, { ...line, phase: phaseOf(to), step: index });
    }
  }
  return { lit: steps[at]?.after ?? [], entered, lines: [...lines.values()] };
}

/** The state of a call before its first step. */
const START = "starting";

/** The changes of state in a step: region by region if the chart is parallel before and after. */
function movesOf({ before, after }: Pick<StepView, "before" | "after">): (readonly [string, string])[] {
  const [was = START, is] = [before[0], after[0]];
  if (is === undefined) return [];
  if (before.length !== after.length) return [[was, is]];
  return after.flatMap((to, region) => {
    const from = before[region] ?? was;
    return from === to ? [] : [[from, to] as const];
  });
}

/** The line between two states: the existing arrow, or one of its own. */
function lineOf(layout: Layout, from: string, to: string): Omit<Walked, "phase" | "step"> | undefined {
  const way = lift(from, to);
  if (!way) return undefined;
  const id = `${way.from}>${way.to}`;
  const drawn = layout.edges.find((edge) => edge.id === id || (edge.both && edge.id === `${way.to}>${way.from}`));
  if (drawn) return { id: drawn.id, d: drawn.d, back: drawn.id !== id };
  const [start, end] = [way.from, way.to].map((name) => layout.nodes.find((node) => node.id === name));
  if (!start || !end) return undefined;
  return isColumn(start, end) ? bow(id, start, end) : gutter(id, layout, start, end);
}

const isColumn = (one: LayoutNode, other: LayoutNode): boolean =>
  one.kind === "leaf" && Math.abs(one.x + one.w / 2 - other.x - other.w / 2) < 20;

/** Beside a column, between two of its boxes. */
function bow(id: string, from: LayoutNode, to: LayoutNode): Omit<Walked, "phase" | "step"> {
  const x = Math.max(from.x + from.w, to.x + to.w) + 16;
  const [start, end] = [from.y + from.h / 2, to.y + to.h / 2];
  return { id, d: `M${from.x + from.w} ${start}C${x} ${start} ${x} ${end} ${to.x + to.w} ${end}`, back: false };
}

/** To the right of everything. */
function gutter(id: string, { width }: Layout, from: LayoutNode, to: LayoutNode): Omit<Walked, "phase" | "step"> {
  const x = width + 12;
  const [start, end] = [from.y + from.h / 2, to.y + to.h / 2];
  const turn = end > start ? 12 : -12;
  const d = `M${from.x + from.w} ${start}Q${x} ${start} ${x} ${start + turn}L${x} ${end - turn}Q${x} ${end} ${to.x + to.w} ${end}`;
  return { id, d, back: false, tip: { x: x - 4, y: (start + end) / 2 } };
}
