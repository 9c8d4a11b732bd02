/** The product's own sources: files, texts, and imports. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { importsOf } from "./tokens.ts";

const root = join(import.meta.dir, "../..");

export const FOLDERS: readonly string[] = [
  ..."config protocol machines transports actors relay journal replay web cli start examples bench integrations docs".split(
    " ",
  ),
].filter((folder) => existsSync(join(root, folder)));

export const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The files of a folder, as paths from the root. */
export const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => posix.join(folder, name));

/** Every file of the product. */
export const sources: readonly string[] = [...FOLDERS.flatMap(filesOf), "main.ts", "config.ts"];

/** The imports of a file: files of ours as paths from the root, packages by name, `?` for dynamic ones. */
export const importedBy = (file: string, text = textOf(file)): string[] =>
  importsOf(text).map((path) => (path.startsWith(".") ? posix.join(posix.dirname(file), path) : path));

/** The imports of each file. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** All files that a file reaches through imports. */
export function reachedFrom(file: string, imports: Imports): ReadonlySet<string> {
  const reached = new Set<string>();
  const left = [...(imports.get(file) ?? [])];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...(imports.get(next) ?? []));
  }
  return reached;
}

/** The cycles of imports, each once, as text. */
export function circlesOf(imports: Imports): string[] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachedFrom(file, imports)]));
  const inOne = (one: string, other: string): boolean =>
    reached.get(one)?.has(other) === true && reached.get(other)?.has(one) === true;
  const files = [...imports.keys()].filter((file) => inOne(file, file));
  return [
    ...new Set(
      files.map((file) =>
        files
          .filter((other) => inOne(file, other))
          .toSorted()
          .join(" "),
      ),
    ),
  ];
}
