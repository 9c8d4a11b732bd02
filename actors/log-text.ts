/**
 * The log in a terminal: `12:30:01.123 info  call.ended  from=juliet@example.org why=success`.
 *
 * Rules: the same events, fields and omissions as in JSON; texts from peers are made printable, so that they cannot move the
 * cursor or forge a line; a traced message is printed below its line.
 */
import { printable } from "../protocol/printable.ts";
import { clean, type LogFormat } from "./log.ts";

type Fields = { readonly [field: string]: unknown };

export const text: LogFormat = {
  members: (fields) => wordsOf(clean(fields, 0) as Fields),
  line(level, time, members, fields) {
    const { event, message, ...rest } = clean(fields, 0) as Fields;
    const head = `${time.toISOString().slice(11, 23)} ${level.padEnd(5)} ${String(event)}`;
    const below = typeof message === "string" ? `${indented(message)}\n` : "";
    return `${head}${members}${wordsOf(rest)}\n${below}`;
  },
};

const wordsOf = (fields: Fields): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${wordOf(value)}`)
    .join("");

function wordOf(value: unknown): string {
  const word = typeof value === "string" ? value : JSON.stringify(value);
  return typeof value === "string" && /[\s"=\p{C}]/u.test(word) ? printable(JSON.stringify(word)) : printable(word);
}

const indented = (message: string): string =>
  message
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => `    ${printable(line)}`)
    .join("\n");
