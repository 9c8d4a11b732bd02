/**
 * The token of `[web]`: in the configuration, or in a file of its own, as systemd (LoadCredential) and containers provide secrets.
 *
 * Rules: the file is read once, at the start; errors about it do not show its contents.
 */
import type { Config } from "../config.ts";
import { SHORTEST_TOKEN } from "./values.ts";
import { ConfigError, codeOf } from "./words.ts";

/** The token; empty if there is none. `read` returns the text of a file, or rejects. Throws `ConfigError`. */
export async function readToken(
  { token, tokenFile }: Config["web"],
  read: (file: string) => Promise<string>,
): Promise<string> {
  if (tokenFile === "") return token;
  if (token !== "") throw wrong("and token exclude each other");
  const text = await read(tokenFile).catch((error: unknown) => {
    throw wrong(`"${tokenFile}" cannot be read (${codeOf(error)})`);
  });
  const found = text.trim();
  if (!/^\S+$/.test(found)) throw wrong(`"${tokenFile}" must hold the token: one line, without blanks`);
  if (found.length < SHORTEST_TOKEN) throw wrong(`"${tokenFile}" must hold ${SHORTEST_TOKEN} characters or more`);
  return found;
}

const wrong = (why: string): ConfigError => new ConfigError([`[web] token_file ${why}`]);
