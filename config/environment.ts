/**
 * Options from the environment: `CARILLON_…`, each named in `OPTIONS`. A name that no option has is refused like an unknown
 * key of the file, since a mistyped override that is passed over is found in production.
 */
import { z } from "zod";
import { OPTIONS, type Option } from "./options.ts";
import { ConfigError, nearest, said } from "./words.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = "CARILLON_";
/** Kubernetes gives every container the addresses of a service that is called carillon by names of this shape. */
const OF_KUBERNETES = /^CARILLON_(?:SERVICE_(?:HOST|PORT\w*)=|PORT_\d+_\w+=|PORT=\w+:\/\/)/;

export function refuseUnknownNames(environment: Environment): void {
  const known = OPTIONS.flatMap(({ env }) => (env === undefined ? [] : [env.slice(PREFIX.length)]));
  for (const [name, value] of Object.entries(environment)) {
    const word = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || known.includes(word) || OF_KUBERNETES.test(`${name}=${value}`)) continue;
    throw new ConfigError(`${said(name)} is not known here${nearest(word, known).replace("mean ", `mean ${PREFIX}`)}`);
  }
}

/** Environment variables are texts: lists have commas, numbers and truths are read as such. */
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
