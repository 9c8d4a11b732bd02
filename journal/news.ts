/** Merges news of a call into a reader's copy of it: each step and message has its number. */
import type { CallView } from "./view.ts";

/** A reader's copy of a call, updated with news. */
export function withNews(view: CallView, news: CallView): CallView {
  return {
    ...news,
    steps: replaced(view.steps, news.steps),
    messages: replaced(view.messages, news.messages),
    streams: [...view.streams, ...news.streams],
    relayed: [...view.relayed, ...news.relayed],
  };
}

function replaced<What extends { readonly n: number }>(old: readonly What[], news: readonly What[]): What[] {
  const all = [...old];
  for (const each of news) all[each.n - 1] = each;
  return all;
}
