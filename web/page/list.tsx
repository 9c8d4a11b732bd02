/** The list of calls: only rows in sight are rendered, of up to ten thousand. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CallRow } from "../../journal/view.ts";
import { choose, list, now, query, rows, selected } from "./state.ts";
import { ago, cut, phoneOf, plain, shortName, stateWords, userOf } from "./words.ts";

/** The height of a row, in pixels; also in page.css. */
const ROW = 46;
/** Additional rows above and below those in sight. */
const MORE = 4;
/** Most characters of a name. */
const MOST = 64;

/** Keeps visible rows in place while others are inserted above; at the top of the list, new rows push the others down. */
function useStill(found: readonly CallRow[], box: { readonly current: HTMLDivElement | null }): void {
  const seen = useRef<{ readonly id: string; readonly ended: boolean; readonly place: number } | undefined>(undefined);
  useLayoutEffect(() => {
    const { current } = box;
    const before = seen.current;
    if (!current) return;
    if (before && current.scrollTop > 0) {
      const place = found.findIndex(({ id }) => id === before.id);
      const isSame = (found[place]?.ended !== undefined) === before.ended;
      if (place >= 0 && isSame && place !== before.place) current.scrollTop += (place - before.place) * ROW;
    }
  }, [found]);
  useLayoutEffect(() => {
    const place = Math.ceil((box.current?.scrollTop ?? 0) / ROW);
    const row = found[place];
    seen.current = row && { id: row.id, ended: row.ended !== undefined, place };
  });
}

export function List() {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const measure = (): void => {
    height.value = box.current?.clientHeight ?? 600;
  };
  useLayoutEffect(() => {
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  const found = list.value;
  useStill(found, box);
  const first = Math.max(0, Math.floor(top.value / ROW) - MORE);
  const last = Math.min(found.length, Math.ceil((top.value + height.value) / ROW) + MORE);
  const live = found.filter(({ ended }) => ended === undefined).length;
  return (
    <section id="list" aria-label="Calls">
      <div class="find">
        <input
          id="filter"
          type="search"
          placeholder="Filter: number, JID, state, reason"
          aria-label="Filter calls"
          value={query.value}
          onInput={(event) => {
            box.current?.scrollTo(0, 0);
            query.value = event.currentTarget.value;
          }}
        />
        <kbd>/</kbd>
      </div>
      <div
        id="rows"
        ref={box}
        role="listbox"
        aria-label="Calls, live ones first"
        aria-activedescendant={selected.value === undefined ? undefined : `row-${selected.value}`}
        tabIndex={0}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
        onKeyDown={(event) => step(event, found, box.current)}
      >
        <div class="tall" style={{ height: `${found.length * ROW}px` }} />
        {found.slice(first, last).map((row, index) => (
          <Row key={row.id} row={row} place={first + index} />
        ))}
        {found.length === 0 && <p class="none">{rows.value.size === 0 ? "No call yet." : "No call fits."}</p>}
      </div>
      <p id="count" role="status">
        {found.length} of {rows.value.size} calls · {live} live
      </p>
    </section>
  );
}

/** Up and down in the list. */
function step(event: KeyboardEvent, found: readonly CallRow[], box: HTMLDivElement | null): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const place = Math.max(0, Math.min(found.length - 1, found.findIndex(({ id }) => id === selected.value) + by));
  const row = found[place];
  if (row) choose(row.id);
  if (!box) return;
  if (place * ROW < box.scrollTop) box.scrollTop = place * ROW;
  else if ((place + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (place + 1) * ROW - box.clientHeight;
}

function Row({ row, place }: { row: CallRow; place: number }) {
  const { id, direction, ended, failed, phase, why, begun } = row;
  const [user, phone] = [shortName(userOf(row)), shortName(phoneOf(row))];
  const isOver = ended !== undefined;
  const isChosen = selected.value === id;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    <div
      id={`row-${id}`}
      class={`row ${isOver && failed ? "bad" : phase}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      style={{ top: `${place * ROW}px` }}
      onClick={() => choose(id)}
    >
      <b title={plain(`${userOf(row)} · ${phoneOf(row)}`)}>
        <bdi>{cut(direction === "outgoing" ? user : phone, MOST)}</bdi>
        <em> → </em>
        <bdi>{cut(direction === "outgoing" ? phone : user, MOST)}</bdi>
      </b>
      <span>
        <u>{isOver ? cut(plain(why ?? "success"), MOST) : stateWords(row.state) || "starting"}</u>
        {isOver ? " · ended" : ""}
      </span>
      <time>{ago(ended ?? begun, now.value)}</time>
    </div>
  );
}
