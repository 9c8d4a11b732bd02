/**
 * A call between an XMPP user and a phone, as the gateway lives it.
 *
 *   user                 gateway                 phone │ phone                gateway                      user
 *     │ session-initiate ──▶│ INVITE ─────────────▶│   │   │ INVITE ───────────▶│ session-initiate ───────▶│
 *     │◀───────── ringing ──│◀────────────── 180 ──│   │   │◀───────────── 180 ─│◀─────────────── result ──│
 *     │◀── session-accept ──│◀────────────── 200 ──│   │   │◀───────────── 200 ─│◀──────── session-accept ─│
 *     │                     │ ACK ────────────────▶│   │   │ ACK ──────────────▶│                          │
 *     │ session-terminate ─▶│ BYE ────────────────▶│   │   │ BYE ──────────────▶│ session-terminate ──────▶│
 *
 * RFC 3261 §9, §13, §15 · RFC 8840 · XEP-0166 §6
 *
 * Rules: each side is closed exactly once; no CANCEL before a provisional (§9.1); as callee no BYE before the ACK (§15).
 * `outgoing` is a call placed by the user, `incoming` one placed by a phone; in `ending` the user has left already and
 * only the phone's side is still to be closed. Left out on purpose: whatever belongs to one wire alone (see
 * vocabulary.ts), and who may call whom, which is decided before there is a call.
 */

import { newContext } from "./context.ts";
import { hold, negotiation, usersChanges, usersProposals } from "./established.ts";
import { callSetup, theEvent } from "./setup.ts";

const giveUp = ["note why (CANCEL)", "send 487", "send session-terminate", "send retract"] as const;
const nobodyAnswers = ["note why (no answer)", "send 480", "send session-terminate", "send retract"] as const;
/** An answer that crosses our CANCEL, comes from another fork or has nothing that is still wanted, is acknowledged all the same (RFC 3261 §13.2.2.4). */
const takeTheAnswer = [
  { type: "remember the dialog", params: theEvent },
  { type: "send ACK", params: theEvent },
] as const;
const hangUpThatFork = [
  { type: "send ACK", params: theEvent },
  { type: "send BYE (to that fork)", params: theEvent },
] as const;
/** Candidates of another ICE user begin ICE anew, which the phone hears of once the call is answered (RFC 8839 §4.4.1.1.1). */
const takeTheCandidates = [
  { type: "add the user's candidates", params: theEvent },
  { type: "restart ICE", params: theEvent },
] as const;
/** One that says nothing may ring all the same, when only its answers are lost: it is told to stop. */
const deviceIsOut = [
  {
    target: "ended",
    guard: { type: "the last device", params: theEvent },
    actions: [
      { type: "send final response (by error)", params: theEvent },
      { type: "send session-terminate (to the silent)", params: theEvent },
    ],
  },
  {
    actions: [
      { type: "send session-terminate (to the silent)", params: theEvent },
      { type: "drop the device", params: theEvent },
    ],
  },
] as const;

export const call = callSetup.createMachine({
  id: "call",
  context: ({ input }) => newContext(input),
  output: ({ context }) => ({ why: context.why }),
  initial: "starting",
  states: {
    starting: {
      description: "Somebody calls; who it is decides the way.",
      always: [
        { target: "outgoing.inviting", guard: "the user calls, with an address" },
        { target: "outgoing.gathering", guard: "the user calls" },
        { target: "incoming.waking", guard: "the user is called, with no device online" },
        { target: "incoming" },
      ],
    },

    outgoing: {
      description: "The user calls a phone; what he changes meanwhile waits for its answer.",
      tags: "unanswered",
      initial: "inviting",
      on: {
        ...usersProposals,
        "jingle.content-remove": [
          {
            target: "ending.withdrawing",
            description: "Without any content there is no session (XEP-0166 §7.2.7).",
            guard: { type: "nothing would be left", params: theEvent },
            actions: "send session-terminate",
          },
          { guard: "there is room", actions: { type: "remove contents", params: theEvent } },
        ],
        "sip.invite.success": [
          {
            target: "ending.hangingUp",
            description: "What the phone takes the user has removed: without any content there is no session.",
            guard: { type: "nothing of it is left", params: theEvent },
            actions: [...takeTheAnswer, "send session-terminate"],
          },
          {
            target: "established",
            actions: [
              { type: "remember the answer", params: theEvent },
              { type: "send ACK", params: theEvent },
              "send session-accept",
            ],
          },
        ],
        "sip.invite.unusable": {
          target: "ending.hangingUp",
          actions: [
            { type: "note why (no usable answer)", params: theEvent },
            { type: "remember the dialog", params: theEvent },
            { type: "send ACK", params: theEvent },
            "send session-terminate",
          ],
        },
        "sip.invite.failure": [
          {
            target: ".inviting",
            description: "Refused whole: asked once more, with the audio alone.",
            guard: { type: "audio alone may do", params: theEvent },
            actions: "leave out all but audio",
          },
          {
            target: "ended",
            actions: [{ type: "note why (failure)", params: theEvent }, "send session-terminate"],
          },
        ],
        "sip.info": { actions: { type: "keep for the answer", params: theEvent } },
        "jingle.transport-info": {
          actions: [{ type: "send INFO (what is new)", params: theEvent }, ...takeTheCandidates],
        },
        "jingle.session-terminate": {
          target: "ending.withdrawing",
          actions: { type: "note why", params: theEvent },
        },
        "jingle.lost": { target: "ending.withdrawing", guard: { type: "a party", params: theEvent } },
      },
      after: {
        "no answer": {
          target: "ending.withdrawing",
          actions: ["note why (no answer)", "send session-terminate"],
        },
      },
      states: {
        gathering: {
          description: "The offer has no address yet; the INVITE waits for the user's candidates (half trickle).",
          meta: { spec: "RFC 8840 §5.3" },
          on: {
            "jingle.transport-info": [
              {
                target: "inviting",
                guard: { type: "that completes the offer", params: theEvent },
                actions: takeTheCandidates,
              },
              { actions: takeTheCandidates },
            ],
            "jingle.session-terminate": {
              target: "#call.ended",
              actions: { type: "note why", params: theEvent },
            },
            "jingle.content-remove": [
              {
                target: "#call.ended",
                guard: { type: "nothing would be left", params: theEvent },
                actions: "send session-terminate",
              },
              { guard: "there is room", actions: { type: "remove contents", params: theEvent } },
            ],
            "jingle.lost": { target: "#call.ended", guard: { type: "a party", params: theEvent } },
          },
          after: { "gather timeout": "inviting" },
        },
        inviting: {
          description: "The phone is asked; nothing was heard yet.",
          meta: { spec: "RFC 3261 §13.2.1" },
          entry: "send INVITE",
          on: {
            "sip.invite.provisional": [
              {
                target: "ringing",
                guard: { type: "is ringing", params: theEvent },
              },
              { target: "trying", actions: "hear of progress" },
            ],
          },
        },
        trying: {
          description: "Someone on the way has the INVITE.",
          meta: { spec: "RFC 3261 §13.2.2.1" },
          on: {
            "sip.invite.provisional": [
              { target: "ringing", guard: { type: "is ringing", params: theEvent } },
              { actions: "hear of progress" },
            ],
          },
        },
        ringing: {
          description: "The phone rings, and the user hears it ring, once a call.",
          meta: { spec: "XEP-0167 §8.5" },
          entry: ["send ringing", "remember that it rang"],
          on: { "sip.invite.provisional": { actions: "hear of progress" } },
        },
      },
    },

    incoming: {
      description: "A phone calls the user, on every device that is online.",
      tags: "unanswered",
      initial: "offering",
      entry: ["send session-initiate", "send propose"],
      on: {
        "jingle.session-accept": [
          {
            target: "accepting.confirming",
            guard: { type: "the answer has an address", params: theEvent },
            actions: [
              { type: "send session-terminate (cancel, to the others)", params: theEvent },
              "send retract",
              { type: "remember the accept", params: theEvent },
            ],
          },
          {
            target: "accepting.gathering",
            actions: [
              { type: "send session-terminate (cancel, to the others)", params: theEvent },
              "send retract",
              { type: "remember the accept", params: theEvent },
            ],
          },
        ],
        "jingle.session-terminate": [
          {
            target: "ended",
            description: "A decline from any device is the user's answer; so is what the last device says.",
            guard: { type: "that is the user's answer", params: theEvent },
            actions: [
              { type: "note why", params: theEvent },
              { type: "send final response (by reason)", params: theEvent },
              { type: "send session-terminate (cancel, to the others)", params: theEvent },
              "send retract",
            ],
          },
          { actions: { type: "drop the device", params: theEvent } },
        ],
        "jmi.proceed": {
          target: ".ringing",
          description: "The user takes the call on this device; the session begins there.",
          guard: "a device may take it",
          actions: [
            { type: "send session-terminate (cancel, to the others)", params: theEvent },
            { type: "remember who proceeds", params: theEvent },
            "send session-initiate",
          ],
        },
        "jmi.reject": {
          target: "ended",
          description: "The user's answer, of which his other devices hear by carbons.",
          guard: "a device may take it",
          actions: [
            { type: "note why", params: theEvent },
            { type: "send final response (to a reject)", params: theEvent },
            "forget the proposal",
            "send session-terminate (cancel)",
          ],
        },
        "jmi.failure": [
          {
            target: "ended",
            guard: "nobody else is asked",
            actions: ["forget the proposal", { type: "send final response (by error)", params: theEvent }],
          },
          { actions: "forget the proposal" },
        ],
        "jingle.refused": deviceIsOut,
        "jingle.lost": deviceIsOut,
        "jingle.existing-session-initiate": {
          actions: [
            { type: "add the device", params: theEvent },
            { type: "send session-initiate (again)", params: theEvent },
          ],
        },
        "jingle.transport-info": { actions: { type: "keep for the accept", params: theEvent } },
        "sip.info": {
          actions: [
            { type: "send transport-info (what is new)", params: theEvent },
            { type: "add the phone's candidates", params: theEvent },
          ],
        },
        "sip.ack.timeout": {
          target: "ended",
          description: "The 180 that the caller wants reliable was never acknowledged (RFC 3262 §3).",
          actions: ["note why (never acknowledged)", "send 504 (no PRACK)", "send session-terminate", "send retract"],
        },
        "sip.cancel": { target: "ended", actions: giveUp },
        "sip.bye": { target: "ended", actions: giveUp },
      },
      after: { "no answer": { target: "ended", actions: nobodyAnswers } },
      states: {
        waking: {
          description: "No device is online; the proposal may wake one by push.",
          meta: { spec: "XEP-0353 §3.1" },
          on: {
            "jmi.ringing": { target: "ringing", actions: "send 180" },
            "jmi.proceed": {
              target: "ringing",
              actions: ["send 180", { type: "remember who proceeds", params: theEvent }, "send session-initiate"],
            },
            "jingle.existing-session-initiate": {
              target: "ringing",
              actions: [
                "send 180",
                { type: "add the device", params: theEvent },
                { type: "send session-initiate (again)", params: theEvent },
              ],
            },
          },
          after: { "no device wakes": { target: "#call.ended", actions: nobodyAnswers } },
        },
        offering: {
          description: "The devices are asked; none has acknowledged yet.",
          meta: { spec: "XEP-0166 §6.1" },
          entry: "send 180",
          on: { "jingle.acknowledged": "ringing", "jmi.ringing": "ringing" },
        },
        ringing: {
          description: "A device has the offer and rings; the phone hears of it every minute.",
          meta: { spec: "RFC 3261 §13.3.1.1" },
          after: { "a minute": { target: "ringing", reenter: true, actions: "send 180" } },
        },
      },
    },

    accepting: {
      description:
        "The user has accepted; the phone is being told, and what the user changes meanwhile waits for its ACK.",
      tags: "answered",
      initial: "confirming",
      on: {
        ...usersChanges,
        "sip.dtmf": { actions: { type: "send DTMF", params: theEvent } },
        "sip.info": {
          actions: [
            { type: "send transport-info (what is new)", params: theEvent },
            { type: "add the phone's candidates", params: theEvent },
          ],
        },
      },
      states: {
        gathering: {
          description: "The answer has no address yet; the 200 waits for the user's candidates (half trickle).",
          meta: { spec: "RFC 8840 §5.3" },
          on: {
            "jingle.transport-info": [
              {
                target: "confirming",
                guard: { type: "that completes the answer", params: theEvent },
                actions: takeTheCandidates,
              },
              { actions: takeTheCandidates },
            ],
            "jingle.session-terminate": {
              target: "#call.ended",
              actions: [
                { type: "note why", params: theEvent },
                { type: "send final response (by reason)", params: theEvent },
              ],
            },
            "jingle.lost": {
              target: "#call.ended",
              guard: { type: "a party", params: theEvent },
              actions: { type: "send final response (by error)", params: theEvent },
            },
            "sip.cancel": {
              target: "#call.ended",
              actions: ["note why (CANCEL)", "send 487", "send session-terminate"],
            },
            "sip.bye": { target: "#call.ended", actions: ["note why (CANCEL)", "send 487", "send session-terminate"] },
          },
          after: { "gather timeout": "confirming" },
        },
        confirming: {
          description: "The 200 is out and its ACK has not come yet.",
          meta: { spec: "RFC 3261 §13.3.1.4" },
          entry: "send 200",
          on: {
            "sip.ack": "#call.established",
            "sip.ack.timeout": {
              target: "#call.ending.hangingUp",
              actions: ["note why (never acknowledged)", "send session-terminate"],
            },
            "sip.bye": {
              target: "#call.ended",
              actions: [{ type: "note why", params: theEvent }, "send session-terminate"],
            },
            "jingle.content-remove": [
              {
                target: "#call.ending.leaving",
                guard: { type: "nothing would be left", params: theEvent },
                actions: "send session-terminate",
              },
              { guard: "there is room", actions: { type: "remove contents", params: theEvent } },
            ],
            "jingle.session-terminate": {
              target: "#call.ending.leaving",
              actions: { type: "note why", params: theEvent },
            },
            "jingle.lost": { target: "#call.ending.leaving", guard: { type: "a party", params: theEvent } },
          },
        },
      },
    },

    established: {
      description: "Both sides have agreed and talk.",
      meta: { spec: "RFC 3261 §12 · XEP-0166 §6.5" },
      tags: "answered",
      on: {
        "sip.bye": { target: "ended", actions: [{ type: "note why", params: theEvent }, "send session-terminate"] },
        "sip.dialog.lost": {
          target: "ending.hangingUp",
          description: "481 or 408 inside the dialog: the phone does not know the call any more (§12.2.1.2).",
          actions: [{ type: "note why (dialog lost)", params: theEvent }, "send session-terminate"],
        },
        "sip.answer.unusable": {
          target: "ending.hangingUp",
          description: "An answer that is none, in the 200 to our re-INVITE or in the ACK to our 200.",
          actions: [{ type: "note why (no usable answer)", params: theEvent }, "send session-terminate"],
        },
        "sip.expired": {
          target: "ending.hangingUp",
          description: "Nobody has refreshed the session (RFC 4028 §10).",
          actions: ["note why (expired)", "send session-terminate"],
        },
        "sip.dtmf": { actions: { type: "send DTMF", params: theEvent } },
        "sip.info": {
          actions: [
            { type: "send transport-info (what is new)", params: theEvent },
            { type: "add the phone's candidates", params: theEvent },
          ],
        },
        "sip.invite.success": {
          description: "Another fork answered too late: acknowledge it and hang it up.",
          actions: hangUpThatFork,
        },
        "sip.invite.unusable": {
          actions: hangUpThatFork,
        },
        "sip.ack.timeout": {
          target: "ending.hangingUp",
          actions: ["note why (never acknowledged)", "send session-terminate"],
        },
        "jingle.session-terminate": {
          target: "ending.hangingUp",
          actions: { type: "note why", params: theEvent },
        },
        "jingle.lost": { target: "ending.hangingUp", guard: { type: "a party", params: theEvent } },
      },
      type: "parallel",
      states: { negotiation, hold },
    },

    ending: {
      description: "The user has left; the phone's side is still to be closed.",
      tags: "ending",
      initial: "hangingUp",
      states: {
        withdrawing: {
          description: "CANCEL waits for the first response, where none was heard yet.",
          meta: { spec: "RFC 3261 §9.1" },
          always: { target: "cancelling", guard: "the phone was heard" },
          on: {
            "sip.invite.provisional": "cancelling",
            "sip.invite.success": {
              target: "hangingUp",
              description: "The answer crossed: acknowledge it, then hang up.",
              actions: takeTheAnswer,
            },
            "sip.invite.unusable": {
              target: "hangingUp",
              actions: takeTheAnswer,
            },
            "sip.invite.failure": "#call.ended",
          },
        },
        cancelling: {
          description: "CANCEL is out; 487 ends the call, unless the answer has crossed it.",
          meta: { spec: "RFC 3261 §9.1" },
          entry: "send CANCEL",
          on: {
            "sip.invite.provisional": { actions: "hear of progress" },
            "sip.invite.success": {
              target: "hangingUp",
              actions: takeTheAnswer,
            },
            "sip.invite.unusable": {
              target: "hangingUp",
              actions: takeTheAnswer,
            },
            "sip.invite.failure": "#call.ended",
          },
          after: { "64*T1": "#call.ended" },
        },
        leaving: {
          description: "The user hung up before the ACK; BYE waits for it.",
          meta: { spec: "RFC 3261 §15" },
          on: { "sip.ack": "hangingUp", "sip.ack.timeout": "hangingUp", "sip.bye": "#call.ended" },
        },
        hangingUp: {
          description: "BYE is out; whatever is said to it ends the call.",
          meta: { spec: "RFC 3261 §15.1.1" },
          entry: "send BYE",
          on: {
            "sip.bye.success": "#call.ended",
            "sip.bye.failure": "#call.ended",
            "sip.bye": "#call.ended",
            "sip.invite.success": {
              actions: hangUpThatFork,
            },
            "sip.invite.unusable": {
              actions: hangUpThatFork,
            },
          },
        },
      },
    },

    ended: { type: "final", description: "Nothing more will be said.", entry: "send finish" },
  },
});
