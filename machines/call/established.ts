/**
 * The two sides of an established call: who offers a change of the session, and who keeps whom waiting.
 *
 *   user                gateway                 phone │ user                gateway                 phone
 *     │ session-info hold ─▶│ INVITE sendonly ────▶│  │   │                    │◀──── INVITE sendonly ──│
 *     │◀─────────── result ─│◀──── 200 recvonly ───│  │   │◀─── session-info hold │ 200 recvonly ───────▶│
 *     │                     │ ACK ────────────────▶│  │   │                    │◀───────────────── ACK ──│
 *
 * RFC 3261 §14, RFC 3264 §8, RFC 3311, XEP-0166 §6.6, XEP-0167 §8.3. Rules: one offer at a time; what the user changes
 * while one is open waits, and is never refused; a refused offer leaves the session as it was. What only the user's client
 * can say (whether it takes a new content, its side of an ICE restart) it is asked while the phone waits. Both are
 * regions of `established` in call.ts; what is held is read from the two descriptions, so that it cannot be told wrong.
 */
import { callSetup, theEvent } from "./setup.ts";

const answerAtOnce = [
  { type: "send 200 (what both want)", params: theEvent },
  { type: "tell the user's client", params: theEvent },
  { type: "remember the phone's offer", params: theEvent },
] as const;
const answerSources = [
  { type: "send 200 (what both want)", params: theEvent },
  { type: "send source action", params: theEvent },
  { type: "remember the phone's sources", params: theEvent },
] as const;

/** The phone's offers inside the dialog, in the states that can take one. An UPDATE has no ACK, and cannot wait. */
const theirOffers = {
  "sip.reinvite": [
    { guard: { type: "nothing is left", params: theEvent }, actions: "send 488" },
    {
      target: "answering",
      guard: { type: "that tells of sources", params: theEvent },
      actions: answerSources,
    },
    {
      target: "consulting",
      guard: { type: "that needs the client", params: theEvent },
      actions: [
        { type: "ask the user's client", params: theEvent },
        { type: "note what is asked", params: theEvent },
      ],
    },
    { target: "answering", actions: answerAtOnce },
  ],
  "sip.reinvite.empty": { target: "answering", actions: "send 200 (the session as it is)" },
  "sip.update": [
    { guard: { type: "nothing is left", params: theEvent }, actions: "send 488" },
    { guard: { type: "that tells of sources", params: theEvent }, actions: answerSources },
    { guard: { type: "that needs the client", params: theEvent }, actions: "send 504" },
    { actions: answerAtOnce },
  ],
} as const;

const giveUp = {
  target: "stable",
  actions: ["send 488", "take back what was asked", "forget what was asked"],
} as const;
const answerDecided = {
  target: "answering",
  actions: ["send 200 (what the user has decided)", "tell what else has changed", "remember what was decided"],
} as const;

/** What the user changes, from his first offer on: it is offered as soon as it can be (changes.ts). */
export const usersProposals = {
  "jingle.hold": { guard: "there is room", actions: { type: "hold or resume", params: theEvent } },
  "jingle.content-modify": { guard: "there is room", actions: { type: "change the senders", params: theEvent } },
  "jingle.source": {
    guard: { type: "there is room for the sources", params: theEvent },
    actions: { type: "change the sources", params: theEvent },
  },
  "jingle.description-info": { guard: "there is room", actions: { type: "change the codecs", params: theEvent } },
  "jingle.content-add": { guard: "there is room, and no tie", actions: { type: "add contents", params: theEvent } },
  "jingle.content-add.unmappable": { actions: { type: "send content-reject (unmappable)", params: theEvent } },
  "jingle.transport-replace": { guard: "there is room", actions: { type: "replace transports", params: theEvent } },
  "jingle.transport-replace.unmappable": {
    actions: { type: "send transport-reject (unmappable)", params: theEvent },
  },
} as const;
/** What he changes in every state that knows an answer. */
export const usersChanges = {
  ...usersProposals,
  "jingle.transport-info": {
    description: "Candidates go out at once; another ICE user answers the phone's restart, or begins ICE anew.",
    actions: [
      { type: "send INFO (what is new)", params: theEvent },
      { type: "add the user's candidates", params: theEvent },
      { type: "note the user's transports", params: theEvent },
      { type: "restart ICE", params: theEvent },
    ],
  },
  "jingle.dtmf": { actions: { type: "send DTMF INFO", params: theEvent } },
} as const;

/** Who offers a change of the session, and who answers: one offer at a time (RFC 3264 §4). */
export const negotiation = callSetup.createStateConfig({
  description: "Who offers a change of the session, and who answers.",
  initial: "stable",
  on: {
    ...usersChanges,
    "jingle.content-remove": [
      {
        target: "#call.ending.hangingUp",
        description: "Without any content there is no session (XEP-0166 §7.2.7).",
        guard: { type: "nothing would be left", params: theEvent },
        actions: "send session-terminate",
      },
      { guard: "there is room", actions: { type: "remove contents", params: theEvent } },
    ],
    "sip.refresh": { actions: "propose it as it is" },
  },
  states: {
    stable: {
      description: "Nothing is open; a change of the user's is offered at once.",
      always: [
        { target: "offering", guard: "something is to be proposed, with an address" },
        { target: "gathering", guard: "something is to be proposed" },
      ],
      on: theirOffers,
    },
    gathering: {
      description: "The user's new transport has no address yet; what we say waits for it (half trickle).",
      meta: { spec: "RFC 8840 §5.3" },
      always: [
        { ...answerDecided, guard: "the phone waits, and the address is there" },
        { target: "offering", guard: "the address is there" },
      ],
      after: { "gather timeout": [{ ...answerDecided, guard: "the phone waits" }, { target: "offering" }] },
    },
    offering: {
      description: "Our re-INVITE is out; what the user changes meanwhile waits for its answer.",
      meta: { spec: "RFC 3261 §14.1" },
      entry: ["send re-INVITE", "remember what is offered"],
      on: {
        "sip.reinvite.success": {
          target: "stable",
          actions: [
            { type: "tell what the phone has agreed to", params: theEvent },
            { type: "remember what is agreed", params: theEvent },
          ],
        },
        "sip.reinvite.failure": [
          {
            target: "#call.ending.hangingUp",
            guard: { type: "that ends the dialog", params: theEvent },
            actions: [{ type: "note why (dialog lost)", params: theEvent }, "send session-terminate"],
          },
          {
            target: "waiting",
            guard: { type: "it may be tried again", params: theEvent },
            actions: { type: "note how long to wait", params: theEvent },
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
      description: "The phone offers what only the user's client can answer: a new content, an ICE restart.",
      meta: { spec: "XEP-0166 §7.2.8 · RFC 8839 §4.4" },
      on: {
        "jingle.content-accept": { actions: { type: "note what the user accepts", params: theEvent } },
        "jingle.content-reject": { actions: { type: "note what the user rejects", params: theEvent } },
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
      description: "Our answer is out, and its ACK has not come yet.",
      meta: { spec: "RFC 3261 §14.2" },
      on: {
        "sip.ack": "stable",
        "sip.ack.answer": {
          target: "stable",
          description: "Our 200 has offered, and the ACK answers: what it changes is told as for an offer.",
          actions: [
            { type: "tell the user's client", params: theEvent },
            { type: "remember the phone's offer", params: theEvent },
          ],
        },
      },
    },
    waiting: {
      description: "Two offers have crossed, or the phone is not ready; ours waits a while, theirs may come first.",
      meta: { spec: "RFC 3261 §14.1" },
      on: theirOffers,
      after: { "until we may offer again": "stable" },
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
