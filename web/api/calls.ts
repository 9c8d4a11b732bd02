/**
 * Calls over HTTP: the list, one call, its journal, its exports, and hanging up.
 *
 * Rules: secrets are hidden; a call dropped from the journal is 404; names and reasons from peers are JSON or text, never
 * markup. Parameters are checked by the schemas in `/openapi.json`.
 */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Journal } from "../../journal/journal.ts";
import type { Access } from "../access.ts";
import { BAD, checked, json, MAY_LOOK, MAY_TOUCH, problem } from "./documented.ts";
import { callPage, callRow, callView } from "./schemas.ts";

const MOST = 500;

export interface CallsApiNeeds {
  readonly journal: Journal;
  readonly access: Access;
  /** Ends a call on both sides; returns false if there is no such call. */
  readonly hangUp: (id: string) => boolean;
}

const text = z.string().max(256).optional();
const query = z.object({
  q: text.describe("part of a number, JID, sid, Call-ID, state or reason"),
  state: text.describe("part of the name of a state: `established`"),
  reason: text.describe("the condition of the call's reason: `decline`"),
  after: text.describe("the id of the last call of the previous page"),
  most: z.coerce.number().int().min(1).max(MOST).default(100),
});
const id = z.object({ id: z.string().max(256) });
const NOT_FOUND = { 404: json(problem, "no such call, or no longer") };
const gone = { error: "no such call, or it was dropped from the journal" };

export function callsApi({ journal, access, hangUp }: CallsApiNeeds): Hono {
  const app = new Hono();
  app.get(
    "/",
    describeRoute({
      summary: "Calls, newest first",
      responses: { 200: json(callPage, "a page of calls"), ...BAD, ...MAY_LOOK },
    }),
    checked("query", query),
    (context) => {
      const { most, ...asked } = context.req.valid("query");
      return context.json(journal.calls(asked, most));
    },
  );
  app.get(
    "/:id",
    describeRoute({
      summary: "One call",
      responses: { 200: json(callRow, "the call"), ...NOT_FOUND, ...BAD, ...MAY_LOOK },
    }),
    checked("param", id),
    (context) => {
      const row = journal.row(context.req.valid("param").id);
      return row ? context.json(row) : context.json(gone, 404);
    },
  );
  app.get(
    "/:id/journal",
    describeRoute({
      summary: "All that happened",
      responses: { 200: json(callView, "the journal"), ...NOT_FOUND, ...BAD, ...MAY_LOOK },
    }),
    checked("param", id),
    (context) => {
      const view = journal.call(context.req.valid("param").id);
      return view ? context.json(view) : context.json(gone, 404);
    },
  );
  app.delete(
    "/:id",
    describeRoute({
      summary: "Hangs up on both sides; needs the token",
      responses: { 204: { description: "it is over" }, ...NOT_FOUND, ...BAD, ...MAY_TOUCH },
    }),
    access.touch,
    checked("param", id),
    (context) => (hangUp(context.req.valid("param").id) ? context.body(null, 204) : context.json(gone, 404)),
  );
  return app;
}
