/**
 * Which tests prove which rows of docs/mapping.md.
 *
 * A test, or a row of a table of tests, lists the rows that it proves in a comment on its own line, directly above it:
 *
 *   // proves: J12, S7
 *   ["and carol hangs up", …],
 *
 * The name is the first string after the comment; the brackets of an `each` are skipped. Skipped tests prove nothing.
 * `npm run proofs` writes the result into docs/proofs.md.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { SyntaxKind } from "typescript/unstable/ast";
import { tokensOf } from "./tokens.ts";

export interface Proof {
  readonly row: string;
  /** The test's name in the source: `%s` and `${…}` unfilled. */
  readonly test: string;
  /** Path from the root of the project. */
  readonly file: string;
}

const root = join(import.meta.dirname, "../..");
const COMMENT = /^[ \t]*\/\/ proves: (.*)$/gm;
/** Words between a comment and a string by which the string is no name of a running test. */
const NO_TEST = new Set(["skip", "todo", ";", "=", "for"]);
const ROW = /^[A-Z]\d+$/;

/** The rows of the mapping by id, in order, and whether each is open (not implemented yet). */
export function rowsOf(mapping: string): Map<string, { readonly open: boolean }> {
  const lines = [...mapping.matchAll(/^\| ([A-Z]\d+) \| (.*)$/gm)];
  const rows = new Map(lines.map(([, id = "", cells = ""]) => [id, { open: cells.startsWith("*open*") }]));
  if (rows.size !== lines.length) throw new Error("docs/mapping.md has two rows of one id");
  return rows;
}

/** The proofs in one file. Throws, with the line, for a comment that lists no row or is above no test. */
export function proofsIn(file: string, text: string): Proof[] {
  const comments = [...text.matchAll(COMMENT)];
  const tokens = comments.length === 0 ? [] : tokensOf(text);
  return comments.flatMap(({ index, 0: line, 1: ids = "" }) => {
    const where = `${file}:${text.slice(0, index).split("\n").length}`;
    const rows = ids.split(", ");
    if (!rows.every((row) => ROW.test(row))) throw new Error(`${where}: "${ids}" is no list of rows such as J12, S7`);
    const after = tokens.filter(({ start }) => start >= index + line.length);
    const test = nameIn(after, text);
    if (test === undefined) throw new Error(`${where}: no test that runs stands below the comment`);
    return rows.map((row) => ({ row, test, file }));
  });
}

/** The name of the test at the beginning of the tokens. */
function nameIn(tokens: ReturnType<typeof tokensOf>, text: string): string | undefined {
  let at = 0;
  for (; at < tokens.length; at++) {
    const { kind, text: word, start } = tokens[at]!;
    if (kind === SyntaxKind.StringLiteral || kind === SyntaxKind.NoSubstitutionTemplateLiteral)
      return /[([]/.test(tokens[at - 1]?.text ?? "") ? text.slice(start + 1, tokens[at]!.end - 1) : undefined;
    if (kind === SyntaxKind.TemplateHead) return text.slice(start + 1, endOfTemplate(tokens, at) - 1);
    if (NO_TEST.has(word)) return undefined;
    if (word === "each" || word === "skipIf") at = closingOf(tokens, at);
  }
  return undefined;
}

/** The index at which the following brackets are closed. */
function closingOf(tokens: ReturnType<typeof tokensOf>, from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at]!.text === "(") depth++;
    if (tokens[at]!.text === ")" && --depth === 0) return at;
  }
  return tokens.length;
}

const endOfTemplate = (tokens: ReturnType<typeof tokensOf>, from: number): number =>
  tokens.slice(from).find(({ kind }) => kind === SyntaxKind.TemplateTail)?.end ?? from;

/** All proofs, in the order of the rows. */
export function gatherProofs(mapping: string): Proof[] {
  const order = [...rowsOf(mapping).keys()];
  const files = readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .filter((name) => /(\.test|-table)\.ts$/.test(name))
    .map((name) => posix.join("tests", name.replaceAll("\\", "/")))
    .sort();
  return files
    .flatMap((file) => proofsIn(file, readFileSync(join(root, file), "utf8")))
    .sort((one, other) => order.indexOf(one.row) - order.indexOf(other.row));
}

/** docs/proofs.md. */
export function writeProofs(proofs: readonly Proof[]): string {
  const lines = proofs.map(
    ({ row, test, file }) => `| ${row} | ${test.replaceAll("|", "\\|")} | [${nameOf(file)}](../${file}) |`,
  );
  return `# Proofs

Which test proves which row of [mapping.md](mapping.md). Made by \`npm run proofs\` from the comments \`// proves: …\` in the tests; not to be edited.

| row | test | file |
|---|---|---|
${lines.join("\n")}
`;
}

const nameOf = (file: string): string => file.replace(/^tests\//, "").replace(/(\.test)?\.ts$/, "");
