/** What the journal is told waits within its bounds, and is written up whole, in its order and at its instants, before anybody looks. */
import { describe, expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import type { CallAbout } from "../../actors/watch.ts";
import { Backlog } from "../../journal/backlog.ts";
import { Journal } from "../../journal/journal.ts";

const ABOUT: CallAbout = {
  ...{ id: "tagA", callId: "s1", sid: "s1", us: "bob@sip.example.org", them: "romeo@example.org" },
  ...{ from: "romeo@example.org/orchard", to: "bob@sip.example.org", direction: "outgoing" },
};

/** Writes down what it is told, when it is written up. */
class Book {
  readonly written: string[] = [];
  write(at: number, words: string): void {
    if (words === "bad") throw new Error("cannot be written");
    this.written.push(`${at} ${words}`);
  }
}

function world() {
  const it = { now: 1_000, book: new Book(), faults: [] as string[] };
  const backlog = new Backlog(
    () => it.now,
    (error) => it.faults.push(String(error)),
  );
  const tell = (words: string, bytes = 0): void => backlog.add(bytes, it.book, it.book.write, words);
  return { ...it, it, backlog, tell };
}

describe("a report", () => {
  test("waits, and keeps its order and its instant", () => {
    const { it, book, backlog, tell } = world();
    tell("first");
    it.now = 1_007.5;
    tell("second");
    expect(book.written).toEqual([]);
    it.now = 2_000;
    backlog.writeUp();
    expect(book.written).toEqual(["1000 first", "1007.5 second"]);
    backlog.writeUp();
    expect(book.written).toHaveLength(2);
  });

  test("is written up when 512 reports wait", () => {
    const { book, tell } = world();
    for (let count = 1; count < 512; count++) tell(`${count}`);
    expect(book.written).toEqual([]);
    tell("512");
    expect(book.written).toHaveLength(512);
    tell("513");
    expect(book.written).toHaveLength(512);
  });

  test("is written up when what waits holds more than a megabyte", () => {
    const { book, tell } = world();
    for (let count = 0; count < 16; count++) tell("stanza", 65_536);
    expect(book.written).toEqual([]);
    tell("one byte more", 1);
    expect(book.written).toHaveLength(17);
  });

  test("that cannot be processed is left out, and disturbs neither the others nor its reporter", () => {
    const { it, book, backlog, tell } = world();
    for (const words of ["good", "bad", "good again"]) tell(words);
    backlog.writeUp();
    expect(book.written).toEqual(["1000 good", "1000 good again"]);
    expect(it.faults).toEqual(["Error: cannot be written"]);
  });

  test("while it is written up is written up with it", () => {
    const { it, backlog, tell } = world();
    const book = { write: (_: number, words: string) => void (words === "asks" && tell("answer")) };
    backlog.add(0, book, book.write, "asks");
    backlog.writeUp();
    expect(it.book.written).toEqual(["1000 answer"]);
  });

  test("by what is written up has the same bound", () => {
    const { backlog, tell } = world();
    let times = 0;
    const book = {
      write: () => {
        times++;
        backlog.add(0, book, book.write);
      },
    };
    tell("first");
    backlog.add(0, book, book.write);
    backlog.writeUp();
    expect(times).toBe(511);
  });
});

describe("a journal", () => {
  const told = () => {
    const it = { now: 1_000 };
    const journal = new Journal({ now: () => it.now, budget: 1_000_000 });
    const following = journal.follow("tagA");
    const { last } = journal.changes;
    const watch = journal.begun(ABOUT);
    it.now = 1_250;
    journal.xmpp(true, parse("<iq type='set' id='1' to='x'><jingle action='session-info' sid='s1'/></iq>") as never);
    watch?.step("sip.invite", "starting", []);
    it.now = 60_000;
    return { journal, following, last, watch };
  };

  test.each([
    ["the list", ({ journal }) => journal.calls({}, 1).calls.map(({ id }) => id), ["tagA"]],
    ["a row", ({ journal }) => journal.row("tagA")?.begun, 1_000],
    ["a call", ({ journal }) => journal.call("tagA")?.steps.map(({ at }) => at), [250]],
    ["an export", ({ journal }) => journal.entries("tagA")?.map(({ at }) => at), [1_250]],
    ["the live feed", ({ following }) => following.hear("")?.data.steps.map(({ event }) => event), ["sip.invite"]],
    ["changes", ({ journal, last }) => journal.changes.since(last)?.calls, ["tagA"]],
    ["counts", ({ journal }) => journal.counts.calls, 1],
    ["its weight", ({ journal }) => journal.weight > 0, true],
  ] satisfies [string, (it: ReturnType<typeof told>) => unknown, unknown][])(
    "shows in %s what was told before it was asked, at its instants",
    (_, look, seen) => {
      expect(look(told())).toEqual(seen as never);
    },
  );

  test("of a call's end closes the call, although it is not processed yet", () => {
    const { journal, watch } = told();
    watch?.ended("success");
    watch?.step("sip.bye", "ended", []);
    expect(journal.call("tagA")).toMatchObject({ ended: 60_000, why: "success", steps: [{ event: "sip.invite" }] });
  });
});
