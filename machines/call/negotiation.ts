/**
 * Who offers a change of the session, and who answers it.
 *
 *   user                gateway               phone  │  user                gateway               phone
 *     │ session-info hold ─▶│ INVITE sendonly ───▶│   │    │                     │◀─── INVITE sendonly │
 *     │◀──────────── result │◀──── 200 recvonly ──│   │    │◀─ session-info hold │ 200 recvonly ──────▶│
 *     │                     │ ACK ───────────────▶│   │    │                     │◀─────────────── ACK │
 *
 * RFC 3261 §14, RFC 3264 §8, RFC 3311, XEP-0166 §6.6, XEP-0167 §8.3. Rules: one offer at a time; changes by the user during an offer
 * stay pending, and are never refused; a refused offer leaves the session unchanged. Only the user's client can answer a new content or an
 * ICE restart: it is asked while the phone waits. This is one region of `established`.
 */
import { given } from "../given.ts";
import type { CallState, CallTransitions } from "./setup.ts";
import { userRequests } from "./user-changes.ts";

const answerAtOnce = [
  given("send 200 (what both want)"),
  given("tell the user's client"),
  given("remember the phone's offer"),
] as const;
const answerSources = [
  given("send 200 (what both want)"),
  given("send source action"),
  given("remember the phone's sources"),
] as const;

/** The phone's offers in states that can answer one. An UPDATE has no ACK and must be answered at once. */
const theirOffers = {
  "sip.reinvite": [
    { guard: given("nothing of it can be accepted"), actions: "send 488" },
    {
      target: "answering",
      guard: given("that tells of sources"),
      actions: answerSources,
    },
    {
      target: "consulting",
      guard: given("that needs the client"),
      actions: [given("ask the user's client"), given("note what is asked")],
    },
    { target: "answering", actions: answerAtOnce },
  ],
  "sip.reinvite.empty": { target: "answering", actions: "send 200 (the session as it is)" },
  "sip.update": [
    { guard: given("nothing of it can be accepted"), actions: "send 488" },
    { guard: given("that tells of sources"), actions: answerSources },
    { guard: given("that needs the client"), actions: "send 504" },
    { actions: answerAtOnce },
  ],
} as const satisfies CallTransitions;

const giveUp = {
  target: "stable",
  actions: ["send 488", "take back what was asked", "forget what was asked"],
} as const;
const answerDecided = {
  target: "answering",
  actions: ["send 200 (what the user has decided)", "tell what else has changed", "remember what was decided"],
} as const;

/** Who offers a change of the session, and who answers: one offer at a time (RFC 3264 §4). */
export const negotiation = {
  description: "Who offers a change of the session, and who answers it.",
  initial: "stable",
  on: {
    ...userRequests,
    "jingle.content-remove": [
      {
        target: "#call.ending.hangingUp",
        description: "Without any content there is no session (XEP-0166 §7.2.5).",
        guard: given("the last content goes"),
        actions: "send session-terminate",
      },
      { guard: "there is room", actions: given("remove contents") },
    ],
    "sip.refresh": { actions: "offer the session as it is" },
  },
  states: {
    stable: {
      description: "No offer is open; a pending offer is sent at once.",
      always: [
        { target: "offering", guard: "an offer is pending, with an address" },
        { target: "gathering", guard: "an offer is pending" },
      ],
      on: theirOffers,
    },
    gathering: {
      description: "The user's new transport has no address yet; our offer or answer waits for it (half trickle).",
      meta: { spec: "RFC 8840 §5.3" },
      always: [
        { ...answerDecided, guard: "the phone waits, and the address is there" },
        { target: "offering", guard: "the address is there" },
      ],
      after: { "gather timeout": [{ ...answerDecided, guard: "the phone waits" }, { target: "offering" }] },
    },
    offering: {
      description: "Our re-INVITE is sent; the user's changes stay pending until its answer.",
      meta: { spec: "RFC 3261 §14.1" },
      entry: ["send re-INVITE", "remember what is offered"],
      on: {
        "sip.reinvite.success": {
          target: "stable",
          actions: [given("tell what the phone has agreed to"), given("remember what is agreed")],
        },
        "sip.reinvite.failure": [
          {
            target: "#call.ending.hangingUp",
            guard: given("that ends the dialog"),
            actions: [given("note why (dialog lost)"), "send session-terminate"],
          },
          {
            target: "waiting",
            guard: given("it may be tried again"),
            actions: given("note how long to wait"),
          },
          {
            target: "stable",
            description: "Refused: the session stays as it was, and the user is told so.",
            actions: ["tell what the phone has refused", "go back to what was agreed"],
          },
        ],
      },
    },
    consulting: {
      description: "The phone offers what only the user's client can answer: a new content or an ICE restart.",
      meta: { spec: "XEP-0166 §7.2.1 · RFC 8839 §4.4" },
      on: {
        "jingle.content-accept": { actions: given("note what the user accepts") },
        "jingle.content-reject": { actions: given("note what the user rejects") },
        "sip.reinvite.cancel": {
          target: "stable",
          actions: ["send 487", "take back what was asked", "forget what was asked"],
        },
      },
      always: [
        { ...giveUp, guard: "the user has decided against all of it" },
        { ...answerDecided, guard: "the user has decided, with an address" },
        { target: "gathering", guard: "the user has decided" },
      ],
      after: { "renegotiate timeout": giveUp },
    },
    answering: {
      description: "Our answer is sent, and its ACK has not come yet.",
      meta: { spec: "RFC 3261 §14.2" },
      on: {
        "sip.ack": "stable",
        "sip.ack.answer": {
          target: "stable",
          description: "Our 200 was an offer, and the ACK has the answer: the user is told as of an offer.",
          actions: [given("tell the user's client"), given("remember the phone's offer")],
        },
      },
    },
    waiting: {
      description: "Glare, or the phone is not ready: our offer waits, and theirs may come first.",
      meta: { spec: "RFC 3261 §14.1" },
      on: theirOffers,
      after: { "until we may offer again": "stable" },
    },
  },
} as const satisfies CallState;
