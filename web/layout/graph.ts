/**
 * A chart reduced for drawing: its states as nested boxes, and few arrows instead of many transitions.
 *
 * Rules: a transition is lifted to the two sibling boxes inside the innermost box that contains both ends, so two boxes have one
 * arrow whatever its transitions; if each of three or more boxes leads to every other, there are no arrows but the note "any ⇄ any";
 * of three or more arrows into a final state only the last is drawn, the others are exits; a transition that stays in its
 * state has no arrow.
 */
import type { AnyStateMachine, AnyStateNode } from "xstate";
import { insideOf, nameOf, type Step, stepsOf } from "../steps.ts";
import { lift } from "./lift.ts";

/** A state as a box; the whole chart is the box with an empty id. Positions are in pixels, relative to its parent until `settle`. */
export interface Box {
  readonly id: string;
  readonly key: string;
  readonly kind: "leaf" | "box" | "parallel" | "final";
  readonly inside: readonly Box[];
  /** Names of the delays after which the state is left. */
  readonly timers: readonly string[];
  readonly description: string | undefined;
  readonly spec: string | undefined;
  /** It only decides where a chart begins; drawn as a dot. */
  readonly isDot: boolean;
  /** Arrows between its children. */
  readonly arrows: readonly Arrow[];
  /** Each child leads to every other. */
  readonly isClique: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An arrow between two children of the same box. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The boxes of a machine, without positions. */
export function graphOf(machine: AnyStateMachine): Box {
  const lifted = liftedOf(stepsOf(machine));
  return boxOf(machine.root, lifted);
}

function boxOf(node: AnyStateNode, lifted: ReadonlyMap<string, readonly Arrow[]>): Box {
  const inside = insideOf(node).map((each) => boxOf(each, lifted));
  const found = lifted.get(nameOf(node)) ?? [];
  const isClique =
    inside.length > 2 && inside.every((from) => inside.every((to) => from === to || has(found, from, to)));
  return {
    id: nameOf(node),
    key: node.key,
    kind: kindOf(node, inside),
    inside,
    timers: [...new Set(node.after.map(({ delay }) => String(delay)))],
    description: node.description,
    spec: node.meta?.spec,
    isDot: node.type !== "final" && inside.length === 0 && (node.always ?? []).some(({ guard }) => guard === undefined),
    arrows: isClique ? [] : found.filter((arrow) => !isExit(arrow, found, inside)),
    isClique,
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  };
}

const has = (arrows: readonly Arrow[], from: Box, to: Box): boolean =>
  arrows.some((arrow) => arrow.from === from.id && arrow.to === to.id);

function kindOf(node: AnyStateNode, inside: readonly Box[]): Box["kind"] {
  if (node.type === "parallel") return "parallel";
  if (inside.length > 0) return "box";
  return node.type === "final" ? "final" : "leaf";
}

/** Whether an arrow is an exit, which is not drawn: all but the last of many into a final state. */
function isExit(arrow: Arrow, arrows: readonly Arrow[], inside: readonly Box[]): boolean {
  if (inside.find(({ id }) => id === arrow.to)?.kind !== "final") return false;
  const ways = arrows.filter(({ to }) => to === arrow.to);
  const place = ({ from }: Arrow): number => inside.findIndex(({ id }) => id === from);
  const last = Math.max(...ways.map(place));
  return ways.length > 2 && place(arrow) !== last;
}

/** The arrows inside each box, by box id. */
function liftedOf(steps: readonly Step[]): Map<string, Arrow[]> {
  const arrows = new Map<string, Arrow[]>();
  for (const { from, to } of steps) {
    const arrow = to && lift(nameOf(from), nameOf(to));
    if (!arrow) continue;
    const among = arrows.get(arrow.level) ?? [];
    if (!among.some((one) => one.from === arrow.from && one.to === arrow.to)) among.push(arrow);
    arrows.set(arrow.level, among);
  }
  return arrows;
}
