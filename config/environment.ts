/**
 * Options from the environment: `CARILLON_…`; each option declares its variable.
 *
 * Rule: an unknown `CARILLON_` variable is an error, like an unknown key of the file; otherwise a mistyped override would only
 * be noticed in production.
 */
import { z } from "zod";
import type { Option } from "./options.ts";
import { nearest, said } from "./words.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "CARILLON_";
/** Kubernetes sets variables of this shape in every container when a service is called carillon. */
const OF_KUBERNETES = /^CARILLON_(?:SERVICE_(?:HOST|PORT\w*)=|PORT_\d+_\w+=|PORT=\w+:\/\/)/;

/** One error for each `CARILLON_` variable that no option declares. */
export function unknownNames(environment: Environment, options: readonly Option[]): string[] {
  const known = options.flatMap(({ env }) => (env === undefined ? [] : [env.slice(PREFIX.length)]));
  return Object.entries(environment).flatMap(([name, value]) => {
    const word = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || known.includes(word) || OF_KUBERNETES.test(`${name}=${value}`)) return [];
    const meant = nearest(word, known);
    const hint = meant === undefined ? "" : ` (did you mean ${PREFIX}${meant}?)`;
    return [`unknown environment variable ${said(name)}${hint}`];
  });
}

/** A variable's text as a value of its option: lists are split at commas; numbers and booleans are parsed. */
export function fromText(text: string, { schema }: Option): unknown {
  if (schema instanceof z.ZodArray)
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (schema instanceof z.ZodNumber) return /^\s*-?\d{1,15}(?:\.\d{1,15})?\s*$/.test(text) ? Number(text) : text;
  if (schema instanceof z.ZodBoolean) return text === "true" ? true : text === "false" ? false : text;
  return text;
}
