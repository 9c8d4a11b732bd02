/**
 * Who is on hold: the second region of `established`.
 *
 * RFC 3264 §8.4, XEP-0167 §8.3. Rules: who holds is derived from the two descriptions after each change; the user gets a session-info
 * when the phone holds or resumes, and none for their own hold. The user's hold begins in offer-actions.ts ("hold or resume").
 */
import type { CallState } from "./setup.ts";

export const hold = {
  description: "Who is on hold.",
  initial: "talking",
  states: {
    talking: {
      description: "Nobody holds.",
      always: [
        { target: "heldByBoth", guard: "both hold", actions: "send hold" },
        { target: "heldByPhone", guard: "the phone holds", actions: "send hold" },
        { target: "heldByUser", guard: "the user holds" },
      ],
    },
    heldByPhone: {
      description: "The phone holds the user, who is told so.",
      meta: { spec: "XEP-0167 §8.3" },
      always: [
        { target: "heldByBoth", guard: "both hold" },
        { target: "heldByUser", guard: "the user holds", actions: "send active" },
        { target: "talking", guard: "nobody holds", actions: "send active" },
      ],
    },
    heldByUser: {
      description: "The user holds the phone.",
      meta: { spec: "RFC 3264 §8.4" },
      always: [
        { target: "heldByBoth", guard: "both hold", actions: "send hold" },
        { target: "heldByPhone", guard: "the phone holds", actions: "send hold" },
        { target: "talking", guard: "nobody holds" },
      ],
    },
    heldByBoth: {
      description: "Each holds the other.",
      always: [
        { target: "heldByPhone", guard: "the phone holds" },
        { target: "heldByUser", guard: "the user holds", actions: "send active" },
        { target: "talking", guard: "nobody holds", actions: "send active" },
      ],
    },
  },
} as const satisfies CallState;
