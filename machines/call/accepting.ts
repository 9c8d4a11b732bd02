/**
 * A call that the user has accepted, until the phone has sent its ACK to the 200.
 *
 * RFC 3261 §13.3.1.4, §15, RFC 8840 §5.3 (half trickle). Rules: as callee we send no BYE before the ACK; the user's changes stay
 * pending until then.
 */
import { given } from "../given.ts";
import type { CallState } from "./setup.ts";
import { takeTheCandidates, userRequests } from "./user-changes.ts";

export const accepting = {
  description: "The user has accepted and the phone is told; the user's changes stay pending until its ACK.",
  tags: "answered",
  initial: "confirming",
  on: {
    ...userRequests,
    "sip.dtmf": { actions: given("send DTMF") },
    "sip.info": {
      actions: [given("send transport-info (what is new)"), given("add the phone's candidates")],
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
            guard: given("that completes the answer"),
            actions: takeTheCandidates,
          },
          { actions: takeTheCandidates },
        ],
        "jingle.session-terminate": {
          target: "#call.ended",
          actions: [given("note why"), given("send final response (by reason)")],
        },
        "jingle.lost": {
          target: "#call.ended",
          guard: given("a party"),
          actions: given("send final response (by error)"),
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
      description: "The 200 is sent, and its ACK has not come yet.",
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
          actions: [given("note why"), "send session-terminate"],
        },
        "jingle.content-remove": [
          {
            target: "#call.ending.leaving",
            guard: given("the last content goes"),
            actions: "send session-terminate",
          },
          { guard: "there is room", actions: given("remove contents") },
        ],
        "jingle.session-terminate": {
          target: "#call.ending.leaving",
          actions: given("note why"),
        },
        "jingle.lost": { target: "#call.ending.leaving", guard: given("a party") },
      },
    },
  },
} as const satisfies CallState;
