/**
 * For how long a response asks us to wait before we ask again: RFC 3261 §20.33, §25.1.
 *
 * Rules: the value is seconds, then perhaps a comment and parameters, which tell people why and are passed over; the caller bounds it.
 */
import { header } from "./fields.ts";
import type { Response } from "./message.ts";

/** Seconds; undefined where the response does not say. */
export function retryAfter(response: Response): number | undefined {
  const [, seconds] = /^\s*(\d{1,10})(?![\d.])/.exec(header(response, "Retry-After") ?? "") ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
