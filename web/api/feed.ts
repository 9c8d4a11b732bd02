/**
 * The live feed: server-sent events (`GET /api/feed`) with the rows of changed calls, and the journal of one call.
 *
 * Rules: one ring of changes for all readers with a cursor each (journal/changes.ts), polled a few times a second, so that a
 * thousand changes cost a reader only a few lines. For the followed call, `journal` is the whole call, and `news` what is new since
 * (journal/following.ts). The id of an event is `<boot>-<number>`, followed by the reader's mark of the call: a browser that reconnects
 * sends the last id and continues there; a page that switches to another call sends it in `after`. The reader gets `hello` if it sent no
 * id, `reset` after a restart, and `gap` if too much has happened meanwhile: all three mean that it must reload the list. A slow
 * reader delays only itself, with one event in flight. A feed ends after `LONGEST`, so that authorization is checked
 * again. Bounds: `MOST_READERS`; a call too long for the journal is sent whole at most once per poll, over all readers.
 */
import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Following } from "../../journal/following.ts";
import type { Journal } from "../../journal/journal.ts";
import { BAD, checked, json, MAY_LOOK, problem, textOf } from "./documented.ts";

const MOST_READERS = 50;
/** Milliseconds between two polls. */
const LOOK = 120;
/** Fewest polls between two times that a whole call is sent again. */
const PAUSE = 8;
/** Milliseconds after which a silent feed sends a keep-alive. */
const SILENCE = 15_000;
/** Lifetime of a feed in milliseconds; the browser reconnects by itself. */
const LONGEST = 3_600_000;

export interface FeedNeeds {
  readonly journal: Journal;
  /** Identifies this run of the gateway. */
  readonly boot: string;
  /** The figures at the top of the page; sent when they change. */
  readonly counts: () => unknown;
}

const query = z.object({
  call: z.string().max(256).optional().describe("a call whose journal and news are sent"),
  after: z.string().max(256).optional().describe("the id of the last event received, like Last-Event-ID"),
});

export function feedApi(needs: FeedNeeds): Hono {
  const app = new Hono();
  let readers = 0;
  app.get(
    "/",
    describeRoute({
      summary: "Changes as server-sent events: calls, journal, news, counts, hello, reset, gap",
      responses: {
        200: textOf("text/event-stream", "events until either side closes the connection"),
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

/** Parses the id of an event. */
const ID = /^(.*)-(\d+)(?:\.([\d.]+))?$/;

/** One reader, from its first event to its last. */
class Reader {
  readonly #needs: FeedNeeds & { readonly readers: () => number };
  readonly #stream: SSEStreamingApi;
  readonly #call: string | undefined;
  readonly #following: Following | undefined;
  #seen = 0;
  /** The reader's mark of the call. */
  #mark = "";
  /** Whether the call has changed since. */
  #isDue = true;
  /** Polls until the call may be sent again. */
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

  /** Continues after the last event received about this call (`lastSeen`), or about another one (`after`). */
  async run(lastSeen: string | undefined, after: string | undefined): Promise<void> {
    await this.#resume(lastSeen, after);
    await this.#follow();
    for (let looks = 0; looks * LOOK < LONGEST && !(this.#stopped || this.#stream.closed); looks++) {
      await this.#look();
      await this.#stream.sleep(LOOK);
    }
  }

  /** Continues where the browser left off, or makes it reload. */
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

  /** Sends what is new of the call. */
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
