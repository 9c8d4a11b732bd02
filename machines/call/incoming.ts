/**
 * A call from a phone, until the user accepts it: every online device gets an offer; if none is online, a push may wake one.
 *
 * RFC 3261 §13.3, XEP-0166 §6, XEP-0353. Rules: a device that accepts or declines decides for all, and the others get a
 * session-terminate; if a device is busy, refuses or is lost, the others may still answer, and the last one decides.
 */
import { given } from "../given.ts";
import type { CallState } from "./setup.ts";

const giveUp = ["note why (CANCEL)", "send 487", "send session-terminate", "send retract (if proposed)"] as const;
const nobodyAnswers = [
  "note why (no answer)",
  "send 480",
  "send session-terminate",
  "send retract (if proposed)",
] as const;
/** A device that does not answer may still ring, if only its responses are lost: it gets a session-terminate. */
const deviceIsOut = [
  {
    target: "ended",
    guard: given("the last device"),
    actions: [given("send final response (by error)"), given("send session-terminate (to the silent)")],
  },
  {
    actions: [given("send session-terminate (to the silent)"), given("drop the device")],
  },
] as const;

const theUserAccepts = [
  given("send session-terminate (cancel, to the others)"),
  "send retract (if proposed)",
  given("remember the accept"),
] as const;

export const incoming = {
  description: "A phone calls the user, on every device that is online.",
  tags: "unanswered",
  initial: "offering",
  entry: ["send session-initiate (to each device)", "send propose (if a device takes it)"],
  on: {
    "jingle.session-accept": [
      {
        target: "accepting.confirming",
        guard: given("the answer has an address"),
        actions: theUserAccepts,
      },
      { target: "accepting.gathering", actions: theUserAccepts },
    ],
    "jingle.session-terminate": [
      {
        target: "ended",
        description: "A decline from any device is the user's answer; so is any reason from the last device.",
        guard: given("that is the user's answer"),
        actions: [
          given("note why"),
          given("send final response (by reason)"),
          given("send session-terminate (cancel, to the others)"),
          "send retract (if proposed)",
        ],
      },
      { actions: given("drop the device") },
    ],
    "jmi.proceed": {
      target: ".ringing",
      description: "The user takes the call on this device; the session begins there.",
      guard: "a device may take it",
      actions: [
        given("send session-terminate (cancel, to the others)"),
        given("remember who proceeds"),
        "send session-initiate (to each device)",
      ],
    },
    "jmi.reject": {
      target: "ended",
      description: "The user's answer; the other devices get it by carbons.",
      guard: "a device may take it",
      actions: [
        given("note why"),
        given("send final response (to a reject)"),
        "forget the proposal",
        "send session-terminate (cancel)",
      ],
    },
    "jmi.failure": [
      {
        target: "ended",
        guard: "nobody else is asked",
        actions: ["forget the proposal", given("send final response (by error)")],
      },
      { actions: "forget the proposal" },
    ],
    "jingle.refused": deviceIsOut,
    "jingle.lost": deviceIsOut,
    "jingle.existing-session-initiate": {
      actions: [given("add the device"), given("send session-initiate (again)")],
    },
    "jingle.transport-info": { actions: given("keep for the accept") },
    "sip.info": {
      actions: [given("send transport-info (what is new)"), given("add the phone's candidates")],
    },
    "sip.prack.timeout": {
      target: "ended",
      description: "The reliable 180 was never acknowledged (RFC 3262 §3).",
      actions: ["note why (no PRACK)", "send 504 (no PRACK)", "send session-terminate", "send retract (if proposed)"],
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
          actions: ["send 180", given("remember who proceeds"), "send session-initiate (to each device)"],
        },
        "jingle.existing-session-initiate": {
          target: "ringing",
          actions: ["send 180", given("add the device"), given("send session-initiate (again)")],
        },
      },
      after: { "no device wakes": { target: "#call.ended", actions: nobodyAnswers } },
    },
    offering: {
      description: "The devices have the offer; none has acknowledged it yet.",
      meta: { spec: "XEP-0166 §6.3.1" },
      entry: "send 180",
      on: { "jingle.acknowledged": "ringing", "jmi.ringing": "ringing" },
    },
    ringing: {
      description: "A device rings; the phone gets a 180 every minute.",
      meta: { spec: "RFC 3261 §13.3.1.1" },
      after: { "a minute": { target: "ringing", reenter: true, actions: "send 180" } },
    },
  },
} as const satisfies CallState;
