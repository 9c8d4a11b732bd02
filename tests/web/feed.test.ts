/** The feed: who comes back goes on where he left, nobody costs more than his own events, and whoever leaves is forgotten. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect } from "node:net";
import { FeedReader } from "../support/feed.ts";
import { until } from "../support/until.ts";
import { TestWindow } from "../support/window.ts";
import { aboutOf, begin, beginMany, offerOnAndOn, TALKING, tellSip } from "../support/window-calls.ts";

let window: TestWindow;
const feed = (query = "", last?: string): Promise<FeedReader> =>
  FeedReader.open(`${window.url}/api/feed${query}`, last);
const named = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `call${from + index}`);

beforeEach(async () => {
  window = await TestWindow.open();
});
afterEach(() => window.close());

test("who comes back by Last-Event-ID hears what has changed meanwhile, once, and nothing else", async () => {
  const first = await feed();
  await first.next("hello");
  beginMany(window.journal, 0, 3);
  expect(await first.rowsUntil("call2")).toEqual(named(0, 3));
  first.leave();
  beginMany(window.journal, 3, 6);
  const second = await feed("", first.last);
  expect(await second.rowsUntil("call5")).toEqual(named(3, 6));
  second.leave();
});

test("a page that looks at another call goes on where it left by `after`, and has that call's journal first", async () => {
  beginMany(window.journal, 0, 2);
  const first = await feed("?call=call0");
  expect((await first.next("journal")).data).toMatchObject({ id: "call0" });
  first.leave();
  beginMany(window.journal, 2, 4);
  const second = await feed(`?call=call1&after=${first.last}`);
  expect((await second.next("journal")).data).toMatchObject({ id: "call1" });
  expect(await second.rowsUntil("call3")).toEqual(named(2, 4));
  second.leave();
});

test("who comes to another run hears `reset`; who was away for too long, `gap`", async () => {
  const first = await feed("", "another-7");
  await first.next("reset");
  beginMany(window.journal, 0, 2_000);
  const second = await feed("", "run-1");
  await second.next("gap");
  for (const each of [first, second]) each.leave();
});

test("the journal of the call that is looked at comes with each change", async () => {
  const call = begin(window.journal, aboutOf(1));
  const reader = await feed("?call=call1");
  await reader.next("journal");
  call.step("jingle.hold", TALKING, []);
  const { data } = await reader.next("journal");
  expect((data as { steps: unknown[] }).steps).toHaveLength(3);
  reader.leave();
});

test("fifty read; one more waits; whoever leaves makes room, and HEAD takes none", async () => {
  const readers = await Promise.all(Array.from({ length: 50 }, () => feed()));
  const refused = await fetch(`${window.url}/api/feed`);
  expect([refused.status, await refused.json()]).toEqual([503, { error: "too many readers" }]);
  for (const reader of readers) reader.leave();
  const again = async (): Promise<number> => {
    const reader = await feed();
    reader.leave();
    return reader.status;
  };
  await until("room for a reader", again, (status) => status === 200);
  for (let time = 0; time < 60; time++) await fetch(`${window.url}/api/feed`, { method: "HEAD" });
  const last = await feed();
  expect(last.status).toBe(200);
  last.leave();
});

test("a reader that does not read is written no more than the system takes, and the others hear on", async () => {
  const about = aboutOf(1);
  const call = begin(window.journal, about);
  for (let at = 0; at < 200; at++)
    tellSip(window.journal, about, false, `MESSAGE sip:a${at}@b SIP/2.0`, `\n${"x".repeat(1_000)}`);
  const { journal } = window;
  const asked = journal.call.bind(journal);
  let written = 0;
  journal.call = (id) => {
    const view = asked(id);
    if (id === "call1") written += JSON.stringify(view).length;
    return view;
  };
  const client = connect(window.port, "127.0.0.1").pause();
  client.write("GET /api/feed?call=call1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const stands = async (): Promise<boolean> => {
    const before = written;
    offerOnAndOn(call, 1);
    await Bun.sleep(400);
    return written > 0 && written === before;
  };
  await until("that nothing more is written", stands, Boolean);
  const other = await feed();
  beginMany(journal, 2, 4);
  expect(await other.rowsUntil("call3")).toEqual(named(2, 4));
  other.leave();
  client.destroy();
});
