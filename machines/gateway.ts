/**
 * The gateway as a whole: it opens its sockets and its stream, runs calls, and stops on request.
 *
 * Rules: only `running` accepts new calls; after the last call has ended, its last messages (the 200 to a BYE, a 486)
 * still get time to be sent; the gateway stops by itself only if its sockets cannot be opened, or sockets or stream give up for good.
 * With a store it need not drain: live calls are saved, and the next gateway continues them.
 * Left out: how sockets and streams recover, which is up to their owners.
 */
import { assign, emit, setup } from "xstate";
import { given } from "./given.ts";

export type GatewayEvent =
  | { readonly type: "started" }
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "stop"; readonly calls: number }
  /** Its calls are saved, and the next gateway continues them. */
  | { readonly type: "hand over" }
  | { readonly type: "calls.none" };

export type GatewayEffect =
  | { readonly type: "gateway.open" }
  | { readonly type: "gateway.drain" }
  | { readonly type: "gateway.end" }
  | { readonly type: "gateway.close" };

/** What is up and what is down, for `GET /health`. */
export interface Health {
  readonly sip: boolean;
  readonly xmpp: boolean;
  /** Whether the SIP proxy has answered recently. */
  readonly proxy: "up" | "down" | "unknown";
  /** Whether a media relay answers; `none` if none is configured. */
  readonly relay: "up" | "down" | "unknown" | "none";
  /** The state of this chart. */
  readonly state: string;
  readonly calls: number;
  /** The state of each trunk's registration (registration.ts); left out without trunks. */
  readonly trunks?: readonly TrunkState[];
}

/** A trunk as `/health` reports it. */
export interface TrunkState {
  readonly name: string;
  /** A trunk that does not register is `unregistered`, or `unreachable`. */
  readonly state: string;
  /** Why the registration was refused, or the registrar is unreachable. */
  readonly why?: string;
}

const gatewaySetup = setup({
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
    "take no new calls": emit({ type: "gateway.drain" }),
    "end what still runs": emit({ type: "gateway.end" }),
    "close sockets and stream": emit({ type: "gateway.close" }),
    "note the failure": assign({ failure: (_, params: { text: string }) => params.text }),
  },
  guards: { "nobody talks": ({ event }) => event.type === "stop" && event.calls === 0 },
  delays: { "drain timeout": ({ context }) => context.drainTimeout, "a moment": 1_000 },
});

export const gateway = gatewaySetup.createMachine({
  id: "gateway",
  context: ({ input }) => ({ drainTimeout: input.drainTimeout, failure: null }),
  output: ({ context }) => ({ failure: context.failure }),
  initial: "starting",
  states: {
    starting: {
      description: "The SIP sockets are bound and the XMPP stream is started.",
      entry: "open sockets and stream",
      on: {
        started: "running",
        failed: {
          target: "stopped",
          actions: given("note the failure"),
        },
        stop: "stopped",
        "hand over": "stopped",
      },
    },
    running: {
      description: "Calls are taken.",
      tags: "takes calls",
      on: {
        stop: [{ target: "stopped", guard: "nobody talks" }, { target: "draining" }],
        "hand over": "stopped",
        failed: { target: "stopped", actions: given("note the failure") },
      },
    },
    draining: {
      description: "No new calls are taken; running calls go on.",
      entry: "take no new calls",
      on: { "calls.none": "ending", stop: "ending", "hand over": "stopped" },
      after: { "drain timeout": "ending" },
    },
    ending: {
      description: "Running calls are ended; the last messages are being sent.",
      entry: "end what still runs",
      on: { stop: "stopped", "hand over": "stopped" },
      after: { "a moment": "stopped" },
    },
    stopped: {
      type: "final",
      description: "Everything is closed.",
      entry: "close sockets and stream",
    },
  },
} satisfies Parameters<typeof gatewaySetup.createMachine>[0]);
