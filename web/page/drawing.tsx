/** Parts of every drawing of a chart: arrow heads, boxes, and lines. */
import type { Phase } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import type { Layout, LayoutNode } from "../layout/layout.ts";
import type { Walked } from "../walk.ts";

const KINDS: readonly (Phase | "")[] = ["", "asking", "up", "ending", "over"];

export function Markers() {
  return (
    <defs>
      {KINDS.map((kind) => (
        <marker
          key={kind}
          id={`m${kind}`}
          viewBox="0 0 8 8"
          refX={7}
          refY={4}
          markerWidth={kind === "" ? 6.5 : 8}
          markerHeight={kind === "" ? 6.5 : 8}
          markerUnits="userSpaceOnUse"
          orient="auto-start-reverse"
          class={kind}
        >
          <path class={kind === "" ? "head" : "head hue"} d="M0 .6L7.6 4L0 7.4z" />
        </marker>
      ))}
    </defs>
  );
}

export function Boxes({ nodes, lit }: { nodes: readonly LayoutNode[]; lit: readonly string[] }) {
  return nodes.map(({ id, key, kind, x, y, w, h, clique }) => {
    if (kind !== "box" && kind !== "parallel") return null;
    const isOn = lit.some((state) => state.startsWith(`${id}.`));
    const beside = clique ? "any ⇄ any" : kind === "parallel" ? "both at once" : "";
    return (
      <g key={id} class={`box ${phaseOf(id)} ${id.includes(".") ? "deep" : ""} ${isOn ? "on" : ""}`}>
        <rect x={x} y={y} width={w} height={h} rx={11} />
        <text x={x + 11} y={y + 15.5}>
          {key}
          {beside !== "" && <tspan dx={6}>{beside}</tspan>}
        </text>
      </g>
    );
  });
}

/** Arrows at rest, and over them the taken ones, the last one on top. */
export function Ways({
  layout,
  walked,
  at,
  hot,
}: {
  layout: Layout;
  walked: readonly Walked[];
  at: number;
  hot?: string | undefined;
}) {
  const isHot = (from: string, to: string): boolean =>
    hot !== undefined && (hot === from || hot.startsWith(`${from}.`)) && to !== hot;
  return (
    <>
      {layout.edges.map(({ id, d, both, from, to }) =>
        walked.some((line) => line.id === id) ? null : (
          <path
            key={id}
            class={`way ${isHot(from, to) ? "hot" : ""}`}
            d={d}
            data-way={id}
            marker-end="url(#m)"
            marker-start={both ? "url(#m)" : undefined}
          />
        ),
      )}
      {walked.map(({ id, d, back, phase, step }) => (
        <path
          key={id}
          class={`way was ${phase} ${step === at ? "now" : ""}`}
          d={d}
          data-way={id}
          {...{ [back ? "marker-start" : "marker-end"]: `url(#m${phase})` }}
        />
      ))}
    </>
  );
}
