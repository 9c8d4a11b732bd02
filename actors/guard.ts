/**
 * What comes to a call from outside of its chart runs under the guard of that call: responses, ACKs, timers.
 *
 * Rule: a fault in a handler ends the call that it is of, on both sides, and nobody else's; without this it would be
 * logged by whoever has called the handler, and the call would hang.
 */
import type { Clock } from "./clock.ts";
import type { SipStack } from "./sip/stack.ts";
import type { Awaiting } from "./sip/user.ts";

/** Runs what a call does; a fault in it is the end of that call, and gives false. */
export type Guard = (work: () => void) => boolean;

/** What a call needs of the SIP stack. */
export type CallSip = Pick<SipStack, "send" | "cancel" | "acknowledge">;

export const guardedSip = (sip: CallSip, guard: Guard): CallSip => ({
  send: (request, to, on) =>
    sip.send(request, to, {
      response: (response) => void guard(() => on.response(response)),
      failed: (why) => void guard(() => on.failed(why)),
    }),
  cancel: (transaction, fields) => sip.cancel(transaction, fields),
  acknowledge: (ack, to) => sip.acknowledge(ack, to),
});

export const guardedClock = (clock: Clock, guard: Guard): Clock => ({
  now: () => clock.now(),
  after: (ms, run) => clock.after(ms, () => void guard(run)),
});

export const guardedAwaiting = (it: Awaiting, guard: Guard): Awaiting => ({
  get holdsBye() {
    return it.holdsBye;
  },
  acknowledged: (ack) => void guard(() => it.acknowledged(ack)),
  unacknowledged: () => void guard(() => it.unacknowledged()),
  cancelled: () => void guard(() => it.cancelled()),
});
