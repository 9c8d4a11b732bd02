/**
 * Routes the arrows in a box.
 *
 * Rules: of all possible lines of an arrow the best is chosen: one that touches no other box and no title, then the one with
 * the fewest crossings, then the shortest; the arrows at one side of a box are spread along it, ordered by their other
 * ends, so that they do not cross there. The last resort is the gutter around the whole.
 */
import type { Arrow, Box } from "./graph.ts";
import {
  type Area,
  corners,
  crossings,
  curve,
  isIn,
  lengthOf,
  line,
  type Path,
  type Point,
  point,
  pointsOf,
} from "./path.ts";
import { FONT } from "./places.ts";
import { textWidth } from "./text-width.ts";

export interface Route extends Arrow {
  /** Whether it has a head at both ends. */
  readonly both: boolean;
  readonly path: Path;
}

type Side = "top" | "bottom" | "left" | "right";
/** A way to draw a line: the sides it leaves and enters, and the line between two points on them. */
interface Way {
  readonly out: Side;
  readonly into: Side;
  /** Cost besides its length: simple ways are preferred. */
  readonly detour: number;
  readonly draw: (from: Point, to: Point) => Path;
}

/** Least distance in pixels between a line and a box it does not belong to. */
const MARGIN = 3;
const RADIUS = 10;
/** Costs, in pixels of length. */
const HIT = 100_000;
const CROSSING = 60;

/** The routes of all arrows in a box with final positions. */
export function routesOf(level: Box): Route[] {
  const arrows = merged(level);
  const chosen = new Map<Arrow, Way>();
  const drawn: Point[][] = [];
  for (const arrow of arrows) {
    const { way, points } = best(level, arrow, drawn);
    chosen.set(arrow, way);
    drawn.push(points);
  }
  const ports = portsOf(level, arrows, chosen);
  return arrows.map((arrow) => {
    const way = chosen.get(arrow) as Way;
    const [from, to] = [ports.get(`out ${keyOf(arrow)}`), ports.get(`into ${keyOf(arrow)}`)] as [Point, Point];
    const path = way.draw(from, to);
    const isFree = hitsOf(level, arrow, pointsOf(path)) === 0;
    return { ...arrow, path: isFree ? path : best(level, arrow, []).path };
  });
}

const keyOf = ({ from, to }: Arrow): string => `${from}>${to}`;
const boxIn = (level: Box, id: string): Box => level.inside.find((box) => box.id === id) as Box;

/** Merges two opposite arrows into one. */
function merged({ arrows }: Box): (Arrow & { both: boolean })[] {
  const isBack = (one: Arrow, other: Arrow): boolean => one.from === other.to && one.to === other.from;
  return arrows
    .filter((arrow, at) => !arrows.slice(0, at).some((earlier) => isBack(arrow, earlier)))
    .map((arrow) => ({ ...arrow, both: arrows.some((other) => isBack(arrow, other)) }));
}

function best(level: Box, arrow: Arrow, drawn: readonly (readonly Point[])[]) {
  const [from, to] = [boxIn(level, arrow.from), boxIn(level, arrow.to)];
  const candidates = waysOf(level, from, to).map((way) => {
    const path = way.draw(middle(from, way.out), middle(to, way.into));
    const points = pointsOf(path);
    const crossed = drawn.reduce((sum, other) => sum + crossings(points, other), 0);
    const cost = hitsOf(level, arrow, points) * HIT + crossed * CROSSING + way.detour + lengthOf(points);
    return { way, path, points, cost };
  });
  return candidates.reduce((least, each) => (each.cost < least.cost ? each : least));
}

/** How much of a line is on boxes or on the title, or outside its box. */
function hitsOf(level: Box, arrow: Arrow, points: readonly Point[]): number {
  const inner = points.slice(1, -1);
  const own = (box: Box): boolean => box.id === arrow.from || box.id === arrow.to;
  const onBox = inner.filter((each) => level.inside.some((box) => isIn(each, box, own(box) ? -1 : MARGIN))).length;
  if (level.id === "") return onBox;
  const outside = inner.filter((each) => !isIn(each, level, -2)).length;
  return onBox + outside + inner.filter((each) => isIn(each, titleOf(level), 1)).length;
}

/** The area of a box's title. */
const titleOf = ({ x, y, key }: Box): Area => ({ x: x + 11, y: y + 5, width: textWidth(key, FONT), height: 14 });

const SIDES: Readonly<Record<Side, (box: Area, along: number) => Point>> = {
  top: ({ x, y, width }, along) => point(x + width * along, y),
  bottom: ({ x, y, width, height }, along) => point(x + width * along, y + height),
  left: ({ x, y, height }, along) => point(x, y + height * along),
  right: ({ x, y, width, height }, along) => point(x + width, y + height * along),
};
const middle = (box: Area, side: Side): Point => SIDES[side](box, 0.5);

function waysOf(level: Box, from: Box, to: Box): Way[] {
  const isWhole = level.id === "";
  const below = to.y >= from.y + from.height;
  const above = from.y >= to.y + to.height;
  const right = to.x >= from.x + from.width;
  const left = from.x >= to.x + to.width;
  return [
    ...(below ? [vertical("bottom", "top")] : []),
    ...(above ? [vertical("top", "bottom")] : []),
    ...(right ? [horizontal("right", "left", below || above)] : []),
    ...(left ? [horizontal("left", "right", below || above)] : []),
    ...(below || above ? [turning(right ? "right" : "left", below ? "top" : "bottom")] : []),
    ...(below || above ? [turning(below ? "bottom" : "top", right ? "left" : "right", true)] : []),
    ...(below || above ? [] : [14, 20, 28].flatMap((depth) => [around("bottom", depth), around("top", -depth)])),
    ...[8, 14, 20, 28, 40].flatMap((depth) => [
      beside(level, from, to, "left", -depth),
      beside(level, from, to, "right", depth),
    ]),
    ...(isWhole ? [12, 20, 28].flatMap((out) => [gutter(level, "left", out), gutter(level, "right", out)]) : []),
    ...(isWhole ? [] : [5, 10].flatMap((into) => [gutter(level, "left", -into), gutter(level, "right", -into)])),
  ];
}

/** Down or up, as an S-curve if the two are not aligned. */
const vertical = (out: Side, into: Side): Way => ({
  out,
  into,
  detour: 0,
  draw: (from, to) => {
    const half = (to.y - from.y) / 2;
    return curve(from, point(from.x, from.y + half), point(to.x, to.y - half), to);
  },
});

/** To a box at the side; if that is also lower or higher, it is better reached from above or below. */
const horizontal = (out: Side, into: Side, isApart: boolean): Way => ({
  out,
  into,
  detour: isApart ? 50 : 0,
  draw: (from, to) => {
    if (Math.abs(from.y - to.y) < 1) return line(from, to);
    const half = (to.x - from.x) / 2;
    return curve(from, point(from.x + half, from.y), point(to.x - half, to.y), to);
  },
});

/** Out at one side and in at the top or bottom, or the reverse. */
const turning = (out: Side, into: Side, isFirstVertical = false): Way => ({
  out,
  into,
  detour: 45,
  draw: (from, to) => {
    const corner = isFirstVertical ? point(from.x, to.y) : point(to.x, from.y);
    const near = (end: Point): Point => point(end.x + (corner.x - end.x) * 0.75, end.y + (corner.y - end.y) * 0.75);
    return curve(from, near(from), near(to), to);
  },
});

/** Below, or above, the boxes between two boxes of a row. */
const around = (side: "top" | "bottom", depth: number): Way => ({
  out: side,
  into: side,
  detour: 25,
  draw: (from, to) => {
    const y = depth > 0 ? Math.max(from.y, to.y) + depth * 1.25 : Math.min(from.y, to.y) + depth * 1.25;
    return curve(from, point(from.x, y), point(to.x, y), to);
  },
});

/** Beside the boxes between two boxes of a column: close to them, or beyond everything. */
function beside(level: Box, from: Box, to: Box, side: "left" | "right", depth: number): Way {
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y + from.height, to.y + to.height)];
  const passed = level.inside.filter(({ y, height }) => y < bottom && y + height > top);
  const among = Math.abs(depth) > 20 ? passed : [from, to];
  const edge =
    side === "left" ? Math.min(...among.map(({ x }) => x)) : Math.max(...among.map(({ x, width }) => x + width));
  return bracket(side, edge + depth, 40);
}

/** Around everything, at one side of the box. */
function gutter(level: Box, side: "left" | "right", out: number): Way {
  return bracket(side, side === "left" ? level.x - out : level.x + level.width + out, 60);
}

/** Out at one side to a vertical line at x, along it, and in again. */
const bracket = (side: "left" | "right", x: number, detour: number): Way => ({
  out: side,
  into: side,
  detour,
  draw: (from, to) => corners([from, point(x, from.y), point(x, to.y), to], RADIUS),
});

/** The points where arrows leave and enter: spread along each side, ordered by their other ends. */
function portsOf(level: Box, arrows: readonly Arrow[], chosen: ReadonlyMap<Arrow, Way>): Map<string, Point> {
  const ends = arrows.flatMap((arrow) => {
    const way = chosen.get(arrow) as Way;
    const [from, to] = [boxIn(level, arrow.from), boxIn(level, arrow.to)];
    return [
      { name: `out ${keyOf(arrow)}`, box: from, side: way.out, other: to, way },
      { name: `into ${keyOf(arrow)}`, box: to, side: way.into, other: from, way },
    ];
  });
  const groups = Map.groupBy(ends, ({ box, side }) => `${box.id} ${side}`);
  const ports = new Map<string, Point>();
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const flat = first.side === "top" || first.side === "bottom";
    const place = ({ other }: { other: Area }): number =>
      flat ? other.x + other.width / 2 : other.y + other.height / 2;
    const sorted = group.toSorted((one, two) => place(one) - place(two));
    const length = flat ? first.box.width : first.box.height;
    const room = Math.min(0.7 * length, flat ? 26 * sorted.length : 60) / length;
    for (const [at, { name, box, side }] of sorted.entries())
      ports.set(name, SIDES[side](box, 0.5 + ((at + 1) / (sorted.length + 1) - 0.5) * room));
  }
  return ports;
}
