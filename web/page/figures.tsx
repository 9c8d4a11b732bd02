/** Number of calls, how they ended, and refusals, as bars. */
import type { CountsView } from "../../journal/counts.ts";
import { query, view } from "./state.ts";

export function Figures({ counts: found }: { counts: CountsView }) {
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

/** The eight largest, as bars. */
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
