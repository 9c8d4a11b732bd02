/**
 * A call from the user: the phone gets an INVITE, rings and answers.
 *
 * RFC 3261 §9.1, §13.2, RFC 8840 §5.3 (half trickle). Rules: the user's changes stay pending until the answer; an offer that the phone
 * refuses as a whole is repeated once: through the relay, or with its audio only; if the user hangs up before the answer, `ending`
 * closes the INVITE.
 */
import { given } from "../given.ts";
import type { CallState } from "./setup.ts";
import { takeTheAnswer } from "./unwanted-2xx.ts";
import { takeTheCandidates, userChanges } from "./user-changes.ts";

export const outgoing = {
  description: "The user calls a phone; the user's changes stay pending until its answer.",
  tags: "unanswered",
  initial: "inviting",
  on: {
    ...userChanges,
    "jingle.content-remove": [
      {
        target: "ending.withdrawing",
        description: "Without any content there is no session (XEP-0166 §7.2.5).",
        guard: given("the last content goes"),
        actions: "send session-terminate",
      },
      { guard: "there is room", actions: given("remove contents") },
    ],
    "sip.invite.success": [
      {
        target: "ending.hangingUp",
        description: "The phone accepts only what the user has removed: without any content there is no session.",
        guard: given("all it takes is removed"),
        actions: [...takeTheAnswer, "send session-terminate"],
      },
      {
        target: "established",
        actions: [given("remember the answer"), given("send ACK"), "send session-accept"],
      },
    ],
    "sip.invite.unusable": {
      target: "ending.hangingUp",
      actions: [
        given("note why (no usable answer)"),
        given("remember the dialog"),
        given("send ACK"),
        "send session-terminate",
      ],
    },
    "sip.invite.failure": [
      {
        target: ".inviting",
        description: "Refused so: once more, with the audio by the relay.",
        guard: given("a relay may help"),
        actions: ["leave out all but audio", "go by the relay"],
      },
      {
        target: ".inviting",
        description: "Refused as a whole: offered once more, with the audio alone.",
        guard: given("the audio alone may be accepted"),
        actions: "leave out all but audio",
      },
      {
        target: "ended",
        actions: [given("note why (failure)"), "send session-terminate"],
      },
    ],
    "sip.info": { actions: given("keep for the answer") },
    "jingle.transport-info": {
      actions: [given("send INFO (what is new)"), ...takeTheCandidates],
    },
    "jingle.session-terminate": {
      target: "ending.withdrawing",
      actions: given("note why"),
    },
    "jingle.lost": { target: "ending.withdrawing", guard: given("a party") },
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
            guard: given("that completes the offer"),
            actions: takeTheCandidates,
          },
          { actions: takeTheCandidates },
        ],
        "jingle.session-terminate": {
          target: "#call.ended",
          actions: given("note why"),
        },
        "jingle.content-remove": [
          {
            target: "#call.ended",
            guard: given("the last content goes"),
            actions: "send session-terminate",
          },
          { guard: "there is room", actions: given("remove contents") },
        ],
        "jingle.lost": { target: "#call.ended", guard: given("a party") },
      },
      after: { "gather timeout": "inviting" },
    },
    inviting: {
      description: "The INVITE is sent; there is no response yet.",
      meta: { spec: "RFC 3261 §13.2.1" },
      entry: "send INVITE",
      on: {
        "sip.invite.provisional": [
          {
            target: "ringing",
            guard: given("is ringing"),
          },
          { target: "trying", actions: "note the provisional response" },
        ],
      },
    },
    trying: {
      description: "A provisional response has come, but the phone does not ring yet.",
      meta: { spec: "RFC 3261 §13.2.2.1" },
      on: {
        "sip.invite.provisional": [
          { target: "ringing", guard: given("is ringing") },
          { actions: "note the provisional response" },
        ],
      },
    },
    ringing: {
      description: "The phone rings, and the user is told so, once a call.",
      meta: { spec: "XEP-0167 §8.5" },
      entry: ["send ringing (once)", "remember that it rang"],
      on: { "sip.invite.provisional": { actions: "note the provisional response" } },
    },
  },
} as const satisfies CallState;
