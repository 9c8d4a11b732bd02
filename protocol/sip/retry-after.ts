/**
 * The delay that a response asks for before a retry: RFC 3261 §20.33, §25.1.
 *
 * Rules: seconds, optionally followed by a comment and parameters, which are ignored; the caller bounds the value.
 */
import { header } from "./fields.ts";
import type { Response } from "./message.ts";

/** Seconds; undefined if the response has none. */
export function retryAfter(response: Response): number | undefined {
  const [, seconds] = /^\s*(\d{1,10})(?![\d.])/.exec(header(response, "Retry-After") ?? "") ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
