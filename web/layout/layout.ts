/**
 * The layout of a chart: its boxes and arrows, in pixels, deterministic.
 *
 * Computed from the machine by `npm run charts`; page, pictures and exports use the result, so a browser does no layout.
 * graph.ts determines boxes and arrows, rows.ts and places.ts position the boxes, arrows.ts routes the arrows. Left out:
 * labels of arrows, which the page shows one at a time.
 */
import type { AnyStateMachine } from "xstate";
import { routesOf } from "./arrows.ts";
import { type Box, graphOf } from "./graph.ts";
import { type Area, point, pointsOf, writePath } from "./path.ts";
import { place, settle, shift } from "./places.ts";

/** A state; parents precede children. */
export interface LayoutNode {
  readonly id: string;
  readonly key: string;
  readonly kind: Box["kind"];
  /** The upper left corner, and the size, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** A state that only decides where the chart begins. */
  readonly dot?: true;
  /** Each state in it leads to every other. */
  readonly clique?: true;
  /** Names of the delays after which it is left. */
  readonly timers: readonly string[];
  readonly description?: string;
  readonly spec?: string;
}

export interface LayoutEdge {
  /** `from>to`. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly both: boolean;
  /** `d` of an SVG path. */
  readonly d: string;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
}

/** Computes the layout of a chart. */
export function layoutOf(machine: AnyStateMachine): Layout {
  const whole = graphOf(machine);
  place(whole);
  settle(whole);
  const around = boundsOf(whole);
  shift(whole, -around.x, -around.y);
  const boxes = inAll(whole);
  return {
    width: tenth(around.width),
    height: tenth(around.height),
    nodes: boxes.slice(1).map(nodeOf),
    edges: boxes.flatMap((box) =>
      routesOf(box).map(({ from, to, both, path }) => ({ id: `${from}>${to}`, from, to, both, d: writePath(path) })),
    ),
  };
}

/** The area of all boxes and arrows. */
function boundsOf(whole: Box): Area {
  const corners = inAll(whole).flatMap(({ x, y, width, height }) => [point(x, y), point(x + width, y + height)]);
  const points = [...corners, ...inAll(whole).flatMap((box) => routesOf(box).flatMap(({ path }) => pointsOf(path)))];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [x, y] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return { x, y, width: Math.ceil(Math.max(...xs)) - x, height: Math.ceil(Math.max(...ys)) - y };
}

const inAll = (box: Box): Box[] => [box, ...box.inside.flatMap(inAll)];
const tenth = (pixels: number): number => Math.round(pixels * 10) / 10;

function nodeOf({ id, key, kind, x, y, width, height, isDot, isClique, timers, description, spec }: Box): LayoutNode {
  return {
    id,
    key,
    kind,
    x: tenth(x),
    y: tenth(y),
    w: tenth(width),
    h: tenth(height),
    timers,
    ...(isDot ? { dot: true as const } : {}),
    ...(isClique ? { clique: true as const } : {}),
    ...(description === undefined ? {} : { description }),
    ...(spec === undefined ? {} : { spec }),
  };
}
