/**
 * The pause before we offer again: after glare (491: our offer crossed one of the phone's), or after Retry-After.
 *
 * RFC 3261 §14.1. Rules: after 491 each side waits a random time, the owner of the Call-ID longer, so that the two do not collide
 * again; after Retry-After we wait as long as it says, at least a second. The chart waits in `waiting` (negotiation.ts);
 * actors/phone/offers.ts refuses an offer of the phone's that crosses ours with 491.
 */
import type { Postponed } from "./vocabulary.ts";

/** The maximum number of times that a postponed offer is repeated. */
const MOST_TRIES = 5;
/** The shortest pause before we offer again, in milliseconds, whatever the phone asks for. */
const LEAST_PAUSE = 1_000;

/** Whether an offer is repeated that the phone has refused `tries` times. */
export const mayRetry = ({ status, pause }: Postponed, tries: number): boolean =>
  (status === 491 || pause !== null) && tries < MOST_TRIES;

/** Milliseconds until we offer again. */
export function pauseAfter({ status, pause, chance }: Postponed, ownsCallId: boolean): number {
  if (status !== 491 || pause !== null) return Math.max(pause ?? 0, LEAST_PAUSE);
  return ownsCallId ? 2_100 + 1_900 * chance : 2_000 * chance;
}
