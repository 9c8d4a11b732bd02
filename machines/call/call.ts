/**
 * A call between an XMPP user and a phone, as the gateway sees it: the overview.
 *
 *   user                 gateway                 phone │ phone                gateway                      user
 *     │ session-initiate ──▶│                      │   │   │ INVITE ───────────▶│ session-initiate ───────▶│
 *     │◀────────── result ──│ INVITE ─────────────▶│   │   │◀───────────── 180 ─│                          │
 *     │◀───────── ringing ──│◀────────────── 180 ──│   │   │                    │◀─────────────── result ──│
 *     │◀── session-accept ──│◀────────────── 200 ──│   │   │◀───────────── 200 ─│◀──────── session-accept ─│
 *     │                     │ ACK ────────────────▶│   │   │ ACK ──────────────▶│                          │
 *     │ session-terminate ─▶│ BYE ────────────────▶│   │   │ BYE ──────────────▶│ session-terminate ──────▶│
 *
 * RFC 3261 §9, §13, §15 · RFC 8840 · XEP-0166 §6
 *
 * Rules: each side is closed exactly once; no CANCEL before a provisional response (§9.1); as callee no BYE before the
 * ACK (§15). `outgoing` is a call from the user, `incoming` a call from a phone; in `ending` the user has left already,
 * and only the phone's side is still open. Each state has a file of its own. The first INVITE or session-initiate is the
 * input of the chart, not an event; its result is sent before the chart starts. Left out: what concerns one wire only
 * (see vocabulary.ts), and who may call whom, which is decided before the call exists.
 */

import { accepting } from "./accepting.ts";
import { newContext } from "./context.ts";
import { ending } from "./ending.ts";
import { established } from "./established.ts";
import { incoming } from "./incoming.ts";
import { outgoing } from "./outgoing.ts";
import { callSetup } from "./setup.ts";

export const call = callSetup.createMachine({
  id: "call",
  context: ({ input }) => newContext(input),
  output: ({ context }) => ({ why: context.why }),
  initial: "starting",
  states: {
    starting: {
      description: "A call comes in; who calls decides how it goes on.",
      always: [
        { target: "outgoing.inviting", guard: "the user calls, with an address" },
        { target: "outgoing.gathering", guard: "the user calls" },
        { target: "incoming.waking", guard: "the user is called, with no device online" },
        { target: "incoming" },
      ],
    },

    outgoing,
    incoming,
    accepting,
    established,
    ending,
    ended: { type: "final", description: "The call is over.", entry: "send finish (if proceeded)" },
  },
} satisfies Parameters<typeof callSetup.createMachine>[0]);
