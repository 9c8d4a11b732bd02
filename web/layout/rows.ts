/**
 * Assigns boxes to rows, and orders the rows.
 *
 * Rules: without cycles a box is below all its predecessors; with cycles its row is the length of the shortest way from the
 * first box, since such a chart has no sequence. In a row connected boxes are next to each other; the order is
 * deterministic.
 */
import type { Arrow, Box } from "./graph.ts";

/** Longer rows keep the order of the chart: trying all orders takes too long. */
const MOST_TRIED = 6;

/** The boxes inside a box, row by row from the top. */
export function rowsOf({ inside, arrows, isClique }: Box): Box[][] {
  if (isClique) return inside.map((box) => [box]);
  const ranks = ranksOf(inside, arrows);
  const rows: Box[][] = Array.from({ length: Math.max(...ranks.values()) + 1 }, () => []);
  for (const box of inside) rows[ranks.get(box.id) ?? 0]?.push(box);
  for (let pass = 0; pass < 2; pass++) for (const index of rows.keys()) rows[index] = inOrder(rows, index, arrows);
  return rows;
}

/** Whether the arrows have a cycle. */
export function hasWayBack(inside: readonly Box[], arrows: readonly Arrow[]): boolean {
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    arrows.some((arrow) => {
      if (arrow.from !== from || seen.has(arrow.to)) return false;
      return arrow.to === to || reaches(arrow.to, to, seen.add(arrow.to));
    });
  return inside.some(({ id }) => reaches(id, id, new Set()));
}

function ranksOf(inside: readonly Box[], arrows: readonly Arrow[]): Map<string, number> {
  return hasWayBack(inside, arrows) ? byShortestWay(inside, arrows) : byLongestWay(inside, arrows);
}

function byLongestWay(inside: readonly Box[], arrows: readonly Arrow[]): Map<string, number> {
  const ranks = new Map<string, number>();
  const rank = (id: string): number => {
    const before = arrows.filter(({ to }) => to === id).map(({ from }) => ranks.get(from) ?? rank(from));
    const own = Math.max(-1, ...before) + 1;
    ranks.set(id, own);
    return own;
  };
  for (const { id } of inside) rank(id);
  // a box without predecessors is right above its successors
  for (const { id } of inside) {
    const next = arrows.filter(({ from }) => from === id).map(({ to }) => ranks.get(to) ?? 0);
    if (next.length > 0 && !arrows.some(({ to }) => to === id)) ranks.set(id, Math.min(...next) - 1);
  }
  return ranks;
}

function byShortestWay(inside: readonly Box[], arrows: readonly Arrow[]): Map<string, number> {
  const first = inside[0]?.id ?? "";
  const ranks = new Map([[first, 0]]);
  for (const [id, rank] of ranks) {
    for (const { to } of arrows.filter(({ from }) => from === id)) if (!ranks.has(to)) ranks.set(to, rank + 1);
  }
  // a box that no arrow leads to, such as a final state reached from everywhere, is last
  const last = Math.max(...ranks.values()) + 1;
  for (const { id } of inside) if (!ranks.has(id)) ranks.set(id, last);
  return ranks;
}

/** One row, in the order with the shortest arrows. */
function inOrder(rows: readonly (readonly Box[])[], index: number, arrows: readonly Arrow[]): Box[] {
  const row = rows[index] ?? [];
  if (row.length < 2 || row.length > MOST_TRIED) return [...row];
  const elsewhere = placesOf(rows.filter((_, other) => other !== index));
  let best: readonly Box[] = row;
  let least = Number.POSITIVE_INFINITY;
  for (const order of ordersOf(row)) {
    const cost = costOf(order, elsewhere, arrows);
    if (cost < least - 1e-9) [best, least] = [order, cost];
  }
  return [...best];
}

/** The relative position of each box in its row, between 0 and 1. */
const placesOf = (rows: readonly (readonly Box[])[]): Map<string, number> =>
  new Map(rows.flatMap((row) => row.map(({ id }, at): [string, number] => [id, (at + 0.5) / row.length])));

function costOf(order: readonly Box[], elsewhere: ReadonlyMap<string, number>, arrows: readonly Arrow[]): number {
  const here = placesOf([order]);
  return arrows.reduce((sum, { from, to }) => {
    const [start, end] = [here.get(from), here.get(to)];
    if (start !== undefined && end !== undefined)
      return sum + 3 * (Math.round(Math.abs(start - end) * order.length) - 1);
    const other = elsewhere.get(start === undefined ? from : to);
    const mine = start ?? end;
    return mine === undefined || other === undefined ? sum : sum + Math.abs(mine - other);
  }, 0);
}

function ordersOf<Item>(items: readonly Item[]): (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) =>
    ordersOf(items.filter((_, other) => other !== at)).map((others) => [item, ...others]),
  );
}
