/**
 * The two sides of an established call: who offers a change of the session, and who keeps whom waiting.
 *
 *   user                gateway                 phone │ user                gateway                 phone
 *     │ session-info hold ─▶│ INVITE sendonly ────▶│  │   │                    │◀──── INVITE sendonly ──│
 *     │◀─────────── result ─│◀──── 200 recvonly ───│  │   │◀─── session-info hold │ 200 recvonly ───────▶│
 *     │                     │ ACK ────────────────▶│  │   │                    │◀───────────────── ACK ──│
 *
 * RFC 3261 §14, RFC 3264 §8, XEP-0166 §6.6, XEP-0167 §8.3. Rules: one offer at a time; what the user changes while one is
 * open waits, and is never refused; a refused offer leaves the session as it was. Both are regions of `established` in
 * call.ts; what is held is read from the two descriptions, so that it cannot be told wrong. Left out on purpose: new
 * contents and ICE restarts, for which the client would have to be asked.
 */
import { callSetup, theEvent } from "./call-setup.ts";

/** The phone's offers inside the dialog, in the states that can take one. */
const theirOffers = {
  "sip.reinvite": [
    { guard: { type: "that needs the client", params: theEvent }, actions: "send 488" },
    {
      target: "answering",
      guard: { type: "that tells of sources", params: theEvent },
      actions: [
        { type: "send 200 (what both want)", params: theEvent },
        { type: "send source action", params: theEvent },
        { type: "remember the phone's sources", params: theEvent },
      ],
    },
    {
      target: "answering",
      actions: [
        { type: "send 200 (what both want)", params: theEvent },
        { type: "send transport-info (whole)", params: theEvent },
        { type: "send content-modify (other senders)", params: theEvent },
        { type: "remember the phone's offer", params: theEvent },
      ],
    },
  ],
  "sip.reinvite.empty": { target: "answering", actions: "send 200 (the session as it is)" },
} as const;

/** Who offers a change of the session, and who answers: one offer at a time (RFC 3264 §4). */
export const negotiation = callSetup.createStateConfig({
  description: "Who offers a change of the session, and who answers.",
  initial: "stable",
  on: {
    "jingle.hold": { actions: { type: "hold or resume", params: theEvent } },
    "jingle.content-modify": { actions: { type: "change the senders", params: theEvent } },
    "jingle.source": { actions: { type: "change the sources", params: theEvent } },
  },
  states: {
    stable: {
      description: "Nothing is open; a change of the user's is offered at once.",
      always: { target: "offering", guard: "something is to be proposed" },
      on: theirOffers,
    },
    offering: {
      description: "Our re-INVITE is out; what the user changes meanwhile waits for its answer.",
      meta: { spec: "RFC 3261 §14.1" },
      entry: ["send re-INVITE", "remember what is offered"],
      on: {
        "sip.reinvite.success": { target: "stable", actions: { type: "remember what is agreed", params: theEvent } },
        "sip.reinvite.failure": [
          {
            target: "waiting",
            guard: { type: "offers have crossed", params: theEvent },
            actions: { type: "note the crossing", params: theEvent },
          },
          {
            target: "#call.ending.hangingUp",
            guard: { type: "that ends the dialog", params: theEvent },
            actions: [{ type: "note why (failure)", params: theEvent }, "send session-terminate"],
          },
          {
            target: "stable",
            description: "Refused: the session stays as it was, and the user is told so.",
            actions: ["send content-modify (as it was)", "go back to what was agreed"],
          },
        ],
      },
    },
    answering: {
      description: "Our answer is out, and its ACK has not come yet.",
      meta: { spec: "RFC 3261 §14.2" },
      on: { "sip.ack": "stable" },
    },
    waiting: {
      description: "Two offers have crossed; ours waits a while, theirs may come first.",
      meta: { spec: "RFC 3261 §14.1" },
      on: theirOffers,
      after: { "until the crossing is over": "stable" },
    },
  },
});

/** Who keeps whom waiting: read from the two descriptions (RFC 3264 §8.4, XEP-0167 §8.3). */
export const hold = callSetup.createStateConfig({
  description: "Who keeps whom waiting.",
  initial: "talking",
  states: {
    talking: {
      description: "Nobody holds.",
      always: [
        { target: "heldByBoth", guard: "both hold", actions: "send hold" },
        { target: "heldByPhone", guard: "the phone holds", actions: "send hold" },
        { target: "heldByUser", guard: "the user holds" },
      ],
    },
    heldByPhone: {
      description: "The phone keeps the user waiting, who is told so.",
      meta: { spec: "XEP-0167 §8.3" },
      always: [
        { target: "heldByBoth", guard: "both hold" },
        { target: "heldByUser", guard: "the user holds", actions: "send active" },
        { target: "talking", guard: "nobody holds", actions: "send active" },
      ],
    },
    heldByUser: {
      description: "The user keeps the phone waiting.",
      meta: { spec: "RFC 3264 §8.4" },
      always: [
        { target: "heldByBoth", guard: "both hold", actions: "send hold" },
        { target: "heldByPhone", guard: "the phone holds", actions: "send hold" },
        { target: "talking", guard: "nobody holds" },
      ],
    },
    heldByBoth: {
      description: "Each keeps the other waiting.",
      always: [
        { target: "heldByPhone", guard: "the phone holds" },
        { target: "heldByUser", guard: "the user holds", actions: "send active" },
        { target: "talking", guard: "nobody holds", actions: "send active" },
      ],
    },
  },
});
