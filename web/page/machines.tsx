/** All charts: drawing, states in words, and every transition. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { phaseOf } from "../../journal/view.ts";
import type { Layout } from "../layout/layout.ts";
import { getMachines } from "./api.ts";
import { Boxes, Markers, Ways } from "./drawing.tsx";
import { machine, machineName } from "./state.ts";
import { eventWords } from "./words.ts";

const names = signal<readonly string[]>([]);

export function Machines() {
  useEffect(() => {
    void getMachines().then((found) => {
      names.value = found ?? names.value;
    });
  }, []);
  const shown = machine.value?.id === machineName.value ? machine.value : undefined;
  return (
    <main class="machines">
      <nav aria-label="Charts">
        {names.value.map((name) => (
          <a key={name} href={`#/machines/${name}`} aria-current={name === machineName.value ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {shown && (
        <>
          <section id="whole" aria-label={`The chart ${shown.id}`}>
            <h1>{shown.id}</h1>
            <MiniChart id={shown.id} layout={shown.layout} lit={[]} />
            <p>
              <a href={`/api/machines/${shown.id}?format=xstate`} download={`${shown.id}.json`}>
                XState JSON
              </a>
              {" · "}
              <a
                href={`/api/machines/${shown.id}?format=code`}
                download={`${shown.id}.js`}
                title="Import it in Stately's editor: Code, Import"
              >
                Code for Stately's editor
              </a>
            </p>
          </section>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <section id="words" aria-label="States and steps" tabIndex={0}>
            <h2>States</h2>
            <dl>
              {shown.states.map(({ id, description, spec }) => [
                <dt key={`${id} name`}>{id}</dt>,
                <dd key={`${id} words`}>
                  {description} {spec !== "" && <code>{spec}</code>}
                </dd>,
              ])}
            </dl>
            <h2>Steps</h2>
            <table>
              <thead>
                <tr>
                  <th>from</th>
                  <th>when</th>
                  <th>if</th>
                  <th>to</th>
                  <th>does</th>
                </tr>
              </thead>
              <tbody>
                {shown.steps.map(({ from, event, guard, to, does }) => (
                  <tr key={`${from} ${event} ${guard} ${to}`}>
                    <td>{from || "anywhere"}</td>
                    <td>
                      <code>{eventWords(event)}</code>
                    </td>
                    <td class={guard === "" ? "empty" : ""}>{guard}</td>
                    <td class={to === "" ? "empty" : ""}>{to}</td>
                    <td>{does.join(", ")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </>
      )}
    </main>
  );
}

/** A chart at rest, with its current states lit. */
export function MiniChart({ id, layout, lit }: { id: string; layout: Layout; lit: readonly string[] }) {
  const hue = id === "call" ? phaseOf : () => "up";
  return (
    <svg
      viewBox={`-12 -8 ${layout.width + 24} ${layout.height + 16}`}
      role="img"
      aria-label={lit.length > 0 ? `${id}: ${lit.join(", ")}` : `The chart ${id}`}
    >
      <Markers />
      <Boxes nodes={layout.nodes} lit={lit} />
      <Ways layout={layout} walked={[]} at={0} />
      {layout.nodes.map(({ id: state, key, kind, x, y, w, h, dot }) => {
        if (kind === "box" || kind === "parallel") return null;
        if (dot) return <circle key={state} class="dot" cx={x + w / 2} cy={y + h / 2} r={5.5} />;
        return (
          <g key={state} class={`leaf ${hue(state)} ${lit.includes(state) ? "on" : ""}`} data-state={state}>
            {lit.includes(state) && <rect class="halo" x={x} y={y} width={w} height={h} rx={8} />}
            <rect x={x} y={y} width={w} height={h} rx={kind === "final" ? 13 : 8} />
            <text x={x + w / 2} y={y + h / 2 + 4.2}>
              {key}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
