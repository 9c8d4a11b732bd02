/** Rules for tests: a failing play shows everything needed to fix it, and texts are derived from others by changed(). */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { changed, changedAll } from "../support/changed.ts";
import { tokensOf } from "../support/tokens.ts";

const tests = join(import.meta.dir, "..");
const FAILING = "./tests/house/failing-play.ts";

describe("a play that fails", () => {
  const run = Bun.spawnSync([process.execPath, "test", "--only-failures", FAILING], {
    cwd: join(tests, ".."),
    env: { ...process.env, NO_COLOR: "1" },
  });
  const lines = run.stderr.toString().split("\n");
  const at = (text: string): number => lines.findIndex((line) => line.includes(text));

  test("shows its row, and says where that is", () => {
    expect(lines.filter((line) => line.includes('"is answered, though nobody has"'))).toEqual([
      '6 |     "is answered, though nobody has",',
    ]);
    expect(at("tests/house/failing-play.ts:6:")).toBeGreaterThan(0);
  });

  test("shows itself, with an arrow at the line, and its messages beside it", () => {
    const first = at("the gateway departs from the play at line 10");
    const [, , ...play] = lines.slice(first, first + 13).map((line) => line.trimEnd());
    const halves = play.map((line) => line.split(" │ ").map((half) => half.trimEnd()));
    expect(halves).toEqual([
      ["    2  juliet > gateway"],
      [
        "    3      <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp…",
        '<iq type="set" id="a1" to="bob@sip.example.org" from="juliet@example.org/ba…',
      ],
      ["    4        initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>"],
      ["    5  gateway > juliet"],
      [
        "    6      <iq type='result' id='a1'/>",
        '<iq type="result" id="a1" from="bob@sip.example.org" to="juliet@example.org…',
      ],
      ["    7  gateway > phone"],
      ["    8      INVITE sip:bob@192.0.2.2:5060 SIP/2.0", "INVITE sip:bob@192.0.2.2:5060 SIP/2.0"],
      ["    9      CSeq: 1 INVITE", "CSeq: 1 INVITE"],
      ["→  10      Call-ID: another", "Call-ID: s1"],
      ["   11  nothing on phone"],
      [""],
    ]);
  });

  test("says what was wanted, and has what was heard whole", () => {
    const wanted = at("wanted: Call-ID: another");
    expect(lines[wanted + 1]).toBe("heard:  INVITE sip:bob@192.0.2.2:5060 SIP/2.0");
    expect(lines.slice(wanted)).toContain("a=setup:actpass");
  });
});

describe("a text that is derived from another", () => {
  test.each([
    ["a text", () => changed("a b", "c", "d")],
    ["a pattern", () => changed("a b", /c/, "d")],
    ["each of a text", () => changedAll("a b", "c", "d")],
    ["each of a pattern", () => changedAll("a b", /c/g, "d")],
  ])("must have what is to be changed: %s", (_, derive) => {
    expect(derive).toThrow("nothing to change: there is no ");
  });

  test("is changed once, or wherever it has it", () => {
    expect([changed("a a", "a", "b"), changedAll("a a", "a", "b"), changed("a a", /a/g, "b")]).toEqual([
      "b a",
      "b b",
      "b b",
    ]);
  });

  /** Files that contain texts of tests: all but those that read and run them. */
  const isWritten = (file: string): boolean =>
    /^(?!house\/).*\.test\.ts$|^calls\/|-texts\.ts$|-scenes\.ts$|^support\/config\.ts$/.test(file);
  const files = readdirSync(tests, { recursive: true }).map(String).filter(isWritten);
  /** The first places in a file with a replacement that may change nothing. */
  const replacing = (text: string): string[] =>
    tokensOf(text).flatMap(({ text }, at, all) =>
      /^replace(All)?$/.test(text) && /^\??\.$/.test(all[at - 1]?.text ?? "") ? [text] : [],
    );

  test.each(files)("is derived by changed() in %s", (file) => {
    expect(replacing(readFileSync(join(tests, file), "utf8"))).toEqual([]);
  });

  test("by nothing else, in a template neither", () => {
    expect(replacing(`\`\${A.replace('a', 'b')}\` + B?.replaceAll(C, D) + changed(E, F, G)`)).toEqual([
      "replace",
      "replaceAll",
    ]);
  });
});
