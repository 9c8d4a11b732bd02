/**
 * The gateway as a whole: sockets and stream are opened, calls run, and one day it is asked to stop.
 *
 * Rule: only `running` takes new calls. Left out on purpose: how sockets and streams recover, which is the matter of
 * whoever owns them; the gateway stops by itself only when opening fails or they give up for good.
 */
import { assign, emit, setup } from "xstate";

export type GatewayEvent =
  | { readonly type: "started" }
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "stop" }
  | { readonly type: "calls.none" };

export type GatewayEffect =
  | { readonly type: "gateway.open" }
  | { readonly type: "gateway.drain" }
  | { readonly type: "gateway.close" };

export const gateway = setup({
  types: {
    input: {} as { readonly drainTimeout: number },
    context: {} as { readonly drainTimeout: number; readonly failure: string | null },
    events: {} as GatewayEvent,
    emitted: {} as GatewayEffect,
    output: {} as { failure: string | null },
    tags: {} as "takes calls",
    meta: {} as { spec: string },
  },
  actions: {
    "open sockets and stream": emit({ type: "gateway.open" }),
    "end what still runs": emit({ type: "gateway.drain" }),
    "close sockets and stream": emit({ type: "gateway.close" }),
    "note the failure": assign({ failure: (_, params: { text: string }) => params.text }),
  },
  delays: { "drain timeout": ({ context }) => context.drainTimeout },
}).createMachine({
  id: "gateway",
  context: ({ input }) => ({ drainTimeout: input.drainTimeout, failure: null }),
  output: ({ context }) => ({ failure: context.failure }),
  initial: "starting",
  states: {
    starting: {
      description: "The SIP sockets are being bound and the XMPP stream is begun.",
      entry: "open sockets and stream",
      on: {
        started: "running",
        failed: {
          target: "stopped",
          actions: { type: "note the failure", params: ({ event }) => event },
        },
        stop: "stopped",
      },
    },
    running: {
      description: "Calls come and go.",
      tags: "takes calls",
      on: {
        stop: "draining",
        failed: { target: "stopped", actions: { type: "note the failure", params: ({ event }) => event } },
      },
    },
    draining: {
      description: "No new calls; those that run are ended and told so.",
      entry: "end what still runs",
      on: { "calls.none": "stopped", stop: "stopped" },
      after: { "drain timeout": "stopped" },
    },
    stopped: {
      type: "final",
      description: "Everything is closed.",
      entry: "close sockets and stream",
    },
  },
});
