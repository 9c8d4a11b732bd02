/** A call that is followed is the call as it is asked for, however often one looks, and from wherever one goes on. */
import { expect, test } from "bun:test";
import type { CallWatch, Watch } from "../../actors/watch.ts";
import { watchAll } from "../../actors/watch-all.ts";
import { Journal } from "../../journal/journal.ts";
import { withNews } from "../../journal/news.ts";
import type { CallView } from "../../journal/view.ts";
import { createClock } from "../../replay/clock.ts";
import { Stage } from "../support/play.ts";
import { aboutOf, begin, offerOnAndOn, TALKING, tellSip } from "../support/window-calls.ts";
import { LIVED } from "../support/window-plays.ts";

/** Looks at a call after each `every`th thing that happens; where it comes back each time, it begins with its mark alone. */
class Reader {
  readonly #journal: Journal;
  readonly #every: number;
  readonly #comesBack: boolean;
  #following: ReturnType<Journal["follow"]> | undefined;
  #things = 0;
  #mark = "";
  has: CallView | undefined;
  readonly events: string[] = [];

  constructor(journal: Journal, every: number, comesBack: boolean) {
    [this.#journal, this.#every, this.#comesBack] = [journal, every, comesBack];
  }

  happened(): void {
    if (++this.#things % this.#every === 0) this.look();
  }

  look(): void {
    const [row] = this.#journal.calls({}, 1).calls;
    if (row === undefined) return;
    if (this.#comesBack) this.#following = undefined;
    this.#following ??= this.#journal.follow(row.id);
    const heard = this.#following.hear(this.#mark);
    if (heard) {
      this.events.push(heard.event);
      const news = structuredClone(heard.data); // as on the wire
      this.has = heard.event === "journal" || !this.has ? news : withNews(this.has, news);
      this.#mark = heard.mark;
    }
    expect(this.has).toEqual(this.#journal.call(row.id) as CallView);
  }
}

/** Tells readers that something has happened, when the journal knows it. */
function telling(readers: readonly Reader[]): Watch {
  const tell = (): void => {
    for (const reader of readers) reader.happened();
  };
  const call: CallWatch = { step: tell, refused: tell, effect: tell, relay: tell, ended: tell };
  return { begun: () => call, sip: tell, xmpp: tell, stream: tell, refusedCall: tell };
}

test("whoever looks has what the journal has, and hears all of it but once", async () => {
  const clock = createClock();
  const journal = new Journal({ now: clock.now, budget: 1_000_000 });
  const readers = [1, 2, 3, 5, 7, 11, 20].flatMap((every) =>
    [false, true].map((comesBack) => new Reader(journal, every, comesBack)),
  );
  const stage = new Stage({ clock, watch: watchAll([journal, telling(readers)]) });
  await stage.open(["juliet"]);
  await stage.play(LIVED);
  await stage.close();
  for (const reader of readers) {
    reader.look();
    expect(reader.events.filter((event) => event === "journal")).toHaveLength(1);
    expect(reader.events.length).toBeGreaterThan(2);
  }
});

test("what comes again, and what comes when the call is over, is told", () => {
  const journal = new Journal({ now: () => 1, budget: 1_000_000 });
  const about = aboutOf(1);
  const call = begin(journal, about);
  const readers = [new Reader(journal, 1, false), new Reader(journal, 1, true)];
  const all = (): void => {
    for (const reader of readers) reader.happened();
  };
  for (const start of ["INFO sip:a@b SIP/2.0", "BYE sip:a@b SIP/2.0", "INFO sip:a@b SIP/2.0"]) {
    tellSip(journal, about, true, start);
    all();
  }
  expect(readers[0]?.has?.messages.map(({ again }) => again)).toEqual([1, 0]);
  call.ended("success");
  all();
  tellSip(journal, about, false, "SIP/2.0 200 OK");
  all();
  expect(readers.map(({ has }) => [has?.why, has?.messages.length])).toEqual([
    ["success", 3],
    ["success", 3],
  ]);
});

test("a call whose middle gave way is told anew; one that the journal let go of, no more", () => {
  const journal = new Journal({ now: () => 1, budget: 200_000 });
  const call = begin(journal, aboutOf(1));
  const reader = new Reader(journal, 1, false);
  for (let time = 0; time < 250; time++) {
    offerOnAndOn(call, 1);
    reader.happened();
  }
  expect(reader.has?.dropped).toBe(102);
  call.ended("success");
  const following = journal.follow("call1");
  expect(following.hear("")?.event).toBe("journal");
  for (let number = 2; number < 600; number++) begin(journal, aboutOf(number)).step("sip.bye", TALKING, []);
  expect(journal.row("call1")).toBeUndefined();
  expect(following.hear("")).toBeUndefined();
});
