/** The configuration file: bytes to text to the tables of its sections. Rule: an unknown section or key is an error. */
import { parse, TomlError } from "smol-toml";
import { OPTIONS } from "./options.ts";
import { TRUNK_OPTIONS, TRUNKS } from "./trunk-options.ts";
import { wrongName } from "./trunks.ts";
import { ConfigError, nearest, said } from "./words.ts";

export type Table = Readonly<Record<string, unknown>>;
export type Tables = ReadonlyMap<string, Table>;

/** The text of a file, without a byte order mark. Throws `ConfigError` if it is not UTF-8. */
export function decodeConfig(bytes: Uint8Array, file: string): string {
  const text = utf8(bytes);
  if (text !== undefined) return text;
  let [line, from] = [1, 0];
  for (let end = bytes.indexOf(LF); end !== -1 && utf8(bytes.subarray(from, end)) !== undefined; line++) {
    from = end + 1;
    end = bytes.indexOf(LF, from);
  }
  throw new ConfigError([`${file}: line ${line} is not UTF-8`]);
}

const LF = 0x0a;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The sections of a file, and its errors; no sections if it is not TOML. */
export function readSections(text: string, file: string): { tables?: Tables; errors: string[] } {
  const read = parsed(text);
  if (typeof read === "string") return { errors: [`${file}: ${read}`] };
  const { modules = {}, trunks = {}, ...rest } = read;
  const all = [...inside("modules", modules), ...inside("trunks", trunks), ...Object.entries(rest)];
  const errors = all.flatMap(([name, table]) => errorsOf(name, table)).map((error) => `${file}: ${error}`);
  return { tables: new Map(all.flatMap(([name, table]) => (isTable(table) ? [[name, table]] : []))), errors };
}

/** The subsections of a section: `[modules.…]`, `[trunks.…]`. */
const inside = (name: string, table: unknown): [string, unknown][] =>
  isTable(table) ? Object.entries(table).map(([each, inner]) => [`${name}.${each}`, inner]) : [[name, table]];

/** Errors: the unknown keys of a section, or the section's unknown name. */
function errorsOf(section: string, table: unknown): string[] {
  const known = [...new Set(OPTIONS.map((option) => option.section))];
  const wrong = section.startsWith(TRUNKS) ? wrongName(section.slice(TRUNKS.length)) : undefined;
  if (wrong !== undefined) return [wrong];
  const isTrunk = section.startsWith(TRUNKS);
  if (!isTrunk && !known.includes(section)) {
    const meant = nearest(section, known);
    return [`unknown section [${said(section)}]${meant === undefined ? "" : ` (did you mean [${meant}]?)`}`];
  }
  if (!isTable(table)) return [`${section} must be a section: [${section}]`];
  const options = isTrunk ? TRUNK_OPTIONS : OPTIONS.filter((option) => option.section === section);
  const keys = options.map(({ key }) => key);
  return Object.keys(table)
    .filter((key) => !keys.includes(key))
    .map((key) => `unknown key \`${said(key)}\` in [${section}]${hint(key, keys)}`);
}

/** A suggestion for an unknown key: a similar key of the same section, or the section where the key belongs. */
function hint(key: string, keys: readonly string[]): string {
  const meant = nearest(key, keys);
  if (meant !== undefined) return ` (did you mean \`${meant}\`?)`;
  const homes = OPTIONS.filter((option) => option.key === key).map(({ section }) => `[${section}]`);
  return homes.length === 0 ? "" : ` (it belongs in ${homes.join(" or ")})`;
}

/** The tables of a TOML text, or its syntax error in words. */
function parsed(text: string): Table | string {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.replace("Invalid TOML document: ", "").split("\n", 1);
    const twice = what.includes("redefine") ? nameAt(text.split("\n")[error.line - 1] ?? "") : undefined;
    return twice === undefined
      ? `line ${error.line}, column ${error.column}: ${what}`
      : `line ${error.line}: ${said(twice)} is there twice`;
  }
}

/** The section or key that a line begins with; its value may be a secret. */
const nameAt = (line: string): string | undefined => /^\s*(\[{1,2}[^\]]*\]{1,2}|[\w.-]+(?=\s*=))/.exec(line)?.[1];

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
