/**
 * A call that both sides have answered, as two regions: who offers a change (negotiation.ts), and who is on hold (hold.ts).
 *
 * RFC 3261 §12, §15, RFC 3264 §8.4, RFC 4028 §10, XEP-0166 §6.5, XEP-0167 §8.3. Rules: when one side hangs up, the other gets one
 * BYE or session-terminate; a lost dialog or an unusable answer ends the call; who holds is derived from the two descriptions, so
 * that it cannot diverge from them.
 */
import { given } from "../given.ts";
import { hold } from "./hold.ts";
import { negotiation } from "./negotiation.ts";
import type { CallState } from "./setup.ts";
import { hangUpThatFork } from "./unwanted-2xx.ts";

export const established = {
  description: "Both sides have answered and talk.",
  meta: { spec: "RFC 3261 §12 · XEP-0166 §6.5" },
  tags: "answered",
  on: {
    "sip.bye": { target: "ended", actions: [given("note why"), "send session-terminate"] },
    "sip.dialog.lost": {
      target: "ending.hangingUp",
      description: "481 or 408 inside the dialog: the phone does not know the call any more (§12.2.1.2).",
      actions: [given("note why (dialog lost)"), "send session-terminate"],
    },
    "sip.answer.unusable": {
      target: "ending.hangingUp",
      description: "An unusable answer, in the 200 to our re-INVITE or in the ACK to our 200.",
      actions: [given("note why (no usable answer)"), "send session-terminate"],
    },
    "sip.expired": {
      target: "ending.hangingUp",
      description: "Nobody has refreshed the session (RFC 4028 §10).",
      actions: ["note why (expired)", "send session-terminate"],
    },
    "sip.dtmf": { actions: given("send DTMF") },
    "sip.info": {
      actions: [given("send transport-info (what is new)"), given("add the phone's candidates")],
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
      actions: given("note why"),
    },
    "jingle.lost": { target: "ending.hangingUp", guard: given("a party") },
  },
  type: "parallel",
  states: { negotiation, hold },
} as const satisfies CallState;
