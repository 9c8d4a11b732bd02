/**
 * The chart with the call in it: where it is, where it was and when, which way it came.
 *
 * The drawing is the same at every step; what changes are the classes of its parts and the lines that were walked. On a small screen
 * the same is said by nested words.
 */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Phase, StepView } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import type { Layout, LayoutNode } from "../layout/layout.ts";
import { type Walk, walkOf } from "../walk.ts";
import { Boxes, Markers, Ways } from "./drawing.tsx";
import { at, call, machine } from "./state.ts";
import { eventWords, keyOf, stateWords } from "./words.ts";

const AROUND = 20;

export function Chart() {
  const shown = machine.value;
  const steps = call.value?.steps ?? [];
  const step = steps[at.value];
  const hovered = useSignal<LayoutNode | undefined>(undefined);
  if (shown?.id !== "call" || !step) return <div id="chart" />;
  const { layout } = shown;
  const walk = walkOf(layout, steps, at.value);
  return (
    <div id="chart">
      <svg
        viewBox={`${-AROUND} -6 ${layout.width + 2 * AROUND} ${layout.height + 12}`}
        class={hovered.value ? "dim" : ""}
        role="group"
        aria-label={`The chart of a call, in ${stateWords(step.after)}`}
      >
        <Markers />
        <Boxes nodes={layout.nodes} lit={walk.lit} />
        <Ways layout={layout} walked={walk.lines} at={at.value} hot={hovered.value?.id} />
        {layout.nodes.map((node) =>
          node.kind === "box" || node.kind === "parallel" ? null : (
            <Leaf
              key={node.id}
              node={node}
              walk={walk}
              hover={(it) => {
                hovered.value = it;
              }}
            />
          ),
        )}
        <Tip layout={layout} walk={walk} step={step} />
      </svg>
      {hovered.value && <Card node={hovered.value} />}
      <Outline layout={layout} walk={walk} />
    </div>
  );
}

function Leaf({ node, walk, hover }: { node: LayoutNode; walk: Walk; hover: (node: LayoutNode | undefined) => void }) {
  const { id, key, kind, x, y, w, h, timers, dot } = node;
  const number = walk.entered.get(id);
  const isOn = walk.lit.includes(id);
  const classes = `leaf ${phaseOf(id)} ${isOn ? "on" : number === undefined ? "" : "was"}`;
  if (dot) {
    return (
      <g class={classes}>
        <circle class="dot" cx={x + w / 2} cy={y + h / 2} r={5.5} />
      </g>
    );
  }
  const clock = { x: x + w - 12, y: y + h / 2 };
  return (
    <g
      class={classes}
      tabIndex={0}
      role="img"
      aria-label={`${id}${isOn ? ", now" : number === undefined ? "" : `, entered at step ${number}`}`}
      data-state={id}
      onMouseEnter={() => hover(node)}
      onMouseLeave={() => hover(undefined)}
      onFocus={() => hover(node)}
      onBlur={() => hover(undefined)}
    >
      {isOn && <rect class="halo" x={x} y={y} width={w} height={h} rx={8} />}
      <rect x={x} y={y} width={w} height={h} rx={kind === "final" ? 13 : 8} />
      <text x={x + (w - (timers.length > 0 ? 12 : 0)) / 2} y={y + h / 2 + 4.2}>
        {key}
      </text>
      {timers.length > 0 && (
        <path
          class="clock"
          d={`M${clock.x - 4} ${clock.y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M${clock.x} ${clock.y - 2.3}v2.3l1.6 1`}
        />
      )}
      {number !== undefined && (
        <g class="badge">
          <circle cx={x} cy={y} r={7.5} />
          <text x={x} y={y + 3.3}>
            {number}
          </text>
        </g>
      )}
    </g>
  );
}

/** The event of the step, on the line that was walked; a refusal below the state that refused. */
function Tip({ layout, walk, step }: { layout: Layout; walk: Walk; step: StepView }) {
  const line = step.refused === undefined ? walk.lines.findLast((each) => each.step === at.value) : undefined;
  const path = useRef<SVGPathElement>(null);
  const [place, setPlace] = useState<{ x: number; y: number } | undefined>(undefined);
  const text = step.refused === undefined ? eventWords(step.event) : `⊘ ${step.event}`;
  const width = text.length * 6.4 + 14;
  useLayoutEffect(() => {
    const node = layout.nodes.find(({ id }) => id === step.after[0]);
    if (line) setPlace(line.tip ?? middleOf(path.current, width));
    else setPlace(step.refused !== undefined && node ? { x: node.x + node.w / 2, y: node.y + node.h + 11 } : undefined);
  }, [line?.d, step.n, step.refused, layout, width]);
  const x = place && Math.min(Math.max(place.x, width / 2 - 12), layout.width + 12 - width / 2);
  return (
    <>
      {line && <path ref={path} class="measure" d={line.d} />}
      {place && x !== undefined && (
        <g class={`tip ${step.refused === undefined ? "" : "bad"}`}>
          <rect x={x - width / 2} y={place.y - 9} width={width} height={18} rx={9} />
          <text x={x} y={place.y + 3.6}>
            {text}
          </text>
        </g>
      )}
    </>
  );
}

/** The middle of a line; beside it, where it is too short for the label. */
function middleOf(path: SVGPathElement | null, width: number): { x: number; y: number } | undefined {
  if (!path) return undefined;
  const length = path.getTotalLength();
  const { x, y } = path.getPointAtLength(length / 2);
  if (length >= 80) return { x, y };
  const box = path.getBBox();
  return { x: box.x + box.width + width / 2 + 9, y: box.y + box.height / 2 };
}

/** What a state is, and where it leads: beside the state that is pointed at. */
function Card({ node }: { node: LayoutNode }) {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const state = document.querySelector(`[data-state="${CSS.escape(node.id)}"]`)?.getBoundingClientRect();
    const host = document.getElementById("chart")?.getBoundingClientRect();
    const { current } = card;
    if (!(state && host && current)) return;
    const below = state.bottom - host.top + 8;
    const y = below + current.offsetHeight > host.height ? state.top - host.top - current.offsetHeight - 8 : below;
    current.style.left = `${Math.max(4, Math.min(state.left - host.left, host.width - 306))}px`;
    current.style.top = `${Math.max(4, y)}px`;
  }, [node.id]);
  const steps = machine.value?.steps.filter(({ to }) => to !== "") ?? [];
  const own = steps.filter(({ from }) => from === node.id);
  const wider = steps.filter(({ from }) => node.id.startsWith(`${from}.`));
  const around = [...new Set(wider.map(({ event }) => event))].slice(0, 9).join(", ");
  return (
    <div id="card" role="tooltip" ref={card}>
      <b>{node.id}</b>
      {node.spec && ` · ${node.spec}`}
      <p>{node.description}</p>
      <table>
        <tbody>
          {own.slice(0, 7).map(({ event, guard, to }) => (
            <tr key={`${event} ${guard} ${to}`}>
              <td>{eventWords(event)}</td>
              <td>
                <strong>→ {keyOf(to)}</strong>
                {guard !== "" && ` if ${guard}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {wider[0] && (
        <p class="wider">
          and from anywhere in {keyOf(wider[0].from)}: {around}
        </p>
      )}
    </div>
  );
}

/** The same chart as nested words. */
function Outline({ layout, walk }: { layout: Layout; walk: Walk }) {
  const inside = (id: string): LayoutNode[] =>
    layout.nodes.filter((node) => !node.dot && node.id !== id && node.id.slice(0, -node.key.length - 1) === id);
  const show = (node: LayoutNode) => {
    const inner = inside(node.id);
    const phase: Phase = phaseOf(node.id);
    const number = walk.entered.get(node.id);
    if (inner.length > 0) {
      return (
        <section
          key={node.id}
          class={`${phase} ${walk.lit.some((state) => state.startsWith(`${node.id}.`)) ? "on" : ""}`}
        >
          <h3>{node.key}</h3>
          {inner.map(show)}
        </section>
      );
    }
    const how = walk.lit.includes(node.id) ? "on" : number === undefined ? "" : "was";
    return (
      <span key={node.id} class={`${phase} ${how}`}>
        {node.key}
        {number !== undefined && <sup>{number}</sup>}
      </span>
    );
  };
  return <div id="outline">{inside("").map(show)}</div>;
}
