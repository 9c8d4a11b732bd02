/**
 * An exported call runs again: the same way, or it is said where it goes another. That every play of tests/calls does so, as play and as
 * JSON, is tested where they are (tests/support/plays.ts); the command on each runtime, in tests/peers/runtimes-replay.test.ts.
 */
import { describe, expect, test } from "bun:test";
import type { ExportedCall } from "../../journal/read-view.ts";
import { replay } from "../../replay/replay.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP } from "../calls/scenes.ts";
import { changed } from "../support/changed.ts";
import { recorded } from "../support/recorded.ts";

const [call = { play: "", json: "" }] = await recorded(JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP, {});

/** Runs a text, and gives what was printed. */
async function run(text: string): Promise<{ isSame: boolean; lines: string[]; waited: number }> {
  const lines: string[] = [];
  let waited = 0;
  const next = async (): Promise<void> => void waited++;
  const isSame = await replay(text, { print: (line) => void lines.push(line), next });
  return { isSame, lines, waited };
}

/** The call's JSON with something else in it. */
const jsonWith = (change: (call: ExportedCall) => Partial<ExportedCall>): string => {
  const read = JSON.parse(call.json) as ExportedCall;
  return JSON.stringify({ ...read, ...change(read) });
};

describe.each(["play", "json"] as const)("an exported call, as %s", (format) => {
  test("goes the same way, and shows its ladder and states", async () => {
    const { isSame, lines } = await run(call[format]);
    expect(isSame).toBe(true);
    const shown = lines.join("\n");
    for (const each of ["session-initiate", "INVITE", "◆ outgoing.ringing", "BYE", "◆ ended"])
      expect(shown).toContain(each);
    expect(lines.at(-1)).toStartWith("✓");
  });

  test("waits before each message that comes", async () => {
    expect((await run(call[format])).waited).toBe(4);
  });
});

describe("it is said where the gateway deviates", () => {
  test("when the chart takes another event than the journal has", async () => {
    const other = jsonWith(({ steps }) => ({
      steps: steps.map((step) => (step.event === "sip.bye" ? { ...step, event: "sip.cancel" } : step)),
    }));
    const { isSame, lines } = await run(other);
    expect(isSame).toBe(false);
    expect(lines.at(-1)).toBe(
      "✗ the gateway deviates\nat step 4\nthe journal: sip.cancel → ended\nthe chart:   sip.bye → ended",
    );
  });

  test("when the chart stops before the journal does", async () => {
    const more = jsonWith(({ steps }) => ({ steps: [...steps, { ...steps[0], n: 5, event: "sip.bye" } as never] }));
    const { isSame, lines } = await run(more);
    expect(isSame).toBe(false);
    expect(lines.at(-1)).toContain("the chart:   nothing");
  });

  test("when it says something else than the play hears", async () => {
    const { isSame, lines } = await run(
      changed(call.play, "    SIP/2.0 200 OK\n    From", "    SIP/2.0 500 No\n    From"),
    );
    expect(isSame).toBe(false);
    expect(lines.at(-1)).toContain("wanted: SIP/2.0 500 No");
  });
});

test.each([
  ["JSON that is no call", "{}", "this JSON is not an exported call"],
  ["JSON that is cut", call.json.slice(0, 300), "JSON"],
  ["JSON whose messages are none", '{"steps":[],"messages":[{}],"setting":{}}', "this JSON is not an exported call"],
  [
    "JSON whose setting is none",
    '{"steps":[{}],"messages":[],"setting":{"trunks":{}}}',
    "this JSON is not an exported call",
  ],
  ["no play", "hello\n", "no line of a play"],
  ["a play of a thousand years", "after 31557600000s\n", "no line of a play"],
])("%s is an error that says so", async (_, text, why) => {
  await expect(run(text)).rejects.toThrow(why);
});
