/** The overview: all calls on their chart, how they ended, refusals, and the gateway's own charts. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CountsView } from "../../journal/counts.ts";
import type { MachineView } from "../api/machines.ts";
import { getMachine, getOverview } from "./api.ts";
import { Figures } from "./figures.tsx";
import { BYS, by, Heat, HeatOutline, leadOf } from "./heat.tsx";
import { MiniChart } from "./machines.tsx";
import { machine, top } from "./state.ts";

/** Milliseconds between two polls. */
const LOOK = 2_000;

const counts = signal<CountsView | undefined>(undefined);
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

/** One row for each trunk. */
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

/** The current states of the gateway's own charts, if known. */
function litOf(id: string): readonly string[] {
  const { value } = top;
  if (!value) return [];
  if (id === "gateway") return [value.state];
  if (id === "xmpp-stream") return [value.xmpp ? "online.listening" : "waiting"];
  return [];
}
