/** Every export is used in another file. Types may be exported only to describe parts of other exports. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tokensOf } from "../support/tokens.ts";

const root = join(import.meta.dir, "../..");
const FOLDERS = [
  "config",
  "protocol",
  "machines",
  "transports",
  "actors",
  "journal",
  "replay",
  "web",
  "cli",
  "start",
  "examples",
  "bench",
  "docs",
  "tests",
];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`)
    .filter((name) => /\.tsx?$/.test(name)),
).concat("main.ts", "config.ts");
const words = new Map(
  files.map((file) => [file, tokensOf(readFileSync(join(root, file), "utf8")).map(({ text }) => text)]),
);

const places = Map.groupBy(
  [...words.values()].flatMap((each) => [...new Set(each)]),
  (word) => word,
);

/** The exported values in a list of tokens: `export const name`, `export async function name` … */
function exportedBy(tokens: readonly string[]): string[] {
  return tokens.flatMap((word, at) => {
    const [kind, ...rest] = tokens.slice(at + 1, at + 5).filter((each) => each !== "async" && each !== "*");
    const isValue = word === "export" && ["const", "let", "function", "class"].includes(kind ?? "");
    return isValue ? rest.slice(0, 1) : [];
  });
}

test.each(files.filter((file) => !file.endsWith(".test.ts")))(
  "every value that %s exports is named elsewhere",
  (file) => {
    expect(exportedBy(words.get(file) ?? []).filter((name) => places.get(name)?.length === 1)).toEqual([]);
  },
);
