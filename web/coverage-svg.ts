/**
 * The coverage of a chart by plays, as an SVG file: states by how often they are entered, lines by how often they are taken; what no
 * play covers is dotted and red.
 *
 * Rules: as in chart-svg.ts. A transition is drawn as the line it is lifted to (layout/lift.ts), so a line may stand for several.
 */
import { phaseOf } from "../journal/view.ts";
import { boxesOf, sheet } from "./chart-svg.ts";
import type { Walked } from "./coverage.ts";
import type { Layout, LayoutNode } from "./layout/layout.ts";
import { lift } from "./layout/lift.ts";
import { escaped } from "./svg.ts";

/** Width in pixels of the least used line, and the most that is added for use. */
const LINE = { least: 1, more: 7 };

const STYLE = `
  .leaf.heat rect.fill { fill: var(--hue); stroke: var(--hue); } .leaf.heat rect.paper { stroke: none; fill: var(--node); } .leaf.hot > text { fill: var(--node); font-weight: 600; }
  .leaf.never rect { stroke: var(--bad); stroke-dasharray: 3 3; } .leaf.never > text { fill: var(--bad); }
  .count rect { fill: var(--node); stroke: var(--hue); } .count text { font-size: 9.5px; font-weight: 600; fill: var(--hue); text-anchor: middle; }
  .flow { fill: none; stroke: var(--hue); stroke-opacity: .55; } .flow.never { stroke: var(--bad); stroke-dasharray: 2 4; stroke-opacity: .8; }`;

export function writeCoverageSvg(layout: Layout, title: string, { states, moves }: Walked): string {
  const leaves = layout.nodes.filter(({ kind, dot }) => (kind === "leaf" || kind === "final") && !dot);
  const most = Math.max(1, ...Object.values(states));
  return sheet(
    layout,
    title,
    [...boxesOf(layout), ...flowsOf(layout, moves), ...leaves.map((node) => leafOf(node, states[node.id] ?? 0, most))],
    STYLE,
  );
}

function flowsOf({ edges }: Layout, moves: Walked["moves"]): string[] {
  const flows = new Map<string, number>();
  for (const [move, count] of Object.entries(moves)) {
    const [from = "", to = ""] = move.split(">");
    const line = lift(from, to);
    if (line) flows.set(`${line.from}>${line.to}`, (flows.get(`${line.from}>${line.to}`) ?? 0) + count);
  }
  const widest = Math.max(1, ...flows.values());
  return edges.map(({ id, d, from, to, both }) => {
    const count = (flows.get(id) ?? 0) + (both ? (flows.get(`${to}>${from}`) ?? 0) : 0);
    const phase = phaseOf(to);
    const width = (LINE.least + LINE.more * Math.sqrt(count / widest)).toFixed(1);
    const how = count === 0 ? `class="flow never"` : `class="flow ${phase}" stroke-width="${width}"`;
    return `<path ${how} d="${d}" marker-end="url(#m${count === 0 ? "" : phase})"><title>${escaped(`${from} → ${to}: ${count}`)}</title></path>`;
  });
}

function leafOf({ id, key, kind, x, y, w, h }: LayoutNode, count: number, most: number): string {
  const heat = Math.sqrt(count / most);
  const place = `x="${x}" y="${y}" width="${w}" height="${h}" rx="${kind === "final" ? 13 : 8}"`;
  const text = `<text x="${x + w / 2}" y="${y + h / 2 + 4.2}">${escaped(key)}</text>`;
  if (count === 0) return `<g class="leaf never"><rect ${place}/>${text}</g>`;
  const wide = `${count}`.length * 6.5 + 9;
  const [left, middle] = [x + w - 12, x + w - 12 + wide / 2];
  const badge = `<g class="count"><rect x="${left}" y="${y - 8}" width="${wide}" height="15" rx="7.5"/><text x="${middle}" y="${y + 3}">${count}</text></g>`;
  const fill = `<rect class="fill" ${place} fill-opacity="${(0.08 + 0.92 * heat).toFixed(2)}"/>`;
  return `<g class="leaf ${phaseOf(id)} heat${heat > 0.55 ? " hot" : ""}"><rect class="paper" ${place}/>${fill}${text}${badge}</g>`;
}
