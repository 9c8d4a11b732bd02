/**
 * The chart with a call in it: current state, earlier states and their steps, transitions taken.
 *
 * The drawing is the same at every step; only the classes of its parts and the taken lines change. On a small screen a nested
 * list shows the same.
 */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { StepView } from "../../journal/view.ts";
import { phaseOf } from "../../journal/view.ts";
import type { Layout, LayoutNode } from "../layout/layout.ts";
import { badgeWidth, type Walk, walkOf } from "../walk.ts";
import { Boxes, Markers, Ways } from "./drawing.tsx";
import { Outline } from "./outline.tsx";
import { rove } from "./rove.ts";
import { at, call, go, machine, pointed } from "./state.ts";
import { eventWords, keyOf, stateWords } from "./words.ts";

const AROUND = 20;

export function Chart() {
  const shown = machine.value;
  const steps = call.value?.steps ?? [];
  const step = steps[at.value];
  if (shown?.id !== "call" || !step) return <div id="chart" />;
  const { layout } = shown;
  const walk = walkOf(layout, steps, at.value);
  const card = layout.nodes.find(({ id }) => id === pointed.value);
  return (
    <div id="chart">
      <svg
        viewBox={`${-AROUND} -6 ${layout.width + 2 * AROUND} ${layout.height + 12}`}
        class={card ? "dim" : ""}
        role="group"
        aria-label={`The chart of a call, in ${stateWords(step.after)}`}
        onKeyDown={(event) => rove(event, event.currentTarget)}
      >
        <Markers />
        <Boxes nodes={layout.nodes} lit={walk.lit} />
        <Ways layout={layout} walked={walk.lines} at={at.value} hot={card?.id} />
        {layout.nodes.map((node) =>
          node.kind === "box" || node.kind === "parallel" ? null : <Leaf key={node.id} node={node} walk={walk} />,
        )}
        {layout.nodes.map((node) => (
          <Badge key={node.id} node={node} number={walk.entered.get(node.id)} />
        ))}
        <Tip layout={layout} walk={walk} step={step} />
      </svg>
      {card && <Card node={card} />}
      <Outline
        nodes={layout.nodes}
        look={({ id }) => ({
          isOn: walk.lit.includes(id),
          number: walk.entered.get(id)?.toString(),
        })}
      />
    </div>
  );
}

function Leaf({ node, walk }: { node: LayoutNode; walk: Walk }) {
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
  const point = (): void => {
    pointed.value = id;
  };
  const leave = (): void => {
    pointed.value = undefined;
  };
  const enter = (): void => {
    if (number !== undefined) go(number - 1);
  };
  const clock = { x: x + w - 12, y: y + h / 2 };
  return (
    <g
      class={classes}
      tabIndex={walk.lit[0] === id ? 0 : -1}
      data-rove=""
      role="button"
      aria-label={`${id}${isOn ? ", now" : number === undefined ? "" : `, entered at step ${number}`}`}
      data-state={id}
      onMouseEnter={point}
      onMouseLeave={leave}
      onFocus={point}
      onBlur={leave}
      onClick={enter}
      onKeyDown={(event) => event.key === "Enter" && enter()}
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
    </g>
  );
}

/** The last step that entered a state, at the state's corner. */
function Badge({ node: { id, x, y, dot }, number }: { node: LayoutNode; number: number | undefined }) {
  if (number === undefined || dot) return null;
  const width = badgeWidth(number);
  return (
    <g class={`badge ${phaseOf(id)}`} data-badge={id}>
      <rect x={x - width / 2} y={y - 7.5} width={width} height={15} rx={7.5} />
      <text x={x} y={y + 3.3}>
        {number}
      </text>
    </g>
  );
}

/** The event of the step, on the line taken; a refusal below the state that refused. */
function Tip({ layout, walk, step }: { layout: Layout; walk: Walk; step: StepView }) {
  const line = step.refused === undefined ? walk.lines.findLast((each) => each.step === at.value) : undefined;
  const path = useRef<SVGPathElement>(null);
  const [place, setPlace] = useState<{ x: number; y: number } | undefined>(undefined);
  const text = step.refused === undefined ? eventWords(step.event) : `⊘ ${eventWords(step.event)}`;
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

/** The middle of a line; beside it if the line is too short for the label. */
function middleOf(path: SVGPathElement | null, width: number): { x: number; y: number } | undefined {
  if (!path) return undefined;
  const length = path.getTotalLength();
  const { x, y } = path.getPointAtLength(length / 2);
  if (length >= 80) return { x, y };
  const box = path.getBBox();
  return { x: box.x + box.width + width / 2 + 9, y: box.y + box.height / 2 };
}

/** Description and transitions of a state, beside the state under the pointer. */
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
