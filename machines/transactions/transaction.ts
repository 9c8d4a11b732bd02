/**
 * The parts of a transaction chart: flat states, events, named delays and named actions, in XState's own form.
 *
 * A transaction makes one request and its responses reliable on one hop (RFC 3261 §17, RFC 6026). Its chart is a plain
 * literal that two interpreters run: actors/sip/transactions.ts steps hundreds of thousands of plain records by it;
 * tests and drawings pass the same literal to XState's createMachine.
 *
 * Rules: entering a state starts its `after` delays, leaving it stops them, and a re-entering transition restarts them,
 * so a delay is always measured from now. The actions in `changes` change the timing, and occur only in
 * transitions; all others are effects, in the order transition, then entry. An event without a transition in the current state is
 * absorbed: that is the purpose of a transaction.
 */

/** The events of a transaction; responses come from the wire (client) or from the transaction user (server). */
export type TransactionEvent =
  | "response.provisional"
  | "response.success"
  | "response.failure"
  | "cancel"
  | "unreachable"
  | "request"
  | "ack";

/** The effects that a transaction asks its owner for. */
export type TransactionEffect =
  | "send the request"
  | "send ACK"
  | "send 100 Trying"
  | "send the response"
  | "send the last response"
  | "tell the user"
  | "tell the user (timeout)"
  | "tell the user (unreachable)"
  | "tell the user (ACK)"
  | "tell the user (no ACK)";

export interface TransactionStep {
  readonly target?: string;
  readonly reenter?: true;
  readonly actions?: readonly TransactionAction[];
  readonly description?: string;
}

export interface TransactionState {
  readonly type?: "final";
  readonly description: string;
  readonly meta: { readonly spec: string };
  readonly entry?: readonly TransactionEffect[];
  readonly on?: { readonly [event in TransactionEvent]?: TransactionStep };
  readonly after?: { readonly [delay in TransactionDelay]?: TransactionStep };
}

export interface TransactionChart {
  readonly id: string;
  readonly initial: string;
  readonly states: { readonly [name: string]: TransactionState };
}

/** The times that the delays of a transaction are computed from, in milliseconds. */
export interface Timing {
  /** Whether the transport is reliable (TCP), so that nothing is retransmitted. */
  readonly reliable: boolean;
  /** The start of the wait that Timers B, F, H, J, L and M end. */
  readonly since: number;
  /** The time of the next retransmission, and the interval before it. */
  readonly next: number;
  readonly interval: number;
}

/** In milliseconds, RFC 3261 §17.1.1.1: the estimate of a round trip. */
export const T1 = 500;
const T2 = 4_000; // the longest pause between two retransmissions
const T4 = 5_000; // the maximum time that a message stays in the network

/** The timing of a transaction that starts now. */
export function beginTiming(reliable: boolean, now: number): Timing {
  return { reliable, since: now, interval: T1, next: now + T1 };
}

/** The actions that change the timing. */
export const changes = {
  "start the retransmissions": (timing: Timing, now: number): Timing => beginTiming(timing.reliable, now),
  "start the wait": (timing: Timing, now: number): Timing => ({ ...timing, since: now }),
  "double the pause": (timing: Timing): Timing => paused(timing, 2 * timing.interval),
  "double the pause, up to T2": (timing: Timing): Timing => paused(timing, Math.min(2 * timing.interval, T2)),
  "make the pause T2": (timing: Timing): Timing => paused(timing, T2),
} as const;

function paused(timing: Timing, interval: number): Timing {
  return { ...timing, interval, next: timing.next + interval };
}

type Delay = (timing: Timing, now: number) => number;

const again: Delay = (timing, now) => timing.next - now;
const againUnlessReliable: Delay = (timing, now) => (timing.reliable ? Number.POSITIVE_INFINITY : again(timing, now));
const wholeWait: Delay = (timing, now) => timing.since + 64 * T1 - now;
const lingering =
  (span: number): Delay =>
  (timing) =>
    timing.reliable ? 0 : span;

/** The remaining milliseconds of each delay (RFC 3261 table 4, RFC 6026 §7); infinite if it does not apply. */
export const delays = {
  "Timer A": againUnlessReliable,
  "Timer B": wholeWait,
  "Timer D": lingering(32_000),
  "Timer E": againUnlessReliable,
  "Timer F": wholeWait,
  "Timer G": againUnlessReliable,
  "Timer H": wholeWait,
  "Timer I": lingering(T4),
  "Timer J": lingering(64 * T1),
  "Timer K": lingering(T4),
  "Timer L": wholeWait,
  "Timer M": wholeWait,
  "200 ms": (): number => 200, // RFC 3261 §17.2.1
  "2xx again": again, // RFC 3261 §13.3.1.4: end to end, so on reliable transports, too
  "no final response after CANCEL": wholeWait, // RFC 3261 §9.1
} as const satisfies Record<string, Delay>;

export type TransactionDelay = keyof typeof delays;
export type TransactionChange = keyof typeof changes;
export type TransactionAction = TransactionEffect | TransactionChange;
