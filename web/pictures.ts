/**
 * The pictures of a chart as plain boxes and arrows: one of the whole chart, and one of the inside of each composite
 * state.
 *
 * Rules: a composite state is a closed box, and the transitions of its inner states start at the box; all
 * transitions from one box to another are one arrow; a transition that leaves the picture ends in a small exit; a
 * transition that applies to all states of a picture starts at the box ANY; a transition without a change of state has no
 * arrow. So a picture fits a screen, and the table of the chart (steps.ts) has the rest.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { insideOf, isWithin, leafOf, nameOf, type Step, statesOf, stepsOf } from "./steps.ts";

/** The box for all states of a picture at once, and the dot where a picture begins. */
export const ANY = "any";
export const START = "start";

/** Most arrows that may lead back to the first state of a picture. */
const WAYS_BACK = 2;

export interface Box {
  /** The state's full name, ANY, or the name of a way back. */
  readonly id: string;
  readonly label: string;
  /** `closed` has a picture of its inside; `exit` is outside this picture, or its first state again. */
  readonly kind: "state" | "closed" | "final" | "exit" | "any";
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** The reasons for going this way, in words; none at the start of a picture. */
  readonly words: readonly string[];
}

export interface Picture {
  /** The state shown from inside; empty for the whole chart. */
  readonly of: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** The whole chart first, then each inside. Each region of a parallel state is a picture. */
export function picturesOf(machine: AnyStateMachine): Picture[] {
  const steps = stepsOf(machine);
  const hasPicture = (node: AnyStateNode) => node.type !== "parallel" && insideOf(node).length > 0;
  return [machine.root, ...statesOf(machine)].filter(hasPicture).map((node) => pictureOf(node, steps));
}

function pictureOf(whole: AnyStateNode, steps: readonly Step[]): Picture {
  const arrows = gather(asAny(whole, [...beginOf(whole), ...steps.flatMap((step) => arrowOf(whole, step, steps))]));
  const inside = insideOf(whole).map((node): Box => ({ id: nameOf(node), label: node.key, kind: kindOf(node) }));
  const any: Box[] = arrows.some(({ from }) => from === ANY) ? [{ id: ANY, label: "in any state", kind: "any" }] : [];
  const exits = new Set(arrows.map(({ to }) => to).filter((id) => !inside.some((box) => box.id === id)));
  const boxes = [...inside, ...any, ...[...exits].map((id): Box => ({ id, label: id, kind: "exit" }))];
  return waysBack({ of: nameOf(whole), boxes, arrows });
}

/** If many arrows lead back to the first state, each ends in a small exit: long ways back would cross all others. */
function waysBack({ of, boxes, arrows }: Picture): Picture {
  const begins = arrows.filter(({ from }) => from === START);
  const first = boxes.find(({ id }) => begins.length === 1 && id === begins[0]?.to);
  const back = arrows.filter(({ from, to }) => first?.id === to && from !== START);
  if (first === undefined || back.length <= WAYS_BACK) return { of, boxes, arrows };
  const exitOf = ({ from }: Arrow) => `${from} back`;
  return {
    of,
    boxes: [...boxes, ...back.map((arrow): Box => ({ id: exitOf(arrow), label: first.label, kind: "exit" }))],
    arrows: arrows.map((arrow) => (back.includes(arrow) ? { ...arrow, to: exitOf(arrow) } : arrow)),
  };
}

function kindOf(node: AnyStateNode): Box["kind"] {
  if (insideOf(node).length > 0) return "closed";
  return node.type === "final" ? "final" : "state";
}

/** The start of a picture: its first state, unless arrows from outside decide (see arrowOf). */
function beginOf(whole: AnyStateNode): Arrow[] {
  if (whole.parent && whole.parent.type !== "parallel") return [];
  return [{ from: START, to: boxIn(whole, leafOf(whole)), words: [] }];
}

/** The arrow of a step in a picture: none if the step is outside it or stays in a box. */
function arrowOf(whole: AnyStateNode, step: Step, steps: readonly Step[]): Arrow[] {
  const { from, to } = step;
  if (to === undefined) return [];
  const [leaves, enters] = [isWithin(from, whole), to !== whole && isWithin(to, whole)];
  const arrow = { from: leaves ? boxIn(whole, from) : START, to: boxIn(whole, to) };
  if (!(leaves || enters) || arrow.from === arrow.to) return [];
  const isOpen = !leaves || from === whole || (from.parent === whole && insideOf(from).length === 0);
  return [{ ...arrow, words: [wordsOf(step, isOpen, steps)] }];
}

/** The reason for a step. The guard is included if the event has alternatives; a closed box has it in its own picture. */
function wordsOf({ from, event, guard }: Step, isOpen: boolean, steps: readonly Step[]): string {
  const otherwise = steps.filter((each) => each.from === from && each.event === event).length > 1;
  if (event === undefined) return guard ?? (otherwise ? "otherwise" : "at once");
  return isOpen && otherwise && guard !== undefined ? `${event}, ${guard}` : event;
}

/** The box that represents a state in a picture: ANY, one inside, or the exit towards it. */
function boxIn(whole: AnyStateNode, node: AnyStateNode): string {
  if (node === whole) return ANY;
  let shared: AnyStateNode = whole;
  while (shared.parent && !isWithin(node, shared)) shared = shared.parent;
  return node.path.slice(0, shared.path.length + 1).join(".");
}

/** Arrows to a box from every other one, with the same words, become one from ANY. */
function asAny(whole: AnyStateNode, arrows: readonly Arrow[]): Arrow[] {
  const others = (one: Arrow) => insideOf(whole).filter((node) => node.type !== "final" && nameOf(node) !== one.to);
  const isAlike = (one: Arrow, { from, to, words }: Arrow) =>
    to === one.to && from !== START && `${words}` === `${one.words}`;
  return arrows.map((one) => {
    const sources = new Set(arrows.filter((each) => isAlike(one, each)).map(({ from }) => from));
    const rest = others(one);
    return rest.length > 2 && rest.every((node) => sources.has(nameOf(node))) ? { ...one, from: ANY } : one;
  });
}

/** Merges all arrows from one box to another; words already covered by more general ones are left out. */
function gather(arrows: readonly Arrow[]): Arrow[] {
  const found = new Map<string, Arrow>();
  for (const { from, to, words } of arrows) {
    const key = `${from} ${to}`;
    const all = [...new Set([...(found.get(key)?.words ?? []), ...words])];
    found.set(key, { from, to, words: all.filter((one) => !all.some((each) => one.startsWith(`${each}, `))) });
  }
  return [...found.values()];
}
