/** The documents say what is there: every link of the mapping names a test of its file, and versions agree. */
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { USER_AGENT } from "../../protocol/sip/capabilities.ts";
import { stringsOf } from "../support/tokens.ts";

const root = join(import.meta.dir, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const links = [...read("docs/mapping.md").matchAll(/\[([^\]]+(?:\[[^\]]*\][^\]]*)*)\]\(\.\.\/(tests\/[^)]+)\)/g)];

test("the mapping has links to tests", () => {
  expect(links.length).toBeGreaterThan(60);
});

/** Names stand in a test, or in a table that tests are made of. */
const isNamedIn = (name: string, file: string, text: string): boolean =>
  /\.test\.ts$|-table\.ts$/.test(file) && stringsOf(text).has(name);

test.each(links.map(([, name = "", file = ""]) => [name, file]))("%s is a test of %s", (name, file) => {
  expect(isNamedIn(name, file, read(file))).toBe(true);
});

test.each([
  ["in a comment alone", "a.test.ts", "// juliet calls"],
  ["by a part of the name alone", "a.test.ts", 'test("juliet calls twice", done);'],
  ["by the file alone", "juliet calls.test.ts", ""],
  ["where no tests are", "support/a.ts", 'test("juliet calls", done);'],
])("a link is refused that is right %s", (_, file, text) => {
  expect(isNamedIn("juliet calls", file, text)).toBe(false);
});

test.each(["README.md", "ARCHITECTURE.md", "docs/decisions.md", "docs/mapping.md"])(
  "the links of %s lead somewhere",
  (file) => {
    const targets = [...read(file).matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = ""]) =>
      join(root, file, "..", target),
    );
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  },
);

test("User-Agent has the version of package.json", () => {
  expect(USER_AGENT).toBe(`Carillon/${JSON.parse(read("package.json")).version}`);
});

test("every dependency has its reason", () => {
  const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith("@types/"));
  const table = read("docs/decisions.md");
  expect(names.filter((name) => !table.includes(name))).toEqual([]);
});
