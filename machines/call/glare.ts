/**
 * Glare: our offer has crossed one of the phone's (491), or the phone is not ready (Retry-After). When we offer again.
 *
 * RFC 3261 §14.1. Rules: after 491 the owner of the Call-ID waits longer, by chance, so that the two do not collide again; after
 * Retry-After as long as it says, and a second at least. The chart waits in `waiting` (negotiation.ts); an offer of the phone's
 * that crosses ours is refused with 491 by actors/phone/offers.ts.
 */
import type { Postponed } from "./vocabulary.ts";

/** How often an offer that the phone postpones is made again. */
const MOST_TRIES = 5;
/** The shortest pause before we offer again, in milliseconds, whatever the phone asks for. */
const LEAST_PAUSE = 1_000;

/** Whether an offer is made again that the phone has refused so often before. */
export const mayRetry = ({ status, pause }: Postponed, tries: number): boolean =>
  (status === 491 || pause !== null) && tries < MOST_TRIES;

/** Milliseconds until we offer again. */
export function pauseAfter({ status, pause, chance }: Postponed, ownsCallId: boolean): number {
  if (status !== 491 || pause !== null) return Math.max(pause ?? 0, LEAST_PAUSE);
  return ownsCallId ? 2_100 + 1_900 * chance : 2_000 * chance;
}
