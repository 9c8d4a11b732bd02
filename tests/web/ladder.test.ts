/** The offsets of messages on the ladder: short enough for their column, however long the call lasts. */
import { expect, test } from "bun:test";
import type { CallView } from "../../journal/view.ts";
import { ladderOf } from "../../web/ladder.ts";

const message = (at: number): CallView["messages"][number] =>
  ({ at, wire: "sip", sent: false, start: "OPTIONS sip:a@b SIP/2.0", step: 0 }) as never;

test.each([
  [8, "+8"],
  [2_510, "+2.5 s"],
  [99_900, "+99.9 s"],
  [100_000, "+01:40"],
  [3_599_999, "+59:59"],
  [5_136_900, "+1:25:36"],
  [360_000_000, "+100:00:00"],
])("%d ms are %s", (at, words) => {
  const { items } = ladderOf({ steps: [], messages: [message(at)] });
  expect(items.map((item) => (item.kind === "message" ? item.when : undefined))).toContain(words);
});
