/**
 * The charts over HTTP: positions of boxes and arrows, states and transitions in words, and the machine for other tools: as XState
 * JSON, and as code for Stately's editor, a call of `createMachine` (https://stately.ai/docs/import-from-code).
 *
 * Rule: everything is derived from the machines themselves, once, on first request.
 */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { AnyStateMachine } from "xstate";
import { z } from "zod";
import { catalogue } from "../../machines/catalogue.ts";
import { type Layout, layoutOf } from "../layout/layout.ts";
import { nameOf, statesOf, stepsOf } from "../steps.ts";
import { BAD, checked, json, MAY_LOOK, problem, textOf } from "./documented.ts";
import { machineView as viewSchema } from "./schemas.ts";

/** A chart, as the page shows it. */
export interface MachineView {
  readonly id: string;
  readonly layout: Layout;
  readonly states: readonly {
    readonly id: string;
    readonly description: string;
    readonly spec: string;
    readonly timers: readonly string[];
  }[];
  readonly steps: readonly {
    readonly from: string;
    readonly event: string;
    readonly guard: string;
    readonly to: string;
    readonly does: readonly string[];
  }[];
}

const views = new Map<string, MachineView>();

/** A chart by its name; undefined if there is none. */
function machineView(id: string): MachineView | undefined {
  const machine = Object.hasOwn(catalogue, id) ? catalogue[id] : undefined;
  if (!machine) return undefined;
  const view = views.get(id) ?? viewOf(id, machine);
  views.set(id, view);
  return view;
}

function viewOf(id: string, machine: AnyStateMachine): MachineView {
  const states = statesOf(machine).map((node) => ({
    id: nameOf(node),
    description: node.description ?? "",
    spec: String(node.meta?.spec ?? ""),
    timers: node.after.map(({ delay }) => String(delay)),
  }));
  const steps = stepsOf(machine).map(({ from, event, guard, to, actions }) => ({
    from: nameOf(from),
    event: event ?? "at once",
    guard: guard ?? "",
    to: to ? nameOf(to) : "",
    does: actions,
  }));
  return { id, layout: layoutOf(machine), states, steps };
}

const FORMS = json(z.union([viewSchema, z.record(z.string(), z.unknown())]), "the chart, or the machine itself");
const CODE = textOf("text/javascript", "the machine as code");

export function machinesApi(): Hono {
  const app = new Hono();
  app.get(
    "/",
    describeRoute({
      summary: "Names of all charts",
      responses: { 200: json(z.array(z.string()), "names"), ...MAY_LOOK },
    }),
    (context) => context.json(Object.keys(catalogue)),
  );
  app.get(
    "/:id",
    describeRoute({
      summary:
        "A chart: its places, states and steps; `?format=xstate`: XState JSON; `?format=code`: for Stately's editor",
      responses: {
        200: { ...FORMS, content: { ...FORMS.content, ...CODE.content } },
        404: json(problem, "there is no such chart"),
        ...BAD,
        ...MAY_LOOK,
      },
    }),
    checked("param", z.object({ id: z.string().max(64) })),
    checked("query", z.object({ format: z.enum(["view", "xstate", "code"]).default("view") })),
    (context) => {
      const { id } = context.req.valid("param");
      const view = machineView(id);
      if (!view) return context.json({ error: "there is no such chart" }, 404);
      const { format } = context.req.valid("query");
      if (format === "view") return context.json(view);
      if (format === "xstate") return context.json(xstateJson(id));
      return context.text(machineCode(id), 200, { "content-type": "text/javascript; charset=utf-8" });
    },
  );
  return app;
}

/** A machine as JSON in XState's own format; functions are omitted, their names stay. */
function xstateJson(id: string): unknown {
  return JSON.parse(JSON.stringify(catalogue[id]?.config ?? null));
}

/** A machine as code that creates it. */
const machineCode = (id: string): string =>
  `import { createMachine } from "xstate";\n\nexport const machine = createMachine(${JSON.stringify(xstateJson(id), null, 2)});\n`;
