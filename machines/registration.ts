/**
 * One account at a provider: its registration, from the start of the gateway to its stop.
 *
 *   gateway                               registrar
 *     │ REGISTER, Expires: 600 ─────────────▶│
 *     │◀─────────── 200, Contact;expires=480 ─│
 *     │ REGISTER, after 360 s ──────────────▶│
 *     │ REGISTER, Expires: 0 ───────────────▶│
 *
 * RFC 3261 §10.2, RFC 5626 §4.5. Rules: the registration is refreshed at three quarters of the interval that the registrar granted,
 * at the earliest after 30 s, at the latest after three quarters of a day; a longer interval that the registrar demands (423) is used; a
 * failure is retried after 30 s, 60 s, … half an hour, with jitter, and never given up; a refusal of the account itself (401, 403, 407) waits
 * half an hour at once, since many tries lock an account; a lost connection (RFC 5626 §4.5) is opened again at once, unless the registration
 * stood for less than half a minute, which counts as a failure; failures are forgotten once a registration has stood for that long, so a
 * registrar that answers 200 and closes the connection is asked less and less often; Retry-After (§20.33) lengthens each of these pauses, to an hour at most; at
 * the stop the binding is removed if one may exist, but only after an open REGISTER is answered (§10.2). Left out: digest, and the addresses
 * of a provider: one `send` tries all of them (actors/trunks/registration.ts).
 */
import { assign, emit, setup } from "xstate";
import { given } from "./given.ts";

export type RegistrationEvent =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  /** The configuration was reloaded, which may have removed the reason why the registrar was unreachable. */
  | { readonly type: "reload" }
  /** The account's name for digest, or its password, was changed. */
  | { readonly type: "login changed" }
  | { readonly type: "sip.register.success"; readonly granted: number }
  /** A final response other than 2xx; `least` is the Min-Expires of a 423; `chance` is between 0 and 1. */
  | ({ readonly type: "sip.register.failure" } & Failure)
  /** No address of the registrar has answered. */
  | ({ readonly type: "sip.register.timeout" } & Silence)
  /** The registration's connection is lost; `stood` is the time since the first success on it, in milliseconds. */
  | ({ readonly type: "sip.flow.lost"; readonly stood: number } & Silence);

export type RegistrationEffect =
  | { readonly type: "sip.send.register"; readonly expires: number }
  | { readonly type: "registration.over" };

interface Failure {
  readonly status: number;
  readonly phrase: string;
  readonly least: number | null;
  readonly wait: number;
  readonly chance: number;
}

/** `wait` is Retry-After, in seconds; 0 without one. */
interface Silence {
  readonly why: string;
  readonly wait: number;
  readonly chance: number;
}

export interface RegistrationContext {
  /** Seconds: the interval requested, and the one granted. */
  readonly expires: number;
  readonly granted: number;
  /** Whether a binding may exist: one was granted, or an unanswered REGISTER may have created one. */
  readonly mayBeBound: boolean;
  /** Failures since a registration last stood for half a minute, and demands for a longer interval (423) since the last success. */
  readonly failures: number;
  readonly longer: number;
  readonly chance: number;
  /** Seconds: Retry-After of the last response. */
  readonly wait: number;
  /** Why it is refused or unreachable; "" if it is neither. */
  readonly why: string;
}

/** Milliseconds. */
const FIRST_PAUSE = 30_000;
const LONGEST_PAUSE = 1_800_000;
/** The longest Retry-After that is obeyed. */
const LONGEST_WAIT = 3_600_000;
/** A connection lost after this time is opened again at once. */
const STOOD = 30_000;
/** Seconds: the longest interval that a registrar may demand, */
const LONGEST_INTERVAL = 86_400;
/** and how many times in a row it may demand a longer one. */
const MOST_INTERVALS = 3;

/** Half of it is fixed, half is random. */
const jittered = (pause: number, chance: number): number => Math.round(pause * (0.5 + chance / 2));
/** Our own pause, or the registrar's Retry-After if that is longer. */
const paused = (pause: number, { chance, wait }: RegistrationContext): number =>
  Math.max(jittered(pause, chance), Math.min(LONGEST_WAIT, wait * 1_000));
const backOff = (context: RegistrationContext): number =>
  paused(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(Math.max(0, context.failures - 1), 16)), context);

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
    "a binding may live": ({ context }) => context.mayBeBound,
    "it has stood for a while": (_, { stood }: { stood: number }) => stood >= STOOD,
    "it refuses the account": (_, { status }: Failure) => status === 401 || status === 403 || status === 407,
  },
  delays: {
    "three quarters of what was given": ({ context }) =>
      Math.max(FIRST_PAUSE, Math.min(LONGEST_INTERVAL, context.granted) * 750),
    "back-off": ({ context }) => backOff(context),
    "half an hour": ({ context }) => paused(LONGEST_PAUSE, context),
    "half a minute": STOOD,
    "a moment": 2_000,
  },
  actions: {
    "send REGISTER": emit(({ context }) => ({ type: "sip.send.register" as const, expires: context.expires })),
    "send REGISTER (Expires: 0)": emit({ type: "sip.send.register", expires: 0 }),
    "tell that it is over": emit({ type: "registration.over" }),
    "note what was given": assign((_, { granted }: { granted: number }) => ({
      granted,
      mayBeBound: true,
      longer: 0,
      wait: 0,
      why: "",
    })),
    "forget the failures": assign({ failures: 0 }),
    "note why": assign((_, { why }: { why: string }) => ({ why })),
    "note the interval": assign(({ context }, { least }: Failure) => ({
      expires: least ?? context.expires,
      longer: context.longer + 1,
    })),
    "note the refusal": assign(({ context }, { status, phrase, wait, chance }: Failure) => ({
      why: `${status} ${phrase}`,
      failures: context.failures + 1,
      wait,
      chance,
    })),
    "note the silence": assign(({ context }, { why, wait, chance }: Silence) => ({
      mayBeBound: true,
      why,
      failures: context.failures + 1,
      wait,
      chance,
    })),
  },
});

/** Responses to a REGISTER that asks for a binding. */
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
  context: ({ input }) => ({
    expires: input.expires,
    granted: 0,
    mayBeBound: false,
    failures: 0,
    longer: 0,
    chance: 1,
    wait: 0,
    why: "",
  }),
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
      on: { ...answered, stop: "unregistering.waiting" },
    },
    registered: {
      description: "Whoever calls the account reaches the gateway.",
      tags: "bound",
      initial: "resting",
      after: { "half a minute": { actions: "forget the failures" } },
      on: {
        "sip.flow.lost": [
          { target: "registering", guard: given("it has stood for a while"), actions: given("note why") },
          { target: "unreachable", actions: given("note the silence") },
        ],
      },
      states: {
        resting: {
          description: "The registrar knows us for a while.",
          on: { stop: "#registration.unregistering" },
          after: { "three quarters of what was given": "refreshing" },
        },
        refreshing: {
          description: "REGISTER is sent again before the registrar forgets us.",
          meta: { spec: "RFC 3261 §10.2.4" },
          entry: "send REGISTER",
          on: { ...answered, stop: "#registration.unregistering.waiting" },
        },
      },
    },
    refused: {
      description: "The registrar has refused us; it is asked again later.",
      initial: "request",
      on: {
        "login changed": "registering",
        stop: [{ target: "unregistering", guard: "a binding may live" }, { target: "over" }],
      },
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
      on: { stop: "unregistering", reload: "registering" },
      after: { "back-off": "registering" },
    },
    unregistering: {
      description: "Whoever calls the account shall not reach the gateway any more.",
      initial: "asking",
      states: {
        waiting: {
          description: "The REGISTER that is open is waited for: no other one is sent across it.",
          meta: { spec: "RFC 3261 §10.2" },
          on: {
            "sip.register.success": "asking",
            "sip.register.failure": [
              { target: "asking", guard: "a binding may live" },
              { target: "#registration.over" },
            ],
            "sip.register.timeout": "asking",
          },
          after: { "a moment": "asking" },
        },
        asking: {
          description: "REGISTER takes the binding away; what is answered to it changes nothing.",
          meta: { spec: "RFC 3261 §10.2.2" },
          entry: "send REGISTER (Expires: 0)",
          on: {
            "sip.register.success": "#registration.over",
            "sip.register.failure": "#registration.over",
            "sip.register.timeout": "#registration.over",
          },
          after: { "a moment": "#registration.over" },
        },
      },
    },
    over: { type: "final", description: "Nothing more will be asked for.", entry: "tell that it is over" },
  },
} satisfies Parameters<typeof registrationSetup.createMachine>[0]);
