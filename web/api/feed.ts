/**
 * What changes, as it changes: server-sent events (`GET /api/feed`), with the rows of calls, and the journal of one call.
 *
 * Rules: one ring of changes for all readers and a cursor each (journal/changes.ts), looked at a few times a second, so that a
 * thousand changes cost a reader no more than a few lines. Of the call that is followed `journal` is all there is, and `news` what is new
 * since (journal/following.ts). The id of an event is `<boot>-<number>`, and with a call what the reader has of it: a browser that comes back
 * says the last one it saw, and goes on from there; a page that looks at another call says it in `after`. Who says nothing hears `hello`,
 * after a restart `reset`, and `gap` where too much has happened meanwhile: all three mean that the list must be asked for anew. A
 * reader that does not take its bytes waits for itself alone, with one event on its way. A feed ends after `LONGEST`, so that who may look is
 * asked again. Bounds: `MOST_READERS`; a call that is too long to be kept whole is told anew to all of them together once a look.
 */
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Following } from "../../journal/following.ts";
import type { Journal } from "../../journal/journal.ts";
import { BAD, checked, json, MAY_LOOK, problem, textOf } from "./documented.ts";

const MOST_READERS = 50;
/** Milliseconds between two looks. */
const LOOK = 120;
/** Looks between two times that a call is told anew, at least. */
const PAUSE = 8;
/** Milliseconds after which a silent feed says that it is there. */
const SILENCE = 15_000;
/** Milliseconds that one feed lasts; the browser comes back by itself. */
const LONGEST = 3_600_000;

export interface FeedNeeds {
  readonly journal: Journal;
  /** A name of this run of the gateway. */
  readonly boot: string;
  /** What stands at the top of the page; told when it changes. */
  readonly counts: () => unknown;
}

const query = z.object({
  call: z.string().max(256).optional().describe("a call whose journal is told, and its news"),
  after: z.string().max(256).optional().describe("the id of the last event that was heard, as Last-Event-ID says it"),
});

export function feedApi(needs: FeedNeeds): Hono {
  const app = new Hono();
  let readers = 0;
  app.get(
    "/",
    describeRoute({
      summary: "Changes as server-sent events: calls, journal, news, counts, hello, reset, gap",
      responses: {
        200: textOf("text/event-stream", "events until one of the two leaves"),
        503: json(problem, "too many readers"),
        ...BAD,
        ...MAY_LOOK,
      },
    }),
    checked("query", query),
    (context) => {
      if (context.req.raw.method === "HEAD") return context.body(null, 200, { "content-type": "text/event-stream" });
      if (readers >= MOST_READERS) return context.json({ error: "too many readers" }, 503, { "retry-after": "10" });
      readers++;
      const { call, after } = context.req.valid("query");
      return streamSSE(context, async (stream) => {
        const reader = new Reader({ ...needs, readers: () => readers }, stream, call);
        stream.onAbort(() => reader.stop());
        await reader.run(context.req.header("last-event-id"), after).finally(() => readers--);
      });
    },
  );
  return app;
}

/** The name of an event, read again. */
const ID = /^(.*)-(\d+)(?:\.([\d.]+))?$/;

/** One reader, from its first event to its last. */
class Reader {
  readonly #needs: FeedNeeds & { readonly readers: () => number };
  readonly #stream: SSEStreamingApi;
  readonly #call: string | undefined;
  readonly #following: Following | undefined;
  #seen = 0;
  /** What the reader has of the call. */
  #mark = "";
  /** Whether the call has changed since. */
  #isDue = true;
  /** Looks until the call is told again. */
  #pause = 0;
  #counts = "";
  #quiet = 0;
  #stopped = false;

  constructor(
    needs: FeedNeeds & { readonly readers: () => number },
    stream: SSEStreamingApi,
    call: string | undefined,
  ) {
    this.#needs = needs;
    this.#stream = stream;
    this.#call = call;
    this.#following = call === undefined ? undefined : needs.journal.follow(call);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Goes on after the last event that it heard of this call (`lastSeen`), or of another one (`after`). */
  async run(lastSeen: string | undefined, after: string | undefined): Promise<void> {
    await this.#resume(lastSeen, after);
    await this.#follow();
    for (let looks = 0; looks * LOOK < LONGEST && !(this.#stopped || this.#stream.closed); looks++) {
      await this.#look();
      await this.#stream.sleep(LOOK);
    }
  }

  /** Goes on where the browser has left off, or has it ask anew. */
  async #resume(lastSeen: string | undefined, after: string | undefined): Promise<void> {
    const { journal, boot } = this.#needs;
    const last = lastSeen ?? after;
    const [, name, number, mark = ""] = ID.exec(last ?? "") ?? [];
    this.#seen = journal.changes.last;
    if (last === undefined) return this.#say("hello", {});
    if (name !== boot) return this.#say("reset", {});
    if (lastSeen !== undefined) this.#mark = mark;
    if (journal.changes.since(Number(number)) === undefined) return this.#say("gap", {});
    this.#seen = Number(number);
  }

  async #look(): Promise<void> {
    const { journal, counts } = this.#needs;
    const changes = journal.changes.since(this.#seen);
    this.#seen = journal.changes.last;
    this.#isDue ||= this.#call !== undefined && changes?.calls.includes(this.#call) !== false;
    if (changes === undefined) await this.#say("gap", {});
    const rows = changes?.calls.flatMap((id) => journal.row(id) ?? []) ?? [];
    if (rows.length > 0) await this.#say("calls", rows);
    await this.#follow();
    const now = JSON.stringify(counts());
    if (now !== this.#counts) await this.#say("counts", counts());
    this.#counts = now;
    if (this.#quiet * LOOK >= SILENCE) await this.#say("quiet", {});
    else this.#quiet++;
  }

  /** Tells what is new of the call. */
  async #follow(): Promise<void> {
    if (this.#pause > 0) this.#pause--;
    if (!this.#isDue || this.#pause > 0) return;
    this.#isDue = false;
    const heard = this.#following?.hear(this.#mark);
    if (heard === undefined) return;
    if (this.#mark !== "" && heard.event === "journal") this.#pause = Math.max(PAUSE, this.#needs.readers());
    this.#mark = heard.mark;
    await this.#say(heard.event, heard.data);
  }

  async #say(event: string, what: unknown): Promise<void> {
    this.#quiet = 0;
    const mark = this.#mark === "" ? "" : `.${this.#mark}`;
    await this.#stream.writeSSE({
      event,
      data: JSON.stringify(what),
      id: `${this.#needs.boot}-${this.#seen}${mark}`,
    });
  }
}
