/**
 * Exports of a call: as a play (a regression test), a capture, JSON, a picture, or text.
 *
 * Rules: a play contains no names; in everything else, secrets are hidden. A file is named after the call's tag, cut to letters and
 * digits, so no peer can choose a name, and has nothing that a terminal obeys (a capture apart). JSON is `/journal` plus the gateway's configuration, for `carillon replay`.
 */
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Journal } from "../../journal/journal.ts";
import { pcapOf } from "../../journal/pcap.ts";
import { playOf } from "../../journal/play.ts";
import type { Setting } from "../../journal/setting.ts";
import { jsonText, ladderText } from "../../journal/text.ts";
import type { CallView } from "../../journal/view.ts";
import { catalogue } from "../../machines/catalogue.ts";
import { writeChartSvg } from "../chart-svg.ts";
import { writeLadderSvg } from "../ladder-svg.ts";
import { layoutOf } from "../layout/layout.ts";
import { BAD, checked, json, MAY_LOOK, problem, textOf } from "./documented.ts";
import { exportedCall } from "./schemas.ts";

export interface ExportsNeeds {
  readonly journal: Journal;
  /** The gateway's current configuration. */
  readonly setting: () => Setting;
}

/** Query parameters of a picture. */
const query = z.object({
  step: z.coerce.number().int().min(1).optional().describe("svg: the step shown in the chart; the last one by default"),
  of: z.enum(["chart", "ladder"]).default("chart").describe("svg: what is drawn"),
});
type Asked = z.infer<typeof query>;

interface Format {
  readonly type: string;
  /** Description. */
  readonly of: string;
  readonly write: (call: CallView, needs: ExportsNeeds, asked: Asked) => string | Uint8Array;
}

const FORMATS: Readonly<Record<string, Format>> = {
  play: {
    type: "text/plain; charset=utf-8",
    of: "a regression test that names nobody; also for `carillon replay`",
    write: (call, { journal, setting }) => playOf(call, journal.entries(call.id) ?? [], setting()),
  },
  pcap: {
    type: "application/vnd.tcpdump.pcap",
    of: "a capture for Wireshark and sngrep",
    write: ({ id }, { journal, setting }) => {
      const { ours, port } = setting();
      return pcapOf(journal.entries(id) ?? [], { host: ours[0] ?? "", port });
    },
  },
  json: {
    type: "application/json",
    of: "all that happened, for `carillon replay`",
    write: (call, { setting }) => jsonText({ ...call, setting: concerning(call, setting()) }),
  },
  svg: {
    type: "image/svg+xml",
    of: "a picture of its chart, or of its ladder",
    write: (call, _, asked) => pictureOf(call, asked),
  },
  txt: {
    type: "text/plain; charset=utf-8",
    of: "its ladder and states as plain text",
    write: (call) => ladderText(call),
  },
};

/** The configuration, reduced to the trunk of this call and the numbers of the users that it contains. */
function concerning(call: CallView, setting: Setting): Setting {
  const said = JSON.stringify(call);
  const isNamed = (name: string): boolean => said.includes(JSON.stringify(name).slice(1, -1));
  const ofCall = setting.usernameToPhone.filter(({ username, phone }) => isNamed(username) || isNamed(phone));
  const trunks = setting.trunks
    .filter(({ name }) => name === call.trunk)
    .map((trunk) => ({ ...trunk, numbers: trunk.numbers.filter(({ user }) => isNamed(user)) }));
  return { ...setting, usernameToPhone: ofCall, trunks, speaksAs: setting.speaksAs.filter(isNamed) };
}

function pictureOf(call: CallView, { of, step }: Asked): string {
  const title = `${call.from} → ${call.to}`;
  if (of === "ladder") return writeLadderSvg(call, title);
  const at = Math.min(step ?? call.steps.length, call.steps.length) - 1;
  const machine = catalogue.call;
  if (machine === undefined) throw new Error("there is no chart of a call");
  return writeChartSvg(layoutOf(machine), title, { steps: call.steps, at: Math.max(0, at) });
}

const gone = { error: "no such call, or it was dropped from the journal" };

export function exportsApi(needs: ExportsNeeds): Hono {
  const app = new Hono();
  for (const [name, format] of Object.entries(FORMATS)) {
    app.get(
      `/:id/export.${name}`,
      describeRoute({
        summary: `The call as a file: ${format.of}`,
        responses: {
          200: name === "json" ? json(exportedCall, format.of) : textOf(format.type, format.of),
          404: json(problem, "no such call, or no longer"),
          ...BAD,
          ...MAY_LOOK,
        },
      }),
      checked("param", z.object({ id: z.string().max(256) })),
      checked("query", query),
      (context) => {
        const { id } = context.req.valid("param");
        const call = needs.journal.call(id);
        if (call === undefined) return context.json(gone, 404);
        const written = format.write(call, needs, context.req.valid("query"));
        return context.body(typeof written === "string" ? written : new Uint8Array(written), 200, {
          "content-type": format.type,
          "content-disposition": `attachment; filename="call-${safe(id)}.${name}"`,
        });
      },
    );
  }
  return app;
}

/** A name that is safe in file systems and header fields. */
const safe = (id: string): string => id.replace(/[^A-Za-z0-9]/g, "").slice(0, 40) || "export";
