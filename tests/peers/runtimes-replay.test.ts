/** `carillon replay` on each runtime: its exit code, its one line for what cannot be read, and its keys in a terminal. */
import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP } from "../calls/scenes.ts";
import { changed } from "../support/changed.ts";
import { makeFolder } from "../support/folders.ts";
import { recorded } from "../support/recorded.ts";
import { RUNTIMES } from "../support/runtimes.ts";

const [call = { play: "", json: "" }] = await recorded(JULIET_CALLS + BOB_RINGS + BOB_ANSWERS + PHONE_HANGS_UP, {});

describe.each(RUNTIMES.filter(({ missing }) => missing === undefined))("carillon replay on $name", ({ command }) => {
  const folder = makeFolder("replay");
  const root = join(import.meta.dir, "../..");
  const carillon = (name: string, text: string): { code: number; out: string; err: string } => {
    writeFileSync(join(folder, name), text);
    const done = Bun.spawnSync([...command, "main.ts", "replay", join(folder, name)], { cwd: root });
    return { code: done.exitCode, out: String(done.stdout), err: String(done.stderr) };
  };

  test("ends with 0 when it goes the same way, with 1 when not, and with one line for what cannot be read", () => {
    expect(carillon("call.json", call.json)).toMatchObject({ code: 0, out: expect.stringContaining("✓") });
    const other = carillon("other.play", changed(call.play, "180 Ringing", "486 Busy Here"));
    expect(other).toMatchObject({ code: 1, out: expect.stringContaining("✗") });
    const none = carillon("none.json", "{}");
    expect(none).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^carillon: .*not an exported call.*\n$/),
    });
  });

  /** What stands last on the terminal each time that it waits for a key. */
  const WAITS = ["q: quit.", "INVITE", "(ringing)", "session-accept"];
  /** Runs it in a terminal, and presses the keys, each when it waits for one. */
  const inTerminal = async (keys: readonly string[]): Promise<{ code: number; shown: string[] }> => {
    writeFileSync(join(folder, "stepped.json"), call.json);
    let shown = "";
    let pressed = 0;
    const run = Bun.spawn([...command, "main.ts", "replay", join(folder, "stepped.json"), "--step"], {
      cwd: root,
      terminal: {
        data: (terminal, data) => {
          shown += new TextDecoder().decode(data);
          if (shown.includes(WAITS[pressed] ?? "nothing more")) terminal.write(keys[pressed++] ?? "q");
        },
      },
    });
    return { code: await run.exited, shown: shown.split("\r\n") };
  };

  test("--step waits for keys in a terminal, shows what each brings, and ends by itself, by q, or by Ctrl+C", async () => {
    const all = await inTerminal([" ", "\r", "\x1b[C", "x"]);
    expect([all.code, all.shown.at(-2)]).toEqual([0, expect.stringContaining("✓ the gateway takes the same steps")]);
    const some = await inTerminal([" "]);
    expect([some.code, some.shown[0]]).toEqual([0, expect.stringContaining("Any key: next message. q: quit.")]);
    expect(some.shown.join("\n")).toContain("session-initiate");
    expect(some.shown.join("\n")).not.toContain("Ringing");
    expect((await inTerminal(["\x03"])).code).toBe(130);
  });
});
