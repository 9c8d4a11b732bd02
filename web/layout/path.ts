/**
 * The line of an arrow: straight pieces and Bézier curves, as the text of an SVG path and as points for measuring it.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Consecutive cubic curves; a straight piece is a degenerate curve. */
export interface Path {
  readonly start: Point;
  readonly curves: readonly (readonly [Point, Point, Point])[];
}

/** Points per curve for measuring. */
const SAMPLES = 16;

export const point = (x: number, y: number): Point => ({ x, y });

const between = (one: Point, other: Point, share: number): Point =>
  point(one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share);

/** A straight line. */
export const line = (from: Point, to: Point): Path => ({ start: from, curves: [straight(from, to)] });
/** One curve with its two control points. */
export const curve = (from: Point, first: Point, second: Point, to: Point): Path => ({
  start: from,
  curves: [[first, second, to]],
});

const straight = (from: Point, to: Point): [Point, Point, Point] => [
  between(from, to, 1 / 3),
  between(from, to, 2 / 3),
  to,
];

/** Straight pieces from corner to corner, each corner rounded. */
export function corners(points: readonly Point[], radius: number): Path {
  const [start = point(0, 0), ...rest] = points;
  const curves: [Point, Point, Point][] = [];
  let at = start;
  for (const [index, corner] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) curves.push(straight(at, corner));
    else {
      const room = Math.min(radius, distance(at, corner) / 2, distance(corner, next) / 2);
      const [before, after] = [toward(corner, at, room), toward(corner, next, room)];
      curves.push(straight(at, before), [between(before, corner, 0.55), between(after, corner, 0.55), after]);
      at = after;
    }
  }
  return { start, curves };
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
const toward = (from: Point, to: Point, length: number): Point =>
  between(from, to, length / Math.max(distance(from, to), 1e-6));

/** Points along a path, from its start to its end. */
export function pointsOf({ start, curves }: Path): Point[] {
  const points = [start];
  let from = start;
  for (const [first, second, to] of curves) {
    for (let step = 1; step <= SAMPLES; step++) points.push(onCurve(from, first, second, to, step / SAMPLES));
    from = to;
  }
  return points;
}

function onCurve(from: Point, first: Point, second: Point, to: Point, share: number): Point {
  const [a, b, c] = [between(from, first, share), between(first, second, share), between(second, to, share)];
  return between(between(a, b, share), between(b, c, share), share);
}

/** The value of `d` of an SVG path, to a tenth of a pixel. */
export function writePath({ start, curves }: Path): string {
  const say = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
  return `M${say(start)}${curves.map((points) => `C${points.map(say).join(" ")}`).join("")}`;
}

/** The length in pixels. */
export function lengthOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, each, at) => sum + distance(each, points[at] ?? each), 0);
}

/** Whether a point is in an area enlarged (or reduced) by a margin on each side. */
export const isIn = ({ x, y }: Point, area: Area, margin: number): boolean =>
  x > area.x - margin && x < area.x + area.width + margin && y > area.y - margin && y < area.y + area.height + margin;

/** How often two polylines cross. */
export function crossings(one: readonly Point[], other: readonly Point[]): number {
  let count = 0;
  for (let i = 1; i < one.length; i++)
    for (let j = 1; j < other.length; j++)
      if (cross(one[i - 1] as Point, one[i] as Point, other[j - 1] as Point, other[j] as Point)) count++;
  return count;
}

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number => (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
