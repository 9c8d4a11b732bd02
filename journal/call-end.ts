/** The cause of failure in a row of the list, from the call record (actors/watch.ts). */
import type { Failure } from "./view.ts";

/** How a call ended, from its record; see actors/watch.ts. */
export type Ended = { readonly [name in keyof Failure]: Failure[name] | undefined };

/** Whether a call ended otherwise than by success or cancel. */
export const isFailure = (why: string): boolean => why !== "success" && why !== "cancel";

export const failureOf = ({ status, phrase, reason, timer, advice }: Ended): Failure => ({
  ...(status === undefined ? {} : { status }),
  ...(phrase === undefined ? {} : { phrase }),
  ...(reason === undefined ? {} : { reason }),
  ...(timer === undefined ? {} : { timer }),
  ...(advice === undefined ? {} : { advice }),
});
