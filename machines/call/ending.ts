/**
 * A call that the user has left, until the phone's side is closed, too.
 *
 * RFC 3261 §9.1, §15. Rules: no CANCEL before a provisional response, no BYE before the ACK; an answer that crosses the
 * CANCEL is acknowledged and hung up.
 */

import type { CallState } from "./setup.ts";
import { hangUpThatFork, takeTheAnswer } from "./unwanted-2xx.ts";

export const ending = {
  description: "The user has left; the phone's side is still to be closed.",
  tags: "ending",
  initial: "hangingUp",
  states: {
    withdrawing: {
      description: "CANCEL waits for the first provisional response.",
      meta: { spec: "RFC 3261 §9.1" },
      always: { target: "cancelling", guard: "a provisional was received" },
      on: {
        "sip.invite.provisional": "cancelling",
        "sip.invite.success": {
          target: "hangingUp",
          description: "The answer has crossed: acknowledge it, then hang up.",
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
      description: "CANCEL is sent; 487 ends the call, unless an answer has crossed it.",
      meta: { spec: "RFC 3261 §9.1" },
      entry: "send CANCEL",
      on: {
        "sip.invite.provisional": { actions: "note the provisional response" },
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
      description: "BYE is sent; any response to it ends the call.",
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
} as const satisfies CallState;
