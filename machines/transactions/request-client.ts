/**
 * The client transaction of any request but INVITE and ACK: RFC 3261 §17.1.2 (figure 6).
 *
 *   trying ── 1xx ──▶ proceeding ── 200-699 ──▶ completed ── Timer K ──▶ terminated
 *
 * Rules: the request is sent after 0, 0.5, 1.5, 3.5, 7.5, 11.5 … s, and every 4 s after a provisional response, until a
 * final response or for 32 s; the transaction user gets every provisional and exactly one final response.
 */
import type { TransactionChart } from "./transaction.ts";

export const requestClient = {
  id: "request-client",
  initial: "trying",
  states: {
    trying: {
      description: "The request is sent; there is no response yet.",
      meta: { spec: "RFC 3261 §17.1.2.2" },
      entry: ["send the request"],
      on: {
        "response.provisional": { target: "proceeding", actions: ["tell the user"] },
        "response.success": { target: "completed", actions: ["tell the user"] },
        "response.failure": { target: "completed", actions: ["tell the user"] },
        unreachable: { target: "terminated", actions: ["tell the user (unreachable)"] },
      },
      after: {
        "Timer E": { target: "trying", reenter: true, actions: ["double the pause, up to T2"] },
        "Timer F": { target: "terminated", actions: ["tell the user (timeout)"] },
      },
    },
    proceeding: {
      description: "A provisional response has come; the request is repeated every 4 s.",
      meta: { spec: "RFC 3261 §17.1.2.2" },
      on: {
        "response.provisional": { actions: ["tell the user"] },
        "response.success": { target: "completed", actions: ["tell the user"] },
        "response.failure": { target: "completed", actions: ["tell the user"] },
        unreachable: { target: "terminated", actions: ["tell the user (unreachable)"] },
      },
      after: {
        "Timer E": { target: "proceeding", reenter: true, actions: ["make the pause T2", "send the request"] },
        "Timer F": { target: "terminated", actions: ["tell the user (timeout)"] },
      },
    },
    completed: {
      description: "A final response has come; its retransmissions are absorbed.",
      meta: { spec: "RFC 3261 §17.1.2.2" },
      after: { "Timer K": { target: "terminated" } },
    },
    terminated: { type: "final", description: "Forgotten.", meta: { spec: "RFC 3261 §17.1.2.2" } },
  },
} as const satisfies TransactionChart;
