/**
 * The client transaction of an INVITE: RFC 3261 §17.1.1 (figure 5), with the Accepted state of RFC 6026 §7.2.
 *
 *   calling ── 1xx ──▶ proceeding ── 2xx ──▶ accepted ── Timer M ──▶ terminated
 *                          └── 300-699 / ACK ──▶ completed ── Timer D ──▶ terminated
 *
 * Rules: the INVITE is sent after 0, 0.5, 1.5, 3.5 … 31.5 s until there is a response; the transaction user gets every
 * provisional, every 2xx (of each fork, and each retransmission, since each needs an ACK), and exactly one other final
 * response. `cancelling` is not in the figure: RFC 3261 §9.1 limits the wait for the 487. Left out: Timer C,
 * which is a proxy's; how long a phone may ring is decided by the call.
 */
import type { TransactionChart } from "./transaction.ts";

export const inviteClient = {
  id: "invite-client",
  initial: "calling",
  states: {
    calling: {
      description: "The INVITE is sent; there is no response yet.",
      meta: { spec: "RFC 3261 §17.1.1.2" },
      entry: ["send the request"],
      on: {
        "response.provisional": { target: "proceeding", actions: ["tell the user"] },
        "response.success": { target: "accepted", actions: ["start the wait", "tell the user"] },
        "response.failure": { target: "completed", actions: ["send ACK", "tell the user"] },
        cancel: { target: "cancelling", actions: ["start the wait"] },
        unreachable: { target: "terminated", actions: ["tell the user (unreachable)"] },
      },
      after: {
        "Timer A": { target: "calling", reenter: true, actions: ["double the pause"] },
        "Timer B": { target: "terminated", actions: ["tell the user (timeout)"] },
      },
    },
    proceeding: {
      description: "A provisional response has come; a person may take long to answer.",
      meta: { spec: "RFC 3261 §17.1.1.2" },
      on: {
        "response.provisional": { actions: ["tell the user"] },
        "response.success": { target: "accepted", actions: ["start the wait", "tell the user"] },
        "response.failure": { target: "completed", actions: ["send ACK", "tell the user"] },
        cancel: { target: "cancelling", actions: ["start the wait"] },
      },
    },
    cancelling: {
      description: "CANCEL is sent, too; a final response has to come within 64*T1.",
      meta: { spec: "RFC 3261 §9.1" },
      on: {
        "response.provisional": { actions: ["tell the user"] },
        "response.success": { target: "accepted", actions: ["start the wait", "tell the user"] },
        "response.failure": { target: "completed", actions: ["send ACK", "tell the user"] },
      },
      after: {
        "no final response after CANCEL": { target: "terminated", actions: ["tell the user (timeout)"] },
      },
    },
    accepted: {
      description: "A 2xx has come; each further one, of a fork or repeated, goes to the user, who acknowledges it.",
      meta: { spec: "RFC 6026 §7.2" },
      on: { "response.success": { actions: ["tell the user"] } },
      after: { "Timer M": { target: "terminated" } },
    },
    completed: {
      description: "A refusal has come; it is acknowledged as often as it comes.",
      meta: { spec: "RFC 3261 §17.1.1.2" },
      on: {
        "response.failure": { actions: ["send ACK"] },
        unreachable: { target: "terminated", description: "The user has its answer already." },
      },
      after: { "Timer D": { target: "terminated" } },
    },
    terminated: { type: "final", description: "Forgotten.", meta: { spec: "RFC 3261 §17.1.1.2" } },
  },
} as const satisfies TransactionChart;
