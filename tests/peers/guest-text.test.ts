/**
 * A caller whose name, user agent, Call-ID and reason are markup, paths and what a terminal obeys, at the gateway as people run it, on each runtime,
 * behind real Prosody: what its exports are named and contain, and what `carillon calls`, `trace` and `replay` print. The page is in window-safety.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Device } from "../support/device.ts";
import { makeFolder, removeFolder } from "../support/folders.ts";
import { runMain } from "../support/gateway-process.ts";
import { GATEWAY, GuestWorld, OFFER_SDP } from "../support/guests.ts";
import { DOMAIN, noProsody } from "../support/prosody.ts";
import { RUNTIMES } from "../support/runtimes.ts";
import { until } from "../support/until.ts";

const MARKUP = "<script>alert(1)</script><svg onload=alert(1)>'";
const TERMINAL = "\u001b]0;x\u0007\u009b31m\u202e\u2028\ufeff\u0008";
const PATH = "../../etc/passwd";
const FORMATS = ["play", "pcap", "json", "svg", "txt"] as const;
const ROOT = join(import.meta.dir, "../..");
/** What a terminal obeys, a line break apart. */
const OBEYED = /[^\n\P{C}]|[\p{Zl}\p{Zp}]/u;

for (const runtime of RUNTIMES) {
  const missing = noProsody ?? runtime.missing;
  describe.skipIf(missing !== undefined)(`on ${runtime.name}${missing ? ` (left out: ${missing})` : ""}`, () => {
    let world: GuestWorld;
    let juliet: Device;

    beforeAll(async () => {
      world = await GuestWorld.start({ users: ["juliet"], runtime });
      juliet = await world.device("juliet");
    }, 120_000);
    afterAll(() => world?.stop());

    test("markup, paths and escapes of a caller are text everywhere", async () => {
      const folder = makeFolder("text");
      try {
        const at = `http://127.0.0.1:${world.gateway.webPort}`;
        const sip = `sip:juliet@${GATEWAY}:${world.gateway.sipPort}`;
        world.proxy.says(
          `INVITE ${sip} SIP/2.0\nFrom: "${MARKUP}${TERMINAL}${PATH}" <sip:evil%1b%5b31m@b>;tag=e\nTo: <sip:juliet@${DOMAIN}>\nCall-ID: ${PATH}@<script>\nUser-Agent: ${MARKUP}${TERMINAL}\nSubject: ${MARKUP}${TERMINAL}\n${world.proxy.contact}\n${OFFER_SDP}`,
        );
        await juliet.heard.next(({ action }) => action === "session-initiate", "session-initiate");
        const tracing = Bun.spawn([...runtime.command, "main.ts", "trace", "evil", "--url", at], {
          cwd: ROOT,
          stdout: "pipe",
        });
        let traced = "";
        const reading = (async () => {
          for await (const piece of tracing.stdout) traced += new TextDecoder().decode(piece);
        })();
        await until(
          "the trace of the INVITE",
          () => traced,
          (text) => text.includes("Subject:"),
        );
        const shown = await runMain(["calls", "--url", at], undefined, {}, runtime);
        expect(shown.output).toContain("evil");
        world.proxy.says(
          `CANCEL ${sip} SIP/2.0\nReason: SIP ;cause=200 ;text="${MARKUP}${TERMINAL}"\nCSeq: 101 CANCEL\n\n`,
        );
        tracing.kill();
        await reading;
        const { calls } = (await (await fetch(`${at}/api/calls`)).json()) as { calls: { id: string }[] };
        const [{ id } = { id: "" }] = calls;
        const replayed: string[] = [];
        for (const format of FORMATS) {
          const answer = await fetch(`${at}/api/calls/${id}/export.${format}`);
          expect([format, answer.status]).toEqual([format, 200]);
          expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="?[\w.-]+"?$/);
          expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
          const body = await answer.text();
          if (format !== "pcap") expect([format, OBEYED.exec(body)?.[0].charCodeAt(0)]).toEqual([format, undefined]);
          if (format === "svg") expect(body).not.toMatch(/<script|<svg onload/);
          if (format === "play" || format === "json") {
            const file = join(folder, `call.${format}`);
            writeFileSync(file, body);
            const { output, error } = await runMain(["replay", file], undefined, {}, runtime);
            replayed.push(output, error);
          }
        }
        for (const text of [traced, shown.output, ...replayed]) {
          expect(text).not.toMatch(OBEYED);
        }
      } finally {
        removeFolder(folder);
      }
    }, 120_000);
  });
}
