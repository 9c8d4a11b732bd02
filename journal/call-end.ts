/** What a row says of why a call failed, as its record says it (actors/watch.ts). */
import type { Failure } from "./view.ts";

/** What the record of a call says of its end; see actors/watch.ts. */
export type Ended = { readonly [name in keyof Failure]: Failure[name] | undefined };

/** Whether a call ended for another reason than that somebody had enough of it. */
export const isFailure = (why: string): boolean => why !== "success" && why !== "cancel";

export const failureOf = ({ status, phrase, reason, timer, advice }: Ended): Failure => ({
  ...(status === undefined ? {} : { status }),
  ...(phrase === undefined ? {} : { phrase }),
  ...(reason === undefined ? {} : { reason }),
  ...(timer === undefined ? {} : { timer }),
  ...(advice === undefined ? {} : { advice }),
});
