/** The overview: all calls on their chart, how they ended, what was refused, and the gateway's own charts. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CountsView } from "../../journal/counts.ts";
import { phaseOf } from "../../journal/view.ts";
import type { MachineView } from "../api/machines.ts";
import type { Layout } from "../layout/layout.ts";
import { lift } from "../layout/lift.ts";
import { getMachine, getOverview } from "./api.ts";
import { Boxes, Markers } from "./drawing.tsx";
import { MiniChart } from "./machines.tsx";
import { Outline } from "./outline.tsx";
import { machine, query, top, view } from "./state.ts";
import { span } from "./words.ts";

type By = "entered" | "stay" | "failures" | "live now";
const BYS: readonly By[] = ["entered", "stay", "failures", "live now"];
/** Milliseconds between two looks. */
const LOOK = 2_000;

const counts = signal<CountsView | undefined>(undefined);
const by = signal<By>("entered");
const small = signal<readonly MachineView[]>([]);

const look = async (): Promise<void> => {
  counts.value = (await getOverview()) ?? counts.value;
};

async function loadSmall(): Promise<void> {
  const found = await Promise.all(["gateway", "xmpp-stream", "invite-server"].map(getMachine));
  small.value = found.flatMap((each) => each ?? []);
}

export function Overview() {
  useEffect(() => {
    void look();
    if (small.value.length === 0) void loadSmall();
    const timer = setInterval(() => void look(), LOOK);
    return () => clearInterval(timer);
  }, []);
  const found = counts.value;
  const chart = machine.value?.id === "call" ? machine.value.layout : undefined;
  return (
    <main class="over-view">
      <section id="heat" aria-label="All calls">
        <div class="lead">
          <h1>
            All calls, on their chart
            <span class="by" role="group" aria-label="Colour by">
              {BYS.map((each) => (
                <button
                  key={each}
                  type="button"
                  class={each === by.value ? "main" : ""}
                  aria-pressed={each === by.value}
                  onClick={() => {
                    by.value = each;
                  }}
                >
                  {each}
                </button>
              ))}
            </span>
          </h1>
          <p>{leadOf(found, by.value)}</p>
        </div>
        <div id="chart">
          {chart && found && <Heat layout={chart} counts={found} />}
          {chart && found && <HeatOutline layout={chart} counts={found} />}
        </div>
      </section>
      <section id="side" aria-label="Figures">
        {found && <Figures counts={found} />}
        <Trunks />
        <div>
          <h2>The gateway itself</h2>
          <div class="minis">
            {small.value.map(({ id, layout }) => (
              <figure key={id}>
                <figcaption>{id}</figcaption>
                <MiniChart id={id} layout={layout} lit={litOf(id)} />
              </figure>
            ))}
          </div>
        </div>
      </section>
    </main>
  );
}

/** A row for each account at a provider. */
function Trunks() {
  const trunks = top.value?.trunks ?? [];
  if (trunks.length === 0) return null;
  return (
    <div>
      <h2>Trunks</h2>
      <ul class="health" aria-label="Trunks">
        {trunks.map(({ name, state, why }) => (
          <li key={name} class={state === "registered" || state === "unregistered" ? "ok" : "no"}>
            {name} {state}
            {why && `: ${why}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

const MEANING: Readonly<Record<By, string>> = {
  entered: "how often a state was entered",
  stay: "how long calls stayed in a state, on average",
  failures: "in which state calls failed",
  "live now": "where calls are now",
};

function leadOf(found: CountsView | undefined, what: By): string {
  if (!found || found.calls === 0) return "No call yet.";
  return `${found.calls} calls. Colour and number: ${MEANING[what]}. Line: how many went that way; dotted: nobody yet.`;
}

/** The states of the gateway's own charts, as far as they are known. */
function litOf(id: string): readonly string[] {
  const { value } = top;
  if (!value) return [];
  if (id === "gateway") return [value.state];
  if (id === "xmpp-stream") return [value.xmpp ? "online.listening" : "waiting"];
  return [];
}

/** What a state is coloured by. */
function figuresOf(found: CountsView, what: By): ReadonlyMap<string, number> {
  if (what === "failures") return new Map(Object.entries(found.failed));
  if (what === "live now") return new Map(Object.entries(found.now));
  if (what === "entered") return new Map(Object.entries(found.entered));
  return new Map(
    Object.entries(found.stayed).map(([state, all]) => [state, all / Math.max(1, found.entered[state] ?? 1)]),
  );
}

/** How many calls went along each line: states lifted to the boxes that the lines are between. */
function flowsOf(found: CountsView): ReadonlyMap<string, number> {
  const flows = new Map<string, number>();
  for (const [way, count] of Object.entries(found.walked)) {
    const [from = "", to = ""] = way.split(">");
    const line = lift(from === "" ? "starting" : from, to);
    if (line) flows.set(`${line.from}>${line.to}`, (flows.get(`${line.from}>${line.to}`) ?? 0) + count);
  }
  return flows;
}

function Heat({ layout, counts: found }: { layout: Layout; counts: CountsView }) {
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

/** The same, as nested words. */
function HeatOutline({ layout, counts: found }: { layout: Layout; counts: CountsView }) {
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

function Figures({ counts: found }: { counts: CountsView }) {
  const sum = (of: Readonly<Record<string, number>>): number =>
    Object.values(of).reduce((all, count) => all + count, 0);
  const answered = found.calls === 0 ? 0 : Math.round((100 * found.answered) / found.calls);
  const tiles: readonly (readonly [string, string])[] = [
    [`${found.calls}`, "calls"],
    [`${answered} %`, "answered"],
    [`${sum(found.refused)}`, "events refused"],
    [`${sum(found.refusedCalls)}`, "calls refused"],
  ];
  return (
    <>
      <div class="tiles">
        {tiles.map(([figure, name]) => (
          <div key={name}>
            <b>{figure}</b>
            <span>{name}</span>
          </div>
        ))}
      </div>
      <div>
        <h2>
          How they ended <small>a click filters the list</small>
        </h2>
        <Bars
          counts={found.ended}
          hue={(reason) => (reason === "success" ? "up" : reason === "cancel" ? "over" : "bad")}
          filters
        />
      </div>
      {sum(found.refused) > 0 && (
        <div>
          <h2>Refused, by what was asked</h2>
          <Bars counts={found.refused} hue={() => "bad"} />
        </div>
      )}
      {sum(found.refusedCalls) > 0 && (
        <div>
          <h2>Refused before there was a call</h2>
          <Bars counts={found.refusedCalls} hue={() => "bad"} />
        </div>
      )}
    </>
  );
}

/** The largest eight, as bars. */
function Bars({
  counts: of,
  hue,
  filters,
}: {
  counts: Readonly<Record<string, number>>;
  hue: (name: string) => string;
  filters?: true;
}) {
  const rows = Object.entries(of)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 8);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const filter = (name: string): void => {
    query.value = name;
    view.value = "calls";
  };
  return (
    <div class="bars">
      {rows.flatMap(([name, count]) => [
        filters ? (
          <button key={`${name} name`} type="button" class="plain" onClick={() => filter(name)}>
            {name}
          </button>
        ) : (
          <span key={`${name} name`}>{name}</span>
        ),
        <svg key={`${name} bar`} viewBox="0 0 100 9" preserveAspectRatio="none" class={hue(name)} aria-hidden="true">
          <rect width={Math.max(1, (100 * count) / most)} height={9} rx={1} />
        </svg>,
        <b key={`${name} count`}>{count}</b>,
      ])}
    </div>
  );
}
