/** The shapes of what the API gives, as zod schemas: for `/openapi.json`, and for tests that hold answers against them. */
import { z } from "zod";

const milliseconds = z.number().describe("milliseconds since 1970");
const since = z.number().describe("milliseconds since the call began");

export const problem = z.object({ error: z.string() });

export const callRow = z.object({
  id: z.string().describe("our tag in the phone's dialog"),
  from: z.string(),
  to: z.string(),
  direction: z.enum(["outgoing", "incoming"]),
  sid: z.string(),
  callId: z.string(),
  begun: milliseconds,
  rang: milliseconds.optional(),
  answered: milliseconds.optional(),
  ended: milliseconds.optional(),
  state: z.array(z.string()).describe("leaf states by their full names"),
  phase: z.enum(["asking", "up", "ending", "over"]),
  why: z.string().optional().describe("condition of the reason (XEP-0166 §7.4)"),
  failed: z.boolean(),
});

export const callPage = z.object({ calls: z.array(callRow), total: z.number(), live: z.number() });

const step = z.object({
  n: z.number(),
  at: since,
  event: z.string(),
  before: z.array(z.string()),
  after: z.array(z.string()),
  guard: z.string().optional(),
  actions: z.array(z.string()),
  effects: z.array(z.string()),
  refused: z.string().optional(),
  came: z.number().optional().describe("place among the messages"),
  said: z.array(z.number()),
});

const message = z.object({
  n: z.number(),
  at: since,
  wire: z.enum(["sip", "xmpp"]),
  out: z.boolean(),
  peer: z.string(),
  label: z.string(),
  kind: z.enum(["ask", "ok", "bad"]),
  again: z.number().describe("retransmissions"),
  step: z.number().describe("place among the steps"),
  text: z.string().describe("the whole message, its secrets hidden"),
});

export const callView = callRow.extend({ steps: z.array(step), messages: z.array(message), dropped: z.number() });
