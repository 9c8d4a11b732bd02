/**
 * One account at a provider: where the gateway can be called there, from its start to its stop.
 *
 *   gateway                               registrar
 *     │ REGISTER, Expires: 600 ─────────────▶│
 *     │◀─────────── 200, Contact;expires=480 ─│
 *     │ REGISTER, after 360 s ──────────────▶│
 *     │ REGISTER, Expires: 0 ───────────────▶│
 *
 * RFC 3261 §10.2, RFC 5626 §4.5. Rules: the registration is refreshed at three quarters of the time that the registrar has given,
 * though not more often than every 30 s; a longer interval that it asks for (423) is obeyed; what fails is tried again after 30 s, 60
 * s, … half an hour, with jitter, and never given up; a refusal of the account itself (401, 403) waits the longest at once, since many
 * tries lock an account. Left out on purpose: digest, and which addresses a provider has: one `send` asks all of them
 * (actors/trunks/registration.ts).
 */
import { assign, emit, setup } from "xstate";
import { given } from "./given.ts";

export type RegistrationEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  | { readonly type: "sip.register.success"; readonly granted: number }
  /** A final response that is no success; `least` is the Min-Expires of a 423; `chance` is between 0 and 1. */
  | ({ readonly type: "sip.register.failure" } & Failure)
  /** No address of the registrar has answered. */
  | { readonly type: "sip.register.timeout"; readonly why: string; readonly chance: number };

export type RegistrationEffect =
  | { readonly type: "sip.send.register"; readonly expires: number }
  | { readonly type: "registration.over" };

interface Failure {
  readonly status: number;
  readonly phrase: string;
  readonly least: number | null;
  readonly chance: number;
}

export interface RegistrationContext {
  /** Seconds: what is asked for, and what was given. */
  readonly expires: number;
  readonly granted: number;
  /** Since the last success: failures, and how often the registrar has asked for a longer interval. */
  readonly failures: number;
  readonly longer: number;
  readonly chance: number;
  /** Why it is refused or unreachable; "" when it is neither. */
  readonly why: string;
}

/** Milliseconds. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 1_800_000;
/** Seconds: no registrar may bind us for longer, */
const LONGEST_INTERVAL = 86_400;
/** nor change its mind about it more often. */
const MOST_INTERVALS = 3;

/** Half of it is fixed, half is random. */
const jittered = (pause: number, chance: number): number => Math.round(pause * (0.5 + chance / 2));
const backOff = ({ failures, chance }: RegistrationContext): number =>
  jittered(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(Math.max(0, failures - 1), 16)), chance);

const registrationSetup = setup({
  types: {
    input: {} as { readonly expires: number },
    context: {} as RegistrationContext,
    events: {} as RegistrationEvent,
    emitted: {} as RegistrationEffect,
    tags: {} as "bound",
    meta: {} as { spec: string },
  },
  guards: {
    "it asks for a longer interval": ({ context }, { status, least }: Failure) =>
      status === 423 &&
      least !== null &&
      least > context.expires &&
      least <= LONGEST_INTERVAL &&
      context.longer < MOST_INTERVALS,
    "it refuses the account": (_, { status }: Failure) => status === 401 || status === 403 || status === 407,
  },
  delays: {
    "three quarters of what was given": ({ context }) => Math.max(FIRST_PAUSE, context.granted * 750),
    "back-off": ({ context }) => backOff(context),
    "half an hour": ({ context }) => jittered(LONGEST_PAUSE, context.chance),
    "a moment": 2_000,
  },
  actions: {
    "send REGISTER": emit(({ context }) => ({ type: "sip.send.register" as const, expires: context.expires })),
    "send REGISTER (Expires: 0)": emit({ type: "sip.send.register", expires: 0 }),
    "tell that it is over": emit({ type: "registration.over" }),
    "note what was given": assign((_, { granted }: { granted: number }) => ({
      granted,
      failures: 0,
      longer: 0,
      why: "",
    })),
    "note the interval": assign(({ context }, { least }: Failure) => ({
      expires: least ?? context.expires,
      longer: context.longer + 1,
    })),
    "note the refusal": assign(({ context }, { status, phrase, chance }: Failure) => ({
      why: `${status} ${phrase}`,
      failures: context.failures + 1,
      chance,
    })),
    "note the silence": assign(({ context }, { why, chance }: { why: string; chance: number }) => ({
      why,
      failures: context.failures + 1,
      chance,
    })),
  },
});

/** What becomes of a REGISTER that asks to be bound. */
const answered = {
  "sip.register.success": { target: "#registration.registered", actions: given("note what was given") },
  "sip.register.failure": [
    {
      target: "#registration.registering",
      guard: given("it asks for a longer interval"),
      actions: given("note the interval"),
      reenter: true,
    },
    {
      target: "#registration.refused.account",
      guard: given("it refuses the account"),
      actions: given("note the refusal"),
    },
    { target: "#registration.refused", actions: given("note the refusal") },
  ],
  "sip.register.timeout": { target: "#registration.unreachable", actions: given("note the silence") },
} as const;

export const registration = registrationSetup.createMachine({
  id: "registration",
  context: ({ input }) => ({ expires: input.expires, granted: 0, failures: 0, longer: 0, chance: 1, why: "" }),
  initial: "idle",
  states: {
    idle: {
      description: "Nothing is asked for yet.",
      on: { start: "registering", stop: "over" },
    },
    registering: {
      description: "REGISTER is sent; the registrar does not know us yet, or does not any more.",
      meta: { spec: "RFC 3261 §10.2" },
      entry: "send REGISTER",
      on: { ...answered, stop: "unregistering" },
    },
    registered: {
      description: "Whoever calls the account reaches the gateway.",
      tags: "bound",
      initial: "resting",
      on: { stop: "unregistering" },
      states: {
        resting: {
          description: "The registrar knows us for a while.",
          after: { "three quarters of what was given": "refreshing" },
        },
        refreshing: {
          description: "REGISTER is sent again before the registrar forgets us.",
          meta: { spec: "RFC 3261 §10.2.4" },
          entry: "send REGISTER",
          on: answered,
        },
      },
    },
    refused: {
      description: "The registrar has refused us; it is asked again later.",
      initial: "request",
      on: { stop: "over" },
      states: {
        request: {
          description: "It may be different next time.",
          after: { "back-off": "#registration.registering" },
        },
        account: {
          description: "The name or the password is wrong: many tries would lock the account.",
          after: { "half an hour": "#registration.registering" },
        },
      },
    },
    unreachable: {
      description: "Nobody has answered; the registrar is asked again later.",
      on: { stop: "over" },
      after: { "back-off": "registering" },
    },
    unregistering: {
      description: "REGISTER takes the binding away; what is answered to it changes nothing.",
      meta: { spec: "RFC 3261 §10.2.2" },
      entry: "send REGISTER (Expires: 0)",
      on: { "sip.register.success": "over", "sip.register.failure": "over", "sip.register.timeout": "over" },
      after: { "a moment": "over" },
    },
    over: { type: "final", description: "Nothing more will be asked for.", entry: "tell that it is over" },
  },
} satisfies Parameters<typeof registrationSetup.createMachine>[0]);
