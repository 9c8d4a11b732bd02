/**
 * The server transaction of an INVITE: RFC 3261 §17.2.1 (figure 7), with the Accepted state of RFC 6026 §7.1.
 *
 *   trying ── 200 ms / 100 ──▶ proceeding ── 2xx ──▶ accepted ── ACK ──▶ acknowledged ── Timer L ──▶ terminated
 *                                  └── 300-699 ──▶ completed ── ACK ──▶ confirmed ── Timer I ──▶ terminated
 *
 * Rules: the transaction user gets the INVITE once, and the ACK to its 2xx once; a 2xx is retransmitted, T1 doubling to T2,
 * until that ACK, for 64*T1 (§13.3.1.4 leaves this to the user; here the transaction does it); the ACK to a refusal is
 * absorbed. `trying`, in which 100 Trying is not due yet, and `acknowledged` are not in the figure. A response that
 * cannot be sent changes nothing: the INVITE will be retransmitted (RFC 6026 §8.8, on §17.2.4). Left out: the provisional
 * response every minute (§13.3.1.1), which the call sends.
 */
import type { TransactionChart } from "./transaction.ts";

export const inviteServer = {
  id: "invite-server",
  initial: "trying",
  states: {
    trying: {
      description: "The user has the INVITE, and 200 ms to answer before we send 100.",
      meta: { spec: "RFC 3261 §17.2.1" },
      on: {
        "response.provisional": { target: "proceeding", actions: ["send the response"] },
        "response.success": { target: "accepted", actions: ["start the retransmissions", "send the response"] },
        "response.failure": { target: "completed", actions: ["start the retransmissions", "send the response"] },
      },
      after: { "200 ms": { target: "proceeding", actions: ["send 100 Trying"] } },
    },
    proceeding: {
      description: "A provisional was sent, and is repeated for each repeated INVITE.",
      meta: { spec: "RFC 3261 §17.2.1" },
      on: {
        request: { actions: ["send the last response"] },
        "response.provisional": { actions: ["send the response"] },
        "response.success": { target: "accepted", actions: ["start the retransmissions", "send the response"] },
        "response.failure": { target: "completed", actions: ["start the retransmissions", "send the response"] },
      },
    },
    accepted: {
      description: "A 2xx was sent, and is repeated until its ACK.",
      meta: { spec: "RFC 6026 §7.1, RFC 3261 §13.3.1.4" },
      on: { ack: { target: "acknowledged", actions: ["tell the user (ACK)"] } },
      after: {
        "2xx again": {
          target: "accepted",
          reenter: true,
          actions: ["double the pause, up to T2", "send the last response"],
        },
        "Timer L": { target: "terminated", actions: ["tell the user (no ACK)"] },
      },
    },
    acknowledged: {
      description: "The 2xx is acknowledged; late copies of INVITE and ACK are absorbed.",
      meta: { spec: "RFC 6026 §7.1" },
      after: { "Timer L": { target: "terminated" } },
    },
    completed: {
      description: "A refusal was sent, and is repeated until its ACK.",
      meta: { spec: "RFC 3261 §17.2.1" },
      on: {
        request: { actions: ["send the last response"] },
        ack: { target: "confirmed" },
      },
      after: {
        "Timer G": {
          target: "completed",
          reenter: true,
          actions: ["double the pause, up to T2", "send the last response"],
        },
        "Timer H": { target: "terminated", description: "The user has refused already and is not told." },
      },
    },
    confirmed: {
      description: "The refusal is acknowledged; late copies of the ACK are absorbed.",
      meta: { spec: "RFC 3261 §17.2.1" },
      after: { "Timer I": { target: "terminated" } },
    },
    terminated: { type: "final", description: "Forgotten.", meta: { spec: "RFC 3261 §17.2.1" } },
  },
} as const satisfies TransactionChart;
