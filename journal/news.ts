/** What is new of a call, put to what a reader has of it: each step and message has its number. */
import type { CallView } from "./view.ts";

/** A call as a reader has it, with the news that he hears. */
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
