/**
 * A chart as an SVG file, alone or with a call at one of its steps: for documents and exports.
 *
 * Rules: light and dark by the reader's setting; no script, no link, nothing from other hosts; every text is escaped. The page
 * draws the same layout with the same classes (page/chart.tsx).
 */
import { phaseOf, type StepView } from "../journal/view.ts";
import type { Layout, LayoutNode } from "./layout/layout.ts";
import { escaped, PALETTE } from "./svg.ts";
import { badgeWidth, type Walk, walkOf } from "./walk.ts";

/** Room around the chart: for the gutter, badges and halos. */
const AROUND = 22;

const STYLE = `${PALETTE}
  .box rect { fill: var(--tint); stroke: var(--line); } .box.deep rect { fill: var(--bg); fill-opacity: .55; } .box.on rect { stroke: var(--hue); }
  .box text { font-weight: 600; font-size: 11.5px; fill: var(--soft); } .box.on text { fill: var(--hue); } .box tspan { font-weight: 400; }
  .leaf rect { fill: var(--node); stroke: var(--node-line); } .leaf > text { text-anchor: middle; } .leaf circle.dot { fill: var(--edge); }
  .leaf.was rect { stroke: var(--hue); } .leaf.on rect { fill: var(--hue); stroke: var(--hue); } .leaf.on > text { fill: var(--node); font-weight: 600; }
  .clock { fill: none; stroke: var(--soft); } .leaf.on .clock { stroke: var(--node); }
  .leaf .badge rect { fill: var(--node); stroke: var(--hue); } .badge text { font-size: 9px; font-weight: 600; fill: var(--hue); text-anchor: middle; }
  .way { fill: none; stroke: var(--edge); } .tip { fill: var(--edge); } .way.was { stroke: var(--hue); stroke-width: 1.7; } .way.now { stroke-width: 2.6; } .tip.hue { fill: var(--hue); }`;

/** The chart, and the position of a call in it, if given. */
export function writeChartSvg(
  layout: Layout,
  title: string,
  call?: { steps: readonly StepView[]; at: number },
): string {
  const walk = call ? walkOf(layout, call.steps, call.at) : undefined;
  const leaves = layout.nodes.filter(({ kind }) => kind === "leaf" || kind === "final");
  return sheet(layout, title, [
    ...boxesOf(layout, walk),
    ...waysOf(layout, walk, call?.at),
    ...leaves.map((node) => leafOf(node, walk)),
  ]);
}

/** The SVG document around a drawing of a chart. */
export function sheet(layout: Layout, title: string, inside: readonly string[], style = ""): string {
  const [width, height] = [layout.width + 2 * AROUND, layout.height + 2 * AROUND];
  const area = `viewBox="${-AROUND} ${-AROUND} ${width} ${height}" width="${width}" height="${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${area} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}${style}</style>`,
    `<defs>${["", ...PHASES].map(markerOf).join("")}</defs>`,
    `<rect class="paper" x="${-AROUND}" y="${-AROUND}" width="${width}" height="${height}"/>`,
    ...inside,
    "</svg>",
    "",
  ].join("\n");
}

/** The states that contain others. */
export const boxesOf = ({ nodes }: Layout, walk?: Walk): string[] =>
  nodes.filter(({ kind }) => kind === "box" || kind === "parallel").map((node) => boxOf(node, walk));

const PHASES = ["asking", "up", "ending", "over"] as const;

function markerOf(phase: string): string {
  const size = phase === "" ? 6.5 : 8;
  const how = `viewBox="0 0 8 8" refX="7" refY="4" markerWidth="${size}" markerHeight="${size}" markerUnits="userSpaceOnUse" orient="auto-start-reverse"`;
  return `<marker id="m${phase}" class="${phase}" ${how}><path class="tip${phase === "" ? "" : " hue"}" d="M0 .6L7.6 4L0 7.4z"/></marker>`;
}

function boxOf({ id, key, kind, x, y, w, h, clique }: LayoutNode, walk: Walk | undefined): string {
  const classes = ["box", phaseOf(id), ...(id.includes(".") ? ["deep"] : [])];
  if (walk?.lit.some((state) => state.startsWith(`${id}.`))) classes.push("on");
  const beside = clique ? "any ⇄ any" : kind === "parallel" ? "both at once" : "";
  const more = beside === "" ? "" : `<tspan dx="6">${beside}</tspan>`;
  const title = `<text x="${x + 11}" y="${y + 16}">${escaped(key)}${more}</text>`;
  return `<g class="${classes.join(" ")}"><rect x="${x}" y="${y}" width="${w}" height="${h}" rx="11"/>${title}</g>`;
}

function leafOf(node: LayoutNode, walk: Walk | undefined): string {
  const { id, key, kind, x, y, w, h, timers } = node;
  const number = walk?.entered.get(id);
  const how = walk?.lit.includes(id) ? " on" : number === undefined ? "" : " was";
  const open = `<g class="leaf ${phaseOf(id)}${how}">`;
  if (node.dot) return `${open}<circle class="dot" cx="${x + w / 2}" cy="${y + h / 2}" r="5.5"/></g>`;
  const rect = `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${kind === "final" ? 13 : 8}"/>`;
  const text = `<text x="${x + (w - (timers.length > 0 ? 12 : 0)) / 2}" y="${y + h / 2 + 4.2}">${escaped(key)}</text>`;
  const clock = timers.length > 0 ? clockOf(x + w - 12, y + h / 2) : "";
  return `${open}${rect}${text}${clock}${number === undefined ? "" : badgeOf(x, y, number)}</g>`;
}

/** A clock: the state is left after a delay. */
const clockPath = (x: number, y: number): string =>
  `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M${x} ${y - 2.3}v2.3l1.6 1`;
const clockOf = (x: number, y: number): string => `<path class="clock" d="${clockPath(x, y)}"/>`;

function badgeOf(x: number, y: number, number: number): string {
  const width = badgeWidth(number);
  const rect = `<rect x="${x - width / 2}" y="${y - 7.5}" width="${width}" height="15" rx="7.5"/>`;
  return `<g class="badge">${rect}<text x="${x}" y="${y + 3.2}">${number}</text></g>`;
}

/** Arrows at rest first, the taken ones over them, the last one on top. */
function waysOf({ edges }: Layout, walk: Walk | undefined, at: number | undefined): string[] {
  const lines = walk?.lines ?? [];
  const resting = edges.filter(({ id }) => !lines.some((line) => line.id === id));
  return [
    ...resting.map(
      ({ d, both }) => `<path class="way" d="${d}" marker-end="url(#m)"${both ? ' marker-start="url(#m)"' : ""}/>`,
    ),
    ...lines.map(({ d, phase, back, step }) => {
      const now = step === at ? " now" : "";
      return `<path class="way was ${phase}${now}" d="${d}" marker-${back ? "start" : "end"}="url(#m${phase})"/>`;
    }),
  ];
}
