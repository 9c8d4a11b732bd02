/** The feed: who comes back goes on where he left, nobody costs more than his own events, and whoever leaves is forgotten. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { withNews } from "../../journal/news.ts";
import type { CallView } from "../../journal/view.ts";
import { FeedReader } from "../support/feed.ts";
import { until } from "../support/until.ts";
import { TestWindow } from "../support/window.ts";
import { aboutOf, begin, beginMany, offerOnAndOn, TALKING, tellSip } from "../support/window-calls.ts";

/** A name so long that a few hundred rows fill what the system takes. */
const LONG = "x".repeat(20_000);
let window: TestWindow;
const feed = (query = "", last?: string): Promise<FeedReader> =>
  FeedReader.open(`${window.url}/api/feed${query}`, last);
const named = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `call${from + index}`);

beforeEach(async () => {
  window = await TestWindow.open();
});
afterEach(() => window.close());

test("a reader that returns with Last-Event-ID gets what has changed meanwhile, once, and nothing else", async () => {
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

test("a page that turns to another call continues from `after`, and gets that call's journal first", async () => {
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

test("a reader from an earlier run gets `reset`; one that was away too long, `gap`", async () => {
  const first = await feed("", "another-7");
  await first.next("reset");
  beginMany(window.journal, 0, 2_000);
  const second = await feed("", "run-1");
  await second.next("gap");
  for (const each of [first, second]) each.leave();
});

describe("the call that is followed", () => {
  /** What a page has of a call after so many events. */
  const heardBy = async (reader: FeedReader, times: number, view?: CallView): Promise<CallView> => {
    let has = view;
    for (let time = 0; time < times; time++) {
      const { data } = await reader.next(has === undefined ? "journal" : "news");
      has = has === undefined ? (data as CallView) : withNews(has, data as CallView);
    }
    return has as CallView;
  };
  const whole = (): CallView => window.journal.call("call1") as CallView;

  test("comes whole once, and then what is new of it alone", async () => {
    const about = aboutOf(1);
    const call = begin(window.journal, about);
    for (let at = 0; at < 50; at++) tellSip(window.journal, about, false, `MESSAGE sip:a${at}@b SIP/2.0`);
    const reader = await feed("?call=call1");
    const first = await heardBy(reader, 1);
    expect(first).toEqual(whole());
    tellSip(window.journal, about, false, "INFO sip:a@b SIP/2.0");
    call.step("jingle.hold", TALKING, []);
    const { data } = await reader.next("news");
    const { steps, messages } = data as CallView;
    expect([steps.map(({ n }) => n), messages.map(({ n }) => n)]).toEqual([[3], [51]]);
    expect(withNews(first, data as CallView)).toEqual(whole());
    reader.leave();
  });

  test("continues where a reader has left, with new messages, repetitions and the end", async () => {
    const about = aboutOf(1);
    const call = begin(window.journal, about);
    tellSip(window.journal, about, true, "BYE sip:a@b SIP/2.0");
    const first = await feed("?call=call1");
    const has = await heardBy(first, 1);
    first.leave();
    tellSip(window.journal, about, true, "BYE sip:a@b SIP/2.0");
    call.ended("success");
    const second = await feed("?call=call1", first.last);
    const { data } = await second.next("news");
    expect((data as CallView).messages.map(({ again }) => again)).toEqual([1]);
    expect(withNews(has, data as CallView)).toEqual(whole());
    second.leave();
  });

  test("comes whole to who has left before it came, and to who looked at another one", async () => {
    begin(window.journal, aboutOf(1));
    const first = await feed();
    await first.next("hello");
    const second = await feed("?call=call1", first.last);
    expect((await second.next("journal")).data).toEqual(whole());
    const third = await feed(`?call=call1&after=${second.last}`);
    expect((await third.next("journal")).data).toEqual(whole());
    for (const each of [first, second, third]) each.leave();
  });

  test("is sent in full again after its middle was dropped, but not each time", async () => {
    const call = begin(window.journal, aboutOf(1));
    offerOnAndOn(call, 190);
    const reader = await feed("?call=call1");
    await reader.next("journal");
    let wholes = 0;
    const { journal } = window;
    const follow = journal.follow.bind(journal);
    journal.follow = (id) => {
      const following = follow(id);
      const hear = following.hear.bind(following);
      following.hear = (mark) => {
        wholes++;
        return hear(mark);
      };
      return following;
    };
    const other = await feed("?call=call1");
    await other.next("journal");
    const begun = performance.now();
    for (let time = 0; time < 10 || wholes < 2; time++) {
      offerOnAndOn(call, 20);
      await reader.next("calls"); // a look has seen it
    }
    expect(wholes).toBeLessThan(2 + (performance.now() - begun) / 960); // eight looks apart
    for (let last = 0; last < whole().steps.length; ) {
      const { data } = await reader.next("journal");
      last = (data as CallView).dropped === whole().dropped ? whole().steps.length : 0;
    }
    for (const each of [reader, other]) each.leave();
  });
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
  const { journal } = window;
  const row = journal.row.bind(journal);
  let written = 0;
  journal.row = (id) => {
    written += LONG.length;
    return row(id);
  };
  const client = connect(window.port, "127.0.0.1").pause();
  client.write("GET /api/feed HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  let number = 0;
  const stands = async (): Promise<boolean> => {
    const before = written;
    for (let at = 0; at < 100; at++) begin(journal, aboutOf(number++, { from: `${LONG}@example.org` }));
    await Bun.sleep(400);
    return written > 0 && written === before;
  };
  await until("that nothing more is written", stands, Boolean);
  const other = await feed();
  beginMany(journal, 9_000, 9_002);
  expect(await other.rowsUntil("call9001")).toEqual(named(9_000, 9_002));
  other.leave();
  client.destroy();
});
