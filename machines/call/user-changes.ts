/**
 * The transitions for changes by the user, in every state that allows them: each becomes a pending offer to the phone (changes.ts).
 *
 * XEP-0166 §7.2, XEP-0167 §6 and §8.3, RFC 8839 §4.4. Rule: a change is never refused because an offer is open, only
 * if too many are pending.
 */
import { given } from "../given.ts";
import type { CallTransitions } from "./setup.ts";

/** Candidates with a new ufrag are an ICE restart; the phone is offered it once the call is answered (RFC 8839 §4.4.1.1.1). */
export const takeTheCandidates = [given("add the user's candidates"), given("restart ICE")] as const;

/** Changes that can wait, from the session-initiate on. */
export const userChanges = {
  "jingle.hold": { guard: "there is room", actions: given("hold or resume") },
  "jingle.content-modify": { guard: "there is room", actions: given("change the senders") },
  "jingle.source": {
    guard: given("there is room for the sources"),
    actions: given("change the sources"),
  },
  "jingle.description-info": { guard: "there is room", actions: given("change the codecs") },
  "jingle.content-add": { guard: "there is room, and no tie", actions: given("add contents") },
  "jingle.content-add.unmappable": { actions: given("send content-reject (unmappable)") },
  "jingle.transport-replace": { guard: "there is room", actions: given("replace transports") },
  "jingle.transport-replace.unmappable": {
    actions: given("send transport-reject (unmappable)"),
  },
} as const satisfies CallTransitions;

/** All changes and requests of the user after the answer. */
export const userRequests = {
  ...userChanges,
  "jingle.transport-info": {
    description: "Candidates are sent at once; a new ICE user answers the phone's restart, or restarts ICE.",
    actions: [
      given("send INFO (what is new)"),
      given("add the user's candidates"),
      given("note the user's transports"),
      given("restart ICE"),
    ],
  },
  "jingle.dtmf": { actions: given("send DTMF INFO") },
} as const satisfies CallTransitions;
