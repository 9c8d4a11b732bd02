/** The status of a request of ours without a final response: RFC 3261 §8.1.3.1. */

import type { NoResponse } from "../sip/user.ts";

/** The phrase if the reason for a failure to send is unknown. */
export const UNREACHABLE = "Service Unavailable";

/** A time-out counts as 408; a failure to send as 503, and so does a failure of the media relay. */
export function statusWithoutResponse(why: NoResponse, words = UNREACHABLE): [status: number, phrase: string] {
  if (why === "unrelayed") return [503, "the media relay has failed"];
  return why === "timeout" ? [408, "Request Timeout"] : [503, words];
}

/** The timer that fired, if a 408 is our own, i.e. there was no response (§17.1.2.2). */
export const timedOut = (response: object | undefined): "Timer F" | undefined => (response ? undefined : "Timer F");
