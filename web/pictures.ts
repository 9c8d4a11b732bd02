/**
 * The pictures of a chart as plain boxes and arrows: one of the whole chart, and one of the inside of each state that
 * has states.
 *
 * Rules: a state with states inside is a closed box, and the transitions of its inner states start at the box; all
 * transitions from one box to another are one arrow; a transition that leaves the picture ends in a small exit; a
 * transition that holds in all states of a picture starts at the box ANY; a transition that changes no state is no
 * arrow. So a picture fits a screen, and the rows of the chart (steps.ts) have the rest.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { insideOf, isWithin, leafOf, nameOf, type Step, statesOf, stepsOf } from "./steps.ts";

/** The box for all states of a picture at once, and the dot where a picture begins. */
export const ANY = "any";
export const START = "start";

/** Arrows that may lead back to the first state of a picture itself. */
const WAYS_BACK = 2;

export interface Box {
  /** The state's full name, ANY, or the name of a way back. */
  readonly id: string;
  readonly label: string;
  /** `closed` has an inside with a picture of its own; `exit` is outside this picture, or its beginning again. */
  readonly kind: "state" | "closed" | "final" | "exit" | "any";
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Why one goes this way, each in words; none where a picture begins. */
  readonly words: readonly string[];
}

export interface Picture {
  /** The state whose inside this is; empty for the whole chart. */
  readonly of: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** The whole chart first, then each inside. The parts of a parallel state are a picture each. */
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

/** Where many lead back to the one state that all begins with, each ends in a small exit: long ways back cross all others. */
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

/** Where a picture begins: with the first state, unless what leads in says so (see arrowOf). */
function beginOf(whole: AnyStateNode): Arrow[] {
  if (whole.parent && whole.parent.type !== "parallel") return [];
  return [{ from: START, to: boxIn(whole, leafOf(whole)), words: [] }];
}

/** The arrow of a step in a picture: none where it does not touch it, or leads nowhere else. */
function arrowOf(whole: AnyStateNode, step: Step, steps: readonly Step[]): Arrow[] {
  const { from, to } = step;
  if (to === undefined) return [];
  const [leaves, enters] = [isWithin(from, whole), to !== whole && isWithin(to, whole)];
  const arrow = { from: leaves ? boxIn(whole, from) : START, to: boxIn(whole, to) };
  if (!(leaves || enters) || arrow.from === arrow.to) return [];
  const isOpen = !leaves || from === whole || (from.parent === whole && insideOf(from).length === 0);
  return [{ ...arrow, words: [wordsOf(step, isOpen, steps)] }];
}

/** Why a step is taken. Its guard is said where the event may do otherwise; a closed box has it in its own picture. */
function wordsOf({ from, event, guard }: Step, isOpen: boolean, steps: readonly Step[]): string {
  const otherwise = steps.filter((each) => each.from === from && each.event === event).length > 1;
  if (event === undefined) return guard ?? (otherwise ? "otherwise" : "at once");
  return isOpen && otherwise && guard !== undefined ? `${event}, ${guard}` : event;
}

/** The box of a picture that a state is drawn as: ANY, one inside, or the exit towards it. */
function boxIn(whole: AnyStateNode, node: AnyStateNode): string {
  if (node === whole) return ANY;
  let shared: AnyStateNode = whole;
  while (shared.parent && !isWithin(node, shared)) shared = shared.parent;
  return node.path.slice(0, shared.path.length + 1).join(".");
}

/** What leads to a box from every other one by the same words leads there from ANY. */
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

/** All that leads from a box to another as one arrow; what only says more exactly what is said already is left out. */
function gather(arrows: readonly Arrow[]): Arrow[] {
  const found = new Map<string, Arrow>();
  for (const { from, to, words } of arrows) {
    const key = `${from} ${to}`;
    const all = [...new Set([...(found.get(key)?.words ?? []), ...words])];
    found.set(key, { from, to, words: all.filter((one) => !all.some((each) => one.startsWith(`${each}, `))) });
  }
  return [...found.values()];
}
