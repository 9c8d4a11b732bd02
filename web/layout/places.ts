/**
 * Sizes and positions of boxes.
 *
 * Rules: rows from the top, each centred in its box; regions of a parallel state side by side; a box whose arrows all bypass
 * the next rows is beside those rows, in a lane of its own; a box alone in its row is as wide as the chart, and without
 * arrows back it runs from left to right, which makes the chart lower. Everything is measured in pixels for Inter at
 * 12 px.
 */
import type { Box } from "./graph.ts";
import { hasWayBack, rowsOf } from "./rows.ts";
import { textWidth } from "./text-width.ts";

export const FONT = 12;
/** Height of a state, of a box's title, and of the dot. */
const LEAF = 27;
const TITLE = 24;
const DOT = 13;
const PADDING = 11;
/** Additional room below a title if the first state is right below it, for the number at the state's corner. */
const NUMBER = 7;
/** Gaps between boxes in a row, between rows, between lanes, and between columns. */
const BESIDE = 16;
const BELOW = 20;
const LANE = 22;
const COLUMN = 36;
/** Room at the sides of a box for arrows around its rows. */
const GUTTER = 16;
const CLOCK = 14;
const LEAST_WIDTH = 56;

/** Sizes a box and positions its children. */
export function place(box: Box, isAlone = true): void {
  if (box.inside.length === 0) return sizeLeaf(box);
  if (box.kind === "parallel") return placeRegions(box);
  const rows = rowsOf(box);
  const isWhole = box.id === "";
  for (const each of box.inside)
    place(
      each,
      rows.some((row) => row.length === 1 && row[0] === each),
    );
  if (isWhole) return placeWhole(box, rows);
  const isSequence = !(box.isClique || hasWayBack(box.inside, box.arrows));
  if (isAlone && isSequence && rows.length > 2 && box.id.split(".").length === 1) return placeColumns(box, rows);
  placeRows(box, rows);
}

function sizeLeaf(box: Box): void {
  const clock = box.timers.length > 0 ? CLOCK : 0;
  box.width = box.isDot ? DOT : Math.max(LEAST_WIDTH, Math.ceil(textWidth(box.key, FONT)) + 18 + clock);
  box.height = box.isDot ? DOT : LEAF;
}

/** Least width of a box for its title and the note next to it. */
const titleWidth = ({ key, kind, isClique }: Box): number => {
  const beside = isClique ? "  any any any" : kind === "parallel" ? "  both at once" : "";
  return Math.ceil(textWidth(key + beside, FONT)) + 2 * PADDING;
};

function placeRows(box: Box, rows: readonly (readonly Box[])[]): void {
  const around = box.isClique || rows.length < 3 ? 0 : GUTTER;
  const width = Math.max(...rows.map(widthOf));
  box.width = Math.max(width + 2 * (PADDING + around), titleWidth(box));
  let y = TITLE + (box.isClique ? NUMBER : 0);
  for (const row of rows) {
    const height = Math.max(...row.map((each) => each.height));
    spread(row, (box.width - widthOf(row)) / 2, y, height);
    y += height + (box.isClique ? 9 : BELOW);
  }
  box.height = y - (box.isClique ? 9 : BELOW) + PADDING + (hasArcBelow(box, rows.at(-1) ?? []) ? 8 : 0);
}

/** Whether two boxes of the last row are connected past one between them: that arrow is below. */
function hasArcBelow(box: Box, row: readonly Box[]): boolean {
  const at = (id: string): number => row.findIndex((each) => each.id === id);
  return box.arrows.some(({ from, to }) => at(from) >= 0 && at(to) >= 0 && Math.abs(at(from) - at(to)) > 1);
}

function placeColumns(box: Box, columns: readonly (readonly Box[])[]): void {
  const heightOf = (column: readonly Box[]): number =>
    column.reduce((sum, { height }) => sum + height, 0) + (column.length - 1) * 10;
  const height = Math.max(...columns.map(heightOf));
  let x = PADDING;
  for (const column of columns) {
    const width = Math.max(...column.map((each) => each.width));
    let y = TITLE;
    for (const each of column) {
      each.x = x + (width - each.width) / 2;
      each.y = y;
      y += each.height + 10;
    }
    x += width + COLUMN;
  }
  box.width = Math.max(x - COLUMN + PADDING, titleWidth(box));
  box.height = TITLE + height + PADDING;
}

function placeRegions(box: Box): void {
  for (const region of box.inside) place(region, false);
  const height = Math.max(...box.inside.map((region) => region.height));
  let x = PADDING;
  for (const region of box.inside) {
    grow(region, region.width, height);
    region.x = x;
    region.y = TITLE;
    x += region.width + BESIDE;
  }
  box.width = Math.max(x - BESIDE + PADDING, titleWidth(box));
  box.height = TITLE + height + PADDING;
}

function placeWhole(box: Box, rows: readonly (readonly Box[])[]): void {
  const bands = bandsOf(box, rows);
  const width = Math.max(...bands.map((band) => band.width));
  let y = 0;
  for (const band of bands) {
    placeBand(band, width, y);
    y += band.height + BELOW;
  }
  box.width = width;
  box.height = y - BELOW;
}

/** A horizontal band of the whole: a row, or a lane on the left and the rows that it spans. */
interface Band {
  readonly lane?: Box;
  readonly rows: readonly (readonly Box[])[];
  readonly width: number;
  readonly height: number;
}

function bandsOf(box: Box, rows: readonly (readonly Box[])[]): Band[] {
  const rankOf = (id: string): number => rows.findIndex((row) => row.some((each) => each.id === id));
  const bands: Band[] = [];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? [];
    const lane = row.length > 1 ? row.find((each) => each.inside.length > 0 && spanOf(each, index) > 1) : undefined;
    if (lane === undefined) bands.push({ rows: [row], width: widthOf(row), height: heightOf(row) });
    else {
      const beside = [row.filter((each) => each !== lane), ...rows.slice(index + 1, index + spanOf(lane, index))];
      const height = beside.reduce((sum, each) => sum + heightOf(each) + BELOW, -BELOW);
      const width = lane.width + LANE + Math.max(...beside.map(widthOf));
      bands.push({ lane, rows: beside, width, height: Math.max(height, lane.height) });
      index += beside.length - 1;
    }
  }
  return bands;

  function spanOf({ id }: Box, at: number): number {
    const next = box.arrows.filter(({ from }) => from === id).map(({ to }) => rankOf(to));
    return Math.min(rows.length, ...next) - at;
  }
}

function placeBand({ lane, rows, height }: Band, width: number, y: number): void {
  if (lane === undefined) {
    const [row = []] = rows;
    const [only] = row;
    if (row.length === 1 && only && only.inside.length > 0) grow(only, width, only.height);
    return spread(row, (width - widthOf(row)) / 2, y, heightOf(row));
  }
  const beside = Math.max(...rows.map(widthOf));
  const share = (width - lane.width - LANE - beside) / 2;
  grow(lane, lane.width + share, height);
  [lane.x, lane.y] = [0, y];
  const left = lane.width + LANE;
  let top = y;
  for (const [index, row] of rows.entries()) {
    const rest = height - rows.reduce((sum, each) => sum + heightOf(each) + BELOW, -BELOW);
    const tall = heightOf(row) + (index === 0 ? rest : 0);
    const [only] = row;
    if (row.length === 1 && only && only.inside.length > 0) grow(only, width - left, tall);
    spread(row, left + (width - left - widthOf(row)) / 2, top, tall);
    top += tall + BELOW;
  }
}

const widthOf = (row: readonly Box[]): number =>
  row.reduce((sum, { width }) => sum + width, 0) + (row.length - 1) * BESIDE;
const heightOf = (row: readonly Box[]): number => Math.max(...row.map(({ height }) => height));

/** Positions a row from x on, each box centred in the row's height. */
function spread(row: readonly Box[], x: number, y: number, height: number): void {
  let left = x;
  for (const box of row) {
    box.x = left;
    box.y = y + (height - box.height) / 2;
    left += box.width + BESIDE;
  }
}

/** Enlarges a box; its contents stay centred, regions share the room. */
function grow(box: Box, width: number, height: number): void {
  const [more, taller] = [width - box.width, height - box.height];
  box.width = width;
  box.height = height;
  if (box.kind !== "parallel") {
    for (const each of box.inside) {
      each.x += more / 2;
      each.y += taller / 2;
    }
    return;
  }
  const all = box.inside.reduce((sum, region) => sum + region.width, 0);
  let x = PADDING;
  for (const region of box.inside) {
    grow(region, region.width + (more * region.width) / all, region.height + taller);
    region.x = x;
    x += region.width + BESIDE;
  }
}

/** Converts positions to those in the whole chart. */
export function settle(box: Box, x = 0, y = 0): void {
  for (const each of box.inside) {
    each.x += x;
    each.y += y;
    settle(each, each.x, each.y);
  }
}

/** Moves a box with its contents. */
export function shift(box: Box, x: number, y: number): void {
  box.x += x;
  box.y += y;
  for (const each of box.inside) shift(each, x, y);
}
