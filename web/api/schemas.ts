/** The responses of the API as zod schemas: for `/openapi.json`, and for tests that validate responses. */
import { z } from "zod";

const milliseconds = z.number().describe("milliseconds since 1970");
const since = z.number().describe("milliseconds since the call began");

export const callRow = z.object({
  id: z.string().describe("our tag in the phone's dialog"),
  from: z.string(),
  to: z.string(),
  direction: z.enum(["outgoing", "incoming"]),
  sid: z.string(),
  callId: z.string(),
  trunk: z.string().optional().describe("the trunk it uses; missing: the proxy"),
  begun: milliseconds,
  rang: milliseconds.optional(),
  answered: milliseconds.optional(),
  ended: milliseconds.optional(),
  state: z.array(z.string()).describe("leaf states by their full names"),
  phase: z.enum(["asking", "up", "ending", "over"]),
  why: z.string().optional().describe("condition of the reason (XEP-0166 §7.4)"),
  failed: z.boolean(),
  failure: z
    .object({
      status: z.number().optional().describe("the final SIP response"),
      phrase: z.string().optional(),
      reason: z.string().optional().describe("why, in words"),
      timer: z.string().optional().describe("the timer that expired"),
      advice: z.string().optional().describe("what would help"),
    })
    .optional()
    .describe("details of the failure"),
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

const stream = z.object({ at: since, isUp: z.boolean(), step: z.number().describe("place of the step before it") });

const relayed = z
  .object({ at: since, sdp: z.string().optional(), failed: z.string().optional(), message: z.number() })
  .describe("the SDP that the media relay returned, or why it failed");

export const callView = callRow.extend({
  steps: z.array(step),
  messages: z.array(message),
  streams: z.array(stream),
  relayed: z.array(relayed),
  dropped: z.number(),
});

const trunk = z.object({
  name: z.string(),
  authority: z.string().describe("of its Request-URIs"),
  domain: z.string().describe("of the account"),
  username: z.string(),
  hasPassword: z.boolean(),
  registers: z.boolean(),
  hasOutboundProxy: z.boolean(),
  realm: z.array(z.string()),
  transport: z.string(),
  media: z.string(),
  codecs: z.string(),
  identity: z.string(),
  trusted: z.boolean(),
  numbers: z.array(z.object({ number: z.string(), user: z.string() })),
  defaultUser: z.string(),
});

const dial = z.object({
  ...{ country: z.string(), area: z.string(), international: z.string(), national: z.string() },
  emergency: z.array(z.string()),
  hide: z.string(),
  longest: z.number().describe("milliseconds; 0: no limit"),
});

const setting = z.object({
  component: z.string(),
  hosts: z.array(z.string()),
  ours: z.array(z.string()).describe("hosts of SIP URIs that stand for the gateway"),
  port: z.number(),
  proxyHost: z.string(),
  proxyPort: z.number(),
  usernameToPhone: z.array(z.object({ username: z.string(), phone: z.string() })),
  realm: z.array(z.string()),
  intercept: z.boolean(),
  trunks: z.array(trunk).describe("the one that the call uses"),
  dial: dial.optional().describe("the numbering, without the rules"),
  speaksAs: z.array(z.string()),
  options: z.object({
    transport: z.string(),
    profile: z.string(),
    outbound: z.boolean(),
    trusted: z.boolean(),
    hasCredentials: z.boolean(),
    media: z.string(),
    codecs: z.string(),
    relay: z.boolean(),
    retryAudioOnly: z.boolean(),
    ...{ ringTimeout: z.number(), gatherTimeout: z.number(), renegotiateTimeout: z.number(), jmiTimeout: z.number() },
  }),
});

/** An exported call, with the gateway's configuration. */
export const exportedCall = callView.extend({ setting });

const counts = (of: string) => z.record(z.string(), z.number()).describe(of);

export const overview = z.object({
  calls: z.number(),
  answered: z.number(),
  live: z.number(),
  entered: counts("by state"),
  stayed: counts("milliseconds, by state"),
  walked: counts("by `from>to`, leaf states"),
  ways: counts("by `from event>to`"),
  ended: counts("by reason condition"),
  failed: counts("by the state in which a call failed"),
  refused: counts("events that a call did not accept, by name"),
  refusedCalls: counts("calls refused before they were created, by wire, status and reason"),
  now: counts("live calls, by state"),
});

export const health = z.object({
  status: z.enum(["up", "down"]),
  down: z.array(z.string()).describe("what is down"),
  proxy: z.enum(["up", "down", "unknown"]).describe("whether the SIP proxy answers; does not affect the status"),
  relay: z
    .enum(["up", "down", "unknown", "none"])
    .describe("whether a media relay answers; does not affect the status"),
  state: z.string().describe("the state of the gateway's chart"),
  calls: z.number(),
  trunks: z
    .array(z.object({ name: z.string(), state: z.string(), why: z.string().optional() }))
    .optional()
    .describe("the state of each trunk's registration; does not affect the status"),
});

const node = z.object({
  id: z.string(),
  key: z.string(),
  kind: z.enum(["leaf", "box", "parallel", "final"]),
  x: z.number(),
  y: z.number(),
  w: z.number(),
  h: z.number(),
  dot: z.literal(true).optional(),
  clique: z.literal(true).optional(),
  timers: z.array(z.string()),
  description: z.string().optional(),
  spec: z.string().optional(),
});
const edge = z.object({ id: z.string(), from: z.string(), to: z.string(), both: z.boolean(), d: z.string() });

export const machineView = z.object({
  id: z.string(),
  layout: z.object({ width: z.number(), height: z.number(), nodes: z.array(node), edges: z.array(edge) }),
  states: z.array(z.object({ id: z.string(), description: z.string(), spec: z.string(), timers: z.array(z.string()) })),
  steps: z.array(
    z.object({
      from: z.string(),
      event: z.string(),
      guard: z.string(),
      to: z.string(),
      does: z.array(z.string()),
    }),
  ),
});
