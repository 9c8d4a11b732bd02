/**
 * The stream to the XMPP server (XEP-0114): the component connects, proves that it knows the secret, and reconnects when the
 * stream is lost.
 *
 *   component                              server
 *     │ <stream:stream to='sip.example'> ────▶│
 *     │◀──────────────── <stream:stream id> ──│
 *     │ <handshake>sha1(id + secret)</…> ────▶│
 *     │◀──────────────────────── <handshake/> ──│
 *
 * Rules: every wait has a time limit; each retry comes later than the one before, with jitter, so that many gateways do
 * not reconnect at once; a secret or domain that is refused before the stream was ever online is a configuration error,
 * and ends the stream for good. Left out: the content of stanzas.
 */
import { assign, emit, setup } from "xstate";
import { given } from "./given.ts";

export type StreamEvent =
  | { readonly type: "stream.connected" }
  | { readonly type: "stream.opened"; readonly id: string }
  | { readonly type: "stream.authenticated" }
  | { readonly type: "stream.heard" }
  /** `chance` is a random number between 0 and 1. */
  | { readonly type: "stream.lost"; readonly why: string; readonly chance: number }
  | { readonly type: "stream.refused"; readonly why: string; readonly chance: number }
  | { readonly type: "stop" };

export type StreamEffect =
  | { readonly type: "stream.connect" }
  | { readonly type: "stream.open" }
  | { readonly type: "stream.authenticate"; readonly id: string }
  | { readonly type: "stream.online" }
  | { readonly type: "stream.ping" }
  | { readonly type: "stream.close"; readonly why: string }
  | { readonly type: "stream.offline"; readonly why: string; readonly retryIn: number }
  | { readonly type: "stream.refused"; readonly why: string };

interface StreamContext {
  /** Attempts since the stream was last stable. */
  readonly tries: number;
  readonly everOnline: boolean;
  readonly chance: number;
  readonly why: string;
}

type Loss = { readonly why: string; readonly chance: number };

const FIRST_RETRY = 250;
const LAST_RETRY = 30_000;
/** Half of it is fixed, half is random. */
const backOff = ({ tries, chance }: StreamContext): number =>
  Math.round(Math.min(LAST_RETRY, FIRST_RETRY * 2 ** Math.min(tries, 16)) * (0.5 + chance / 2));

const streamSetup = setup({
  types: {
    context: {} as StreamContext,
    events: {} as StreamEvent,
    emitted: {} as StreamEffect,
    tags: {} as "online",
    meta: {} as { spec: string },
  },
  guards: { "it was never online": ({ context }) => !context.everOnline },
  delays: {
    "back-off": ({ context }) => backOff(context),
    "no answer": 5_000,
    silence: 30_000,
    "no pong": 10_000,
    "it has proved stable": 10_000,
  },
  actions: {
    connect: emit({ type: "stream.connect" }),
    "open the stream": emit({ type: "stream.open" }),
    "send handshake": emit((_, params: { id: string }) => ({ type: "stream.authenticate" as const, id: params.id })),
    "tell that it is online": emit({ type: "stream.online" }),
    "send ping": emit({ type: "stream.ping" }),
    close: emit(({ context }) => ({ type: "stream.close" as const, why: context.why })),
    "tell that it is offline": emit(({ context }) => ({
      type: "stream.offline" as const,
      why: context.why,
      retryIn: backOff(context),
    })),
    "tell that it is refused": emit(({ context }) => ({ type: "stream.refused" as const, why: context.why })),
    "note the loss": assign((_, { why, chance }: Loss) => ({ why, chance })),
    "note silence": assign({ why: "the server does not answer" }),
    "note the stop": assign({ why: "the gateway is stopping" }),
    "count the try": assign({ tries: ({ context }) => context.tries + 1 }),
    "forget the tries": assign({ tries: 0 }),
    "remember that it was online": assign({ everOnline: true }),
  },
});

/** A lost stream is retried later; one that is refused before it was ever online is not. */
const lost = { target: "waiting", actions: given("note the loss") } as const;
const refused = { ...lost, target: "refused" } as const;

export const xmppStream = streamSetup.createMachine({
  id: "xmpp-stream",
  context: { tries: 0, everOnline: false, chance: 1, why: "" },
  initial: "connecting",
  on: { stop: { target: ".stopped", actions: "note the stop" } },
  states: {
    connecting: {
      description: "A connection to the server is being made.",
      entry: "connect",
      on: {
        "stream.connected": "opening",
        "stream.lost": lost,
      },
    },
    opening: {
      description: "Our stream header is sent; the server's has the id for the handshake.",
      meta: { spec: "XEP-0114 §3" },
      entry: "open the stream",
      on: {
        "stream.opened": { target: "authenticating", actions: given("send handshake") },
        "stream.lost": lost,
        "stream.refused": [{ ...refused, guard: "it was never online" }, lost],
      },
      after: { "no answer": { target: "waiting", actions: "note silence" } },
    },
    authenticating: {
      description: "The server checks our secret.",
      meta: { spec: "XEP-0114 §3" },
      on: {
        "stream.authenticated": "online",
        "stream.lost": lost,
        "stream.refused": [{ ...refused, guard: "it was never online" }, lost],
      },
      after: { "no answer": { target: "waiting", actions: "note silence" } },
    },
    online: {
      description: "The stream is up.",
      tags: "online",
      entry: ["remember that it was online", "tell that it is online"],
      initial: "listening",
      on: {
        "stream.lost": lost,
        "stream.refused": lost,
      },
      after: { "it has proved stable": { actions: "forget the tries" } },
      states: {
        listening: {
          description: "After a silence the server is pinged.",
          after: { silence: "pinging" },
        },
        pinging: {
          description: "The server is pinged; anything it sends is an answer.",
          meta: { spec: "XEP-0199 §4.3" },
          entry: "send ping",
          on: { "stream.heard": "listening" },
          after: { "no pong": { target: "#xmpp-stream.waiting", actions: "note silence" } },
        },
      },
    },
    waiting: {
      description: "The stream is down; the next attempt comes after the back-off.",
      entry: ["close", "tell that it is offline"],
      exit: "count the try",
      after: { "back-off": "connecting" },
    },
    refused: {
      type: "final",
      description: "The server refuses our domain or our secret.",
      entry: ["close", "tell that it is refused"],
    },
    stopped: { type: "final", description: "The stream is closed and stays so.", entry: "close" },
  },
} satisfies Parameters<typeof streamSetup.createMachine>[0]);
