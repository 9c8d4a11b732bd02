/** Errors that stop the start, in one line; and reasons why a socket cannot be opened, in words. */
import { codeOf } from "../config/words.ts";

export class StartError extends Error {}

/** The first line of an error's message. */
export const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";

const UNBOUND: Readonly<Record<string, string>> = {
  EADDRINUSE: "in use by another program",
  EADDRNOTAVAIL: "not an address of this machine",
  EACCES: "this user may not open it",
};

/** Why a socket cannot be opened. */
export function whyUnbound(error: unknown): string {
  const words = UNBOUND[codeOf(error)];
  return words === undefined ? textOf(error) : `${words} (${codeOf(error)})`;
}
