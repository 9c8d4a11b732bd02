/**
 * The live feed: receives changes, and reloads what it has missed.
 *
 * The browser reconnects by itself with the id of the last event, as the page does when it switches to another call; `hello`, `reset` and
 * `gap` mean that the list must be reloaded: nothing is known yet, the gateway was restarted, or too much has happened. The selected
 * call is received whole at first, then only its news.
 */
import { effect } from "@preact/signals";
import { withNews } from "../../journal/news.ts";
import type { CallRow, CallView } from "../../journal/view.ts";
import { canLook } from "./api.ts";
import { call, isLive, loadCall, loadList, selected, type Top, takeRows, top } from "./state.ts";

/** Milliseconds until a refused feed is retried. */
const PAUSE = 3_000;

/** The id of the last event received. */
let last = "";

/** Subscribes to the feed, with the journal of the selected call. */
export function listen(): void {
  effect(() => {
    const id = selected.value;
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      source = openFeed(id, () => {
        void canLook();
        if (id !== undefined) void loadCall(id);
        again = setTimeout(open, PAUSE);
      });
    };
    open();
    return () => {
      source?.close();
      clearTimeout(again);
    };
  });
}

function addressOf(id: string | undefined): string {
  const asked = new URLSearchParams({
    ...(id === undefined ? {} : { call: id }),
    ...(last === "" ? {} : { after: last }),
  });
  return `/api/feed?${asked}`;
}

function openFeed(id: string | undefined, refused: () => void): EventSource {
  const source = new EventSource(addressOf(id));
  const hear = (event: string, take: (data: never) => void): void =>
    source.addEventListener(event, (message) => {
      last = message.lastEventId;
      take(JSON.parse(message.data) as never);
    });
  source.onopen = () => {
    isLive.value = true;
  };
  source.onerror = () => {
    isLive.value = false;
    if (source.readyState === EventSource.CLOSED) refused();
  };
  hear("calls", (rows: readonly CallRow[]) => takeRows(rows));
  hear("journal", (journal: CallView) => {
    if (journal.id === selected.value) call.value = journal;
  });
  hear("news", (news: CallView) => {
    if (news.id === call.value?.id) call.value = withNews(call.value, news);
  });
  hear("counts", (counts: Top) => {
    top.value = counts;
  });
  for (const event of ["hello", "reset", "gap"]) {
    hear(event, () => void loadList());
  }
  return source;
}
