/**
 * The server transaction of any request but INVITE and ACK: RFC 3261 §17.2.2 (figure 8).
 *
 *   trying ── 1xx ──▶ proceeding ── 200-699 ──▶ completed ── Timer J ──▶ terminated
 *
 * Rules: the transaction user gets a request once, however often it is retransmitted; each retransmission is answered with the
 * last response. A response that cannot be sent changes nothing: the request will be retransmitted (RFC 6026 §8.8, on
 * §17.2.4).
 */
import type { TransactionChart } from "./transaction.ts";

export const requestServer = {
  id: "request-server",
  initial: "trying",
  states: {
    trying: {
      description: "The user has the request; repetitions are absorbed.",
      meta: { spec: "RFC 3261 §17.2.2" },
      on: {
        "response.provisional": { target: "proceeding", actions: ["send the response"] },
        "response.success": { target: "completed", actions: ["send the response"] },
        "response.failure": { target: "completed", actions: ["send the response"] },
      },
    },
    proceeding: {
      description: "A provisional was sent, and is repeated for each repeated request.",
      meta: { spec: "RFC 3261 §17.2.2" },
      on: {
        request: { actions: ["send the last response"] },
        "response.provisional": { actions: ["send the response"] },
        "response.success": { target: "completed", actions: ["send the response"] },
        "response.failure": { target: "completed", actions: ["send the response"] },
      },
    },
    completed: {
      description: "A final response was sent, and is repeated for each repeated request.",
      meta: { spec: "RFC 3261 §17.2.2" },
      on: { request: { actions: ["send the last response"] } },
      after: { "Timer J": { target: "terminated" } },
    },
    terminated: { type: "final", description: "Forgotten.", meta: { spec: "RFC 3261 §17.2.2" } },
  },
} as const satisfies TransactionChart;
