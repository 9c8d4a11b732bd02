/** What a request of ours counts as without a final response: RFC 3261 §8.1.3.1. */

import type { NoResponse } from "../sip/user.ts";

/** The phrase where nobody knows more than that there is no way to send. */
export const UNREACHABLE = "Service Unavailable";

/** A time-out counts as 408, no way to send it as 503, and so does a media relay that has failed. */
export function statusWithoutResponse(why: NoResponse, words = UNREACHABLE): [status: number, phrase: string] {
  if (why === "unrelayed") return [503, "the media relay has failed"];
  return why === "timeout" ? [408, "Request Timeout"] : [503, words];
}

/** The timer that has run out if a 408 is our own, since there was no response (§17.1.2.2). */
export const timedOut = (response: object | undefined): "Timer F" | undefined => (response ? undefined : "Timer F");
