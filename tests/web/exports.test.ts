/** A call to take away, over HTTP: every format with its type and a safe name; hostile names stay text; what is not there is 404. */
import { describe, expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import { ladderText } from "../../journal/text.ts";
import type { CallView } from "../../journal/view.ts";
import { gatewayConfig } from "../../replay/gateway.ts";
import { settingOf } from "../../replay/setting.ts";
import { exportsApi } from "../../web/api/exports.ts";
import { writeLadderSvg } from "../../web/ladder-svg.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP } from "../calls/scenes.ts";
import { play } from "../support/play.ts";
import { journalOf } from "../support/recorded.ts";

const { journal, setting } = await journalOf(JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP, {});
const api = exportsApi({ journal, setting: () => setting });
const [row] = journal.calls({}, 1).calls;
const id = row?.id ?? "";
const call = journal.call(id) as CallView;
const get = async (file: string): Promise<Response> => await api.request(`/${id}/${file}`);

describe("a call is exported", () => {
  test.each([
    ["play", "text/plain; charset=utf-8"],
    ["pcap", "application/vnd.tcpdump.pcap"],
    ["json", "application/json"],
    ["svg", "image/svg+xml"],
    ["txt", "text/plain; charset=utf-8"],
  ])("as %s, with its type and name", async (format, type) => {
    const answer = await get(`export.${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("content-disposition")).toMatch(
      new RegExp(`^attachment; filename="call-[A-Za-z0-9]+\\.${format}"$`),
    );
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });

  test("as a play that passes", async () => {
    await play(await (await get("export.play")).text());
  });

  test("as JSON that has all that is shown, and what the gateway was like", async () => {
    expect(await (await get("export.json")).json()).toEqual({ ...call, setting: { ...setting, usernameToPhone: [] } });
  });

  test("as JSON without what the configuration keeps to itself", async () => {
    const secrets = { username: "carillon", password: "hidden-proxy-password" };
    const secret = exportsApi({ journal, setting: () => settingOf(gatewayConfig(secrets)) });
    const text = await (await secret.request(`/${id}/export.json`)).text();
    expect(text).toContain('"hasCredentials": true');
    for (const each of ["hidden-proxy-password", '"password"', "+4930123"]) expect(text).not.toContain(each);
  });

  test("as the chart at a step, and as the ladder", async () => {
    const texts = await Promise.all(
      ["export.svg?step=1", "export.svg?step=2", "export.svg", "export.svg?of=ladder"].map(async (file) =>
        (await get(file)).text(),
      ),
    );
    expect(new Set(texts).size).toBe(4);
    for (const text of texts) expect(parse(text).name).toBe("svg");
  });
});

test.each(["/none/export.play", `/${id}/export.exe`, `/${id}/export`])("%s is 404", async (path) => {
  expect((await api.request(path)).status).toBe(404);
});

test.each(["0", "x", "-1"])("a step %s is refused", async (step) => {
  expect((await get(`export.svg?step=${step}`)).status).toBe(400);
});

describe("a hostile name", () => {
  const hostile: CallView = {
    ...call,
    from: `<script>alert(1)</script>"&\u0000\u001b[31m@x/y`,
    messages: call.messages.map((message) => ({ ...message, label: "]]></text><script>\u0007\u202e" })),
  };

  test("is text in a picture", () => {
    const picture = parse(writeLadderSvg(hostile, hostile.from));
    expect(picture.getChild("title")?.getText()).toContain("<script>");
    expect(String(picture)).not.toContain("<script");
  });

  test("moves no cursor in a terminal", () => {
    expect(ladderText(hostile)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f\u202e]/);
  });
});

test("the text has messages and states in order, each with its time", () => {
  const lines = ladderText(call).split("\n");
  const words = lines.map((line) => line.match(/[^\s─▶◀◆·]+/g)?.join(" "));
  expect(words.slice(2, 8)).toEqual([
    "0.000 session-initiate",
    "0.000 outgoing.inviting",
    "0.000 ✓ session-initiate",
    "0.000 INVITE sdp",
    "0.015 180 Ringing",
    "0.015 outgoing.ringing",
  ]);
});
