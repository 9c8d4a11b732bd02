/** Every chart has a drawing that can be read: nothing lies on anything else, and every text fits its box. */
import { describe, expect, test } from "bun:test";
import { catalogue } from "../../../machines/catalogue.ts";
import { graphOf } from "../../../web/layout/graph.ts";
import { type Layout, type LayoutNode, layoutOf } from "../../../web/layout/layout.ts";
import { textWidth } from "../../../web/layout/text-width.ts";
import { nameOf, statesOf } from "../../../web/steps.ts";

const layouts = Object.entries(catalogue).map(([name, machine]) => ({ name, machine, layout: layoutOf(machine) }));

const isInside = (one: LayoutNode, other: LayoutNode): boolean => one.id.startsWith(`${other.id}.`);
const overlap = (one: LayoutNode, other: LayoutNode): boolean =>
  one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
const holds = (outer: LayoutNode, inner: LayoutNode): boolean =>
  outer.x < inner.x &&
  outer.y < inner.y &&
  outer.x + outer.w > inner.x + inner.w &&
  outer.y + outer.h > inner.y + inner.h;

/** Points of the curves of a path, ends left out. */
function pointsOf(d: string): { x: number; y: number }[] {
  const numbers = d.match(/-?[\d.]+/g)?.map(Number) ?? [];
  const points: { x: number; y: number }[] = [];
  let [x0 = 0, y0 = 0] = numbers;
  for (let i = 2; i + 5 < numbers.length; i += 6) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, x3 = 0, y3 = 0] = numbers.slice(i, i + 6);
    for (let k = 1; k <= 40; k++) {
      const [t, u] = [k / 40, 1 - k / 40];
      const at = (a: number, b: number, c: number, e: number): number =>
        u ** 3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t ** 3 * e;
      points.push({ x: at(x0, x1, x2, x3), y: at(y0, y1, y2, y3) });
    }
    [x0, y0] = [x3, y3];
  }
  return points.slice(1, -2);
}

const crossed = ({ nodes }: Layout, d: string, from: string, to: string): string[] => {
  const ends = new Set([from, to]);
  const isAround = (id: string): boolean => from.startsWith(`${id}.`) && to.startsWith(`${id}.`);
  return nodes
    .filter(({ id }) => !ends.has(id) && !isAround(id) && !id.startsWith(`${from}.`) && !id.startsWith(`${to}.`))
    .filter(({ x, y, w, h }) => pointsOf(d).some((at) => at.x > x && at.x < x + w && at.y > y && at.y < y + h))
    .map(({ id }) => id);
};

describe.each(layouts)("the chart $name", ({ machine, layout }) => {
  const { nodes, edges, width, height } = layout;

  test("shows every state once", () => {
    expect(nodes.map(({ id }) => id).toSorted()).toEqual(statesOf(machine).map(nameOf).toSorted());
  });

  test("lays no box on another", () => {
    const pairs = nodes.flatMap((one, at) => nodes.slice(at + 1).map((other) => [one, other] as const));
    const wrong = pairs.filter(([one, other]) => {
      if (isInside(one, other)) return !holds(other, one);
      if (isInside(other, one)) return !holds(one, other);
      return overlap(one, other);
    });
    expect(wrong.map(([one, other]) => `${one.id} and ${other.id}`)).toEqual([]);
  });

  test("leads no arrow through a box", () => {
    const wrong = edges.flatMap(({ d, from, to }) => crossed(layout, d, from, to).map((id) => `${from}>${to}: ${id}`));
    expect(wrong).toEqual([]);
  });

  test("has no text that is wider than its box", () => {
    const wide = nodes.filter(
      ({ key, w, dot, timers }) => !dot && textWidth(key, 12) + (timers.length > 0 ? 14 : 0) + 10 > w,
    );
    expect(wide.map(({ id }) => id)).toEqual([]);
  });

  test("keeps everything within its size", () => {
    const points = edges.flatMap(({ d }) => pointsOf(d));
    expect(points.filter(({ x, y }) => x < -1 || y < -1 || x > width + 1 || y > height + 1)).toEqual([]);
    expect(nodes.filter(({ x, y, w, h }) => x < 0 || y < 0 || x + w > width || y + h > height)).toEqual([]);
  });

  test("draws each arrow that its graph has, and no other", () => {
    const arrows = (box: ReturnType<typeof graphOf>): string[] => [
      ...box.arrows.map(({ from, to }) => `${from}>${to}`),
      ...box.inside.flatMap(arrows),
    ];
    const drawn = edges.flatMap(({ id, from, to, both }) => (both ? [id, `${to}>${from}`] : [id]));
    expect(drawn.toSorted()).toEqual(arrows(graphOf(machine)).toSorted());
  });
});

test("a chart is laid out alike each time", () => {
  for (const { machine, layout } of layouts) expect(layoutOf(machine)).toEqual(layout);
});
