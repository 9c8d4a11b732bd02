/** All calls on their chart: states coloured by a figure, lines as wide as the number of calls. */
import { signal } from "@preact/signals";
import type { CountsView } from "../../journal/counts.ts";
import { phaseOf } from "../../journal/view.ts";
import type { Layout } from "../layout/layout.ts";
import { lift } from "../layout/lift.ts";
import { Boxes, Markers } from "./drawing.tsx";
import { Outline } from "./outline.tsx";
import { span } from "./words.ts";

export type By = "entered" | "stay" | "failures" | "live now";
export const BYS: readonly By[] = ["entered", "stay", "failures", "live now"];

export const by = signal<By>("entered");

const MEANING: Readonly<Record<By, string>> = {
  entered: "how often a state was entered",
  stay: "how long calls stayed in a state, on average",
  failures: "in which state calls failed",
  "live now": "where calls are now",
};

/** What the chart shows, in a sentence. */
export function leadOf(found: CountsView | undefined, what: By): string {
  if (!found || found.calls === 0) return "No call yet.";
  return `${found.calls} calls. Colour and number: ${MEANING[what]}. Line width: how many went that way; dotted: none yet.`;
}

/** The figure by which states are coloured. */
function figuresOf(found: CountsView, what: By): ReadonlyMap<string, number> {
  if (what === "failures") return new Map(Object.entries(found.failed));
  if (what === "live now") return new Map(Object.entries(found.now));
  if (what === "entered") return new Map(Object.entries(found.entered));
  return new Map(
    Object.entries(found.stayed).map(([state, all]) => [state, all / Math.max(1, found.entered[state] ?? 1)]),
  );
}

/** The number of calls along each line: states lifted to the boxes that the lines connect. */
function flowsOf(found: CountsView): ReadonlyMap<string, number> {
  const flows = new Map<string, number>();
  for (const [way, count] of Object.entries(found.walked)) {
    const [from = "", to = ""] = way.split(">");
    const line = lift(from === "" ? "starting" : from, to);
    if (line) flows.set(`${line.from}>${line.to}`, (flows.get(`${line.from}>${line.to}`) ?? 0) + count);
  }
  return flows;
}

export function Heat({ layout, counts: found }: { layout: Layout; counts: CountsView }) {
  const figures = figuresOf(found, by.value);
  const flows = flowsOf(found);
  const most = Math.max(1, ...[...figures].filter(([state]) => state !== "ended").map(([, count]) => count));
  const widest = Math.max(1, ...flows.values());
  return (
    <svg
      viewBox={`-20 -6 ${layout.width + 40} ${layout.height + 12}`}
      role="img"
      aria-label="The chart of a call, with how many calls went where"
    >
      <Markers />
      <Boxes nodes={layout.nodes} lit={[]} />
      {layout.edges.map(({ id, d, from, to, both }) => {
        const count = (flows.get(id) ?? 0) + (both ? (flows.get(`${to}>${from}`) ?? 0) : 0);
        const hue = count > 0 ? phaseOf(to) : "none";
        const width = count > 0 ? (1 + 7 * Math.sqrt(count / widest)).toFixed(1) : undefined;
        return (
          <path key={id} class={`flow ${hue}`} d={d} stroke-width={width} marker-end={`url(#m${count > 0 ? hue : ""})`}>
            <title>{`${from} → ${to}: ${count}`}</title>
          </path>
        );
      })}
      {layout.nodes.map((node) => {
        const { id, key, kind, x, y, w, h, dot } = node;
        if (kind === "box" || kind === "parallel" || dot) return null;
        const figure = figures.get(id) ?? 0;
        const heat = Math.round(Math.sqrt(Math.min(1, figure / most)) * 100);
        const words = figureWords(figure);
        const wide = words.length * 6.5 + 9;
        return (
          <g
            key={id}
            class={`leaf ${phaseOf(id)} ${figure > 0 ? "heat" : ""} ${heat > 55 ? "hot" : ""}`}
            style={{ "--h": `${heat}%` }}
            data-state={id}
          >
            <rect x={x} y={y} width={w} height={h} rx={kind === "final" ? 13 : 8} />
            <text x={x + w / 2} y={y + h / 2 + 4.2}>
              {key}
            </text>
            <title>{`${id}: ${words}`}</title>
            {figure > 0 && (
              <g class="count">
                <rect x={x + w - 12} y={y - 8} width={wide} height={15} rx={7.5} />
                <text x={x + w - 12 + wide / 2} y={y + 3}>
                  {words}
                </text>
              </g>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** The same, as a nested list. */
export function HeatOutline({ layout, counts: found }: { layout: Layout; counts: CountsView }) {
  const figures = figuresOf(found, by.value);
  return (
    <Outline
      nodes={layout.nodes}
      look={({ id }) => {
        const figure = figures.get(id) ?? 0;
        return { isOn: false, number: figure > 0 ? figureWords(figure) : undefined };
      }}
    />
  );
}

const figureWords = (figure: number): string => (by.value === "stay" ? span(figure) : `${figure}`);
