/** The documents match the code: every row of the mapping has its proof, every path and link exists, versions agree. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { USER_AGENT } from "../../protocol/sip/capabilities.ts";
import { gatherProofs, proofsIn, rowsOf, writeProofs } from "../support/proofs.ts";

const root = join(import.meta.dir, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

describe("the mapping", () => {
  const mapping = read("docs/mapping.md");
  const rows = rowsOf(mapping);
  const proofs = gatherProofs(mapping);

  test("has a proof for every row that is not open", () => {
    const proved = new Set(proofs.map(({ row }) => row));
    expect([...rows].filter(([row, { open }]) => !open && !proved.has(row)).map(([row]) => row)).toEqual([]);
  });

  test("has a row for every proof", () => {
    expect(proofs.filter(({ row }) => !rows.has(row))).toEqual([]);
  });

  test("has its proofs gathered as they are: if not, `npm run proofs`", () => {
    expect(read("docs/proofs.md")).toBe(writeProofs(proofs));
  });

  test("can be read as tables: no line is longer than 160 characters", () => {
    expect(mapping.split("\n").filter((line) => line.length > 160)).toEqual([]);
  });

  test("numbers its notes in order, and refers to each", () => {
    const notes = [...mapping.matchAll(/^(\d+)\. /gm)].map(([, number = ""]) => number);
    expect(notes).toEqual(notes.map((_, index) => `${index + 1}`));
    expect([...mapping.matchAll(/ \[(\d+)\]/g)].map(([, number = ""]) => number)).toEqual(notes);
  });
});

describe("a proof", () => {
  test.each([
    ["a test", '// proves: J1, S2\ntest("juliet calls", done);', "juliet calls"],
    ["a row", '// proves: J1, S2\n[\n  "juliet calls",\n  "…"],', "juliet calls"],
    ["a table", '// proves: J1, S2\ntest.each([["a", 1], [f("b"), 2]])("%s calls", done);', "%s calls"],
    [
      "a name in pieces",
      "// proves: J1, S2\ntest(`$" + "{who} calls $" + "{whom}`, done);",
      "$" + "{who} calls $" + "{whom}",
    ],
  ])("is said by %s", (_, text, name) => {
    expect(proofsIn("a.test.ts", text)).toEqual([
      { row: "J1", test: name, file: "a.test.ts" },
      { row: "S2", test: name, file: "a.test.ts" },
    ]);
  });

  test.each([
    ["nothing", "const a = 1;\n// proves: J1"],
    ["a test that is skipped", '// proves: J1\ntest.skip("juliet calls", done);'],
    ["a test that is to be written", '// proves: J1\ntest.todo("juliet calls");'],
    ["what is no test", '// proves: J1\nconst name = "juliet calls";'],
  ])("is refused above %s", (_, text) => {
    expect(() => proofsIn("a.test.ts", text)).toThrow("no test that runs stands below");
  });

  test("is refused without a row's id", () => {
    expect(() => proofsIn("a.test.ts", '\n// proves: the first\ntest("juliet calls", done);')).toThrow("a.test.ts:2");
  });
});

const DOCUMENTS = [
  ...["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

test.each(DOCUMENTS)("the links of %s lead somewhere", (file) => {
  const targets = [...read(file).matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = ""]) =>
    join(root, file, "..", target),
  );
  expect(targets.filter((target) => !existsSync(target))).toEqual([]);
});

/** The paths in backticks in a text: beginning with a folder of ours, or ending like a file. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, words = ""]) => words.split(" "));
  const isPath = (word: string): boolean =>
    /^[a-zA-Z@.][\w@.-]*(?:\/[\w@.-]*)*$/.test(word) &&
    (/\.(?:ts|md|json|toml|cfg|lua|erl)$/.test(word) || word.includes("/"));
  return named.filter((word) => isPath(word) && !/^application\/|^carillon\.toml$/.test(word));
}

test.each(["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/decisions.md"])("the paths that %s names are there", (file) => {
  const paths = pathsIn(read(file));
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("a path is found by its folder or its ending", () => {
  expect(pathsIn("`actors/gone/` `bun gone.ts` `a.md` `jingle.send.x` `application/dtmf` `npm test` `…/sip`")).toEqual([
    "actors/gone/",
    "gone.ts",
    "a.md",
  ]);
});

test.each(DOCUMENTS)("the scripts that %s runs are in package.json", (file) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: object };
  const run = [...read(file).matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
  expect(run.filter((name) => !(name in scripts))).toEqual([]);
});

test("the decisions are numbered from 1, without a gap", () => {
  const [, choices = ""] = read("docs/decisions.md").split("## Structure");
  const numbers = [...choices.matchAll(/^(\d+\w*)\. /gm)].map(([, number]) => number);
  expect(numbers.length).toBeGreaterThan(30);
  expect(numbers).toEqual(numbers.map((_, index) => `${index + 1}`));
});

describe("the changelog", () => {
  const changelog = read("CHANGELOG.md");

  test("begins with what is unreleased, then the version of package.json with its date", () => {
    const [first, second = ""] = [...changelog.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(first).toBe("[Unreleased]");
    expect(second).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
    expect(second).toStartWith(`[${JSON.parse(read("package.json")).version}]`);
  });

  test("has the kinds of Keep a Changelog, each once a version", () => {
    for (const version of changelog.split(/^## /m).slice(1)) {
      const kinds = [...version.matchAll(/^### (.*)$/gm)].map(([, kind = ""]) => kind);
      expect(kinds.filter((kind) => !/^(?:Added|Changed|Deprecated|Removed|Fixed|Security)$/.test(kind))).toEqual([]);
      expect(new Set(kinds).size).toBe(kinds.length);
    }
  });

  test("tells nothing twice", () => {
    const lines = changelog.split("\n").filter((line) => line.startsWith("- "));
    expect(lines.filter((line, index) => lines.indexOf(line) < index)).toEqual([]);
  });
});

test(".editorconfig says what biome.json says", () => {
  const { indentStyle, indentWidth, lineWidth } = JSON.parse(read("biome.json")).formatter;
  const [, everywhere = ""] = read(".editorconfig").split(/^\[.*\]$/m);
  expect(everywhere.split("\n")).toEqual(
    expect.arrayContaining([
      `indent_style = ${indentStyle}`,
      `indent_size = ${indentWidth}`,
      `max_line_length = ${lineWidth}`,
    ]),
  );
});

test("User-Agent has the version of package.json", () => {
  expect(USER_AGENT).toBe(`Carillon/${JSON.parse(read("package.json")).version}`);
});

test("every dependency has its reason", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));
  const table = read("docs/decisions.md");
  expect(names.filter((name) => !table.includes(name))).toEqual([]);
});
