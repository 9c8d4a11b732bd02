/** Parts of error texts: the value as written, and the nearest known word. */

/** All faults of a configuration, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

const LONGEST = 200;

/** The system's error code, else the first line of the error's message. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error) return String(error.code);
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** A value as written in the file, on one line; long ones are cut. */
export function written(value: unknown): string {
  const text = inToml(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function inToml(value: unknown): string {
  if (typeof value === "number") return Number.isNaN(value) ? "nan" : String(value).replace("Infinity", "inf");
  if (Array.isArray(value)) return `[${value.map(inToml).join(", ")}]`;
  if (typeof value !== "object" || value === null || value instanceof Date) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, each]) => `${said(key)} = ${inToml(each)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** A name from the file or the environment, on one line. */
export const said = (name: string): string =>
  name.slice(0, 100).replace(/\p{Cc}/gu, (control) => JSON.stringify(control).slice(1, -1));

/** The known word nearest to a mistyped one, or ending in it. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const far = (each: string): number => (each.endsWith(`_${word}`) ? 1 : distance(word, each));
  const [best] = known.map((each) => ({ each, far: far(each) })).toSorted((one, other) => one.far - other.far);
  return best && best.far <= 2 ? best.each : undefined;
}

/** The number of letters to change, add or drop (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= Math.min(one.length, 64); i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, changed);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
