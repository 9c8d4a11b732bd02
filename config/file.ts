/** The file: bytes to text to the tables of its sections, where every name is one that is known. */
import { parse, TomlError } from "smol-toml";
import { OPTIONS } from "./options.ts";
import { ConfigError, nearest, said } from "./words.ts";

export type Table = Readonly<Record<string, unknown>>;
export type Tables = ReadonlyMap<string, Table>;

/** The text of a file, which must be UTF-8; a byte order mark is left out. */
export function decodeConfig(bytes: Uint8Array, file: string): string {
  const text = utf8(bytes);
  if (text !== undefined) return text;
  let [line, from] = [1, 0];
  for (let end = bytes.indexOf(LF); end !== -1 && utf8(bytes.subarray(from, end)) !== undefined; line++) {
    from = end + 1;
    end = bytes.indexOf(LF, from);
  }
  throw new ConfigError(`${file}: line ${line} is not UTF-8`);
}

const LF = 0x0a;

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads the sections of a file; an unknown section or key is refused by name. */
export function readSections(text: string, file: string): Tables {
  const { modules = {}, ...rest } = parsed(text, file);
  const tables = new Map<string, Table>();
  const all: [string, unknown][] = isTable(modules)
    ? Object.entries(modules).map(([name, table]) => [`modules.${name}`, table])
    : [["modules", modules]];
  const known = [...new Set(OPTIONS.map(({ section }) => section))];
  for (const [name, table] of [...all, ...Object.entries(rest)]) {
    if (!known.includes(name))
      throw new ConfigError(`${file}: [${said(name)}] is not known here${nearest(name, known)}`);
    if (!isTable(table)) throw new ConfigError(`${file}: ${name} must be a section: [${name}]`);
    const keys = OPTIONS.filter(({ section }) => section === name).map(({ key }) => key);
    for (const key of Object.keys(table))
      if (!keys.includes(key))
        throw new ConfigError(`${file}: [${name}] ${said(key)} is not known here${nearest(key, keys)}`);
    tables.set(name, table);
  }
  return tables;
}

function parsed(text: string, file: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what = ""] = error.message.replace("Invalid TOML document: ", "").split("\n", 1);
    throw new ConfigError(`${file}: line ${error.line}, column ${error.column}: ${what}`);
  }
}

const isTable = (value: unknown): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
