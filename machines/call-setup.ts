/**
 * The words of the call chart: what its guards ask, what its actions say, how long it waits.
 *
 * Everything here is pure: an action emits an effect or rewrites the context, nothing more. The chart itself, with the
 * ladder of a call, is `call.ts`.
 */
import { assign, emit, setup } from "xstate";
import type { Media, TransportUpdate } from "../protocol/media.ts";
import { failureOf, type Profile, type Reason, reasonOf, statusOf } from "../protocol/reasons.ts";
import { addCandidates, hasUsableCandidate, isGathered, newCandidates } from "../protocol/trickle.ts";
import type { CallEffect, CallEvent } from "./vocabulary.ts";

/** Candidates that devices sent before they accepted are kept, up to this many stanzas a call. */
const MOST_EARLY_UPDATES = 64;

export interface CallInput {
  readonly direction: "outgoing" | "incoming";
  /** The initiator's description; candidates that trickle in later are added to it. */
  readonly offer: Media;
  /** Full JIDs: outgoing, the one that calls; incoming, all that are asked. */
  readonly devices: readonly string[];
  readonly profile: Profile;
  /** Milliseconds. */
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
}

/** Plain JSON, so that a call can be stored, shown and compared. */
export interface CallContext extends CallInput {
  /** The responder's description, once there is one. */
  readonly answer: Media | null;
  /** The phone's dialog that the call goes on in (its tag); other forks are hung up. */
  readonly tag: string | null;
  /** What devices, or forks of the phone, trickled before one of them answered. */
  readonly early: readonly { readonly from: string; readonly update: TransportUpdate }[];
  readonly why: Reason | null;
}

type Device = { device: string };
type Trickle = { device: string; update: TransportUpdate };

const others = (context: CallContext, device: string) => context.devices.filter((one) => one !== device);
const reason = (condition: string): Reason => ({ condition });
const noAnswer: Reason = { condition: "general-error", sipError: { code: 408, phrase: "Request Timeout" } };

/** A description with what its writer (a device, a fork) trickled before it. */
const withEarly = (context: CallContext, from: string, media: Media) =>
  context.early.filter((one) => one.from === from).reduce((sum, one) => addCandidates(sum, one.update), media);
const keep = (context: CallContext, from: string, update: TransportUpdate) => ({
  early: [...context.early, { from, update }].slice(-MOST_EARLY_UPDATES),
});

export const callSetup = setup({
  types: {
    input: {} as CallInput,
    context: {} as CallContext,
    events: {} as CallEvent,
    emitted: {} as CallEffect,
    output: {} as { why: Reason | null },
    tags: {} as "unanswered" | "answered" | "ending",
    meta: {} as { spec: string },
  },
  guards: {
    "the user calls": ({ context }) => context.direction === "outgoing",
    "the user calls, with an address": ({ context }) =>
      context.direction === "outgoing" && (hasUsableCandidate(context.offer) || isGathered(context.offer)),
    "the answer has an address": ({ context }, { device, media }: Device & { media: Media }) => {
      const whole = withEarly(context, device, media);
      return hasUsableCandidate(whole) || isGathered(whole);
    },
    "that completes the offer": ({ context }, { update }: Trickle) => isGathered(addCandidates(context.offer, update)),
    "that completes the answer": ({ context }, { update }: Trickle) =>
      context.answer !== null && isGathered(addCandidates(context.answer, update)),
    "is ringing": (_, { status }: { status: number }) => status === 180 || status === 183,
    "that is the user's answer": ({ context }, { device, reason }: Device & { reason: Reason }) =>
      reason.condition === "decline" || others(context, device).length === 0,
    "the last device": ({ context }, { device }: Device) => others(context, device).length === 0,
  },
  delays: {
    "no answer": ({ context }) => context.ringTimeout,
    "gather timeout": ({ context }) => context.gatherTimeout,
    "64*T1": 32_000,
  },
  actions: {
    "send INVITE": emit(({ context }) => ({ type: "sip.send.invite" as const, media: context.offer })),
    "send 180": emit({ type: "sip.send.ringing" }),
    "send 200": emit(({ context }) => ({ type: "sip.send.success" as const, media: context.answer ?? context.offer })),
    "send 480": emit({ type: "sip.send.failure", failure: { status: 480 } }),
    "send 487": emit({ type: "sip.send.failure", failure: { status: 487 } }),
    "send final response (by reason)": emit(({ context }, params: { reason: Reason }) => ({
      type: "sip.send.failure" as const,
      failure: failureOf(params.reason, context.profile),
    })),
    "send final response (by error)": emit((_, params: { condition: string }) => ({
      type: "sip.send.failure" as const,
      failure: { status: statusOf(params.condition) },
    })),
    "send ACK": emit((_, params: { tag: string }) => ({ type: "sip.send.ack" as const, tag: params.tag })),
    "send CANCEL": emit(({ context }) => ({
      type: "sip.send.cancel" as const,
      reason: context.why ?? reason("cancel"),
    })),
    "send BYE": emit(({ context }) => ({
      type: "sip.send.bye" as const,
      tag: context.tag,
      reason: context.why ?? reason("success"),
    })),
    "send BYE (to that fork)": emit((_, params: { tag: string }) => ({
      type: "sip.send.bye" as const,
      tag: params.tag,
      reason: reason("success"),
    })),
    "send INFO": emit(({ context }) => ({
      type: "sip.send.info" as const,
      media: context.direction === "outgoing" ? context.offer : (context.answer ?? context.offer),
    })),

    "send session-initiate": emit(({ context }) => ({
      type: "jingle.send.session-initiate" as const,
      to: context.devices,
      media: context.offer,
    })),
    "send session-initiate (again)": emit(({ context }, params: Device) => ({
      type: "jingle.send.session-initiate" as const,
      to: [params.device],
      media: context.offer,
    })),
    "send ringing": emit(({ context }) => ({ type: "jingle.send.ringing" as const, to: context.devices })),
    "send session-accept": emit(({ context }) => ({
      type: "jingle.send.session-accept" as const,
      to: context.devices,
      media: context.answer ?? context.offer,
    })),
    "send transport-info (what is new)": emit(({ context }, params: { update: TransportUpdate }) => ({
      type: "jingle.send.transport-info" as const,
      to: context.devices,
      update: newCandidates(
        context.direction === "incoming" ? context.offer : (context.answer ?? context.offer),
        params.update,
      ),
    })),
    "send session-terminate": emit(({ context }) => ({
      type: "jingle.send.session-terminate" as const,
      to: context.devices,
      reason: context.why ?? reason("success"),
    })),
    "send session-terminate (cancel, to the others)": emit(({ context }, params: Device) => ({
      type: "jingle.send.session-terminate" as const,
      to: others(context, params.device),
      reason: reason("cancel"),
    })),

    "note why": assign({ why: (_, params: { reason: Reason }) => params.reason }),
    "note why (failure)": assign({
      why: ({ context }, params: { status: number; phrase: string }) => reasonOf(params, context.profile),
    }),
    "note why (no usable answer)": assign({
      why: (_, params: { text: string }): Reason => ({ condition: "general-error", text: params.text }),
    }),
    "note why (no answer)": assign({
      why: ({ context }) => (context.direction === "outgoing" ? noAnswer : reason("timeout")),
    }),
    "note why (CANCEL)": assign({
      why: ({ context }) => reason(context.profile === "precise" ? "cancel" : "decline"),
    }),
    "note why (never acknowledged)": assign({
      why: (): Reason => ({ condition: "general-error", text: "the answer was never acknowledged" }),
    }),
    "hear of progress": () => {},
    "remember the answer": assign(({ context }, { tag, media }: { tag: string; media: Media }) => ({
      tag,
      answer: withEarly(context, tag, media),
      early: [],
    })),
    "remember the dialog": assign({ tag: (_, params: { tag: string }) => params.tag }),
    "remember the accept": assign({
      answer: ({ context }, params: Device & { media: Media }) => withEarly(context, params.device, params.media),
      devices: (_, params: Device & { media: Media }) => [params.device],
      early: [],
    }),
    "add the user's candidates": assign(({ context }, { update }: Trickle) =>
      context.direction === "outgoing"
        ? { offer: addCandidates(context.offer, update) }
        : { answer: context.answer && addCandidates(context.answer, update) },
    ),
    "add the phone's candidates": assign(({ context }, { update }: { update: TransportUpdate }) =>
      context.direction === "incoming"
        ? { offer: addCandidates(context.offer, update) }
        : { answer: context.answer && addCandidates(context.answer, update) },
    ),
    "keep for the accept": assign(({ context }, { device, update }: Trickle) => keep(context, device, update)),
    "keep for the answer": assign(({ context }, { tag, update }: { tag: string; update: TransportUpdate }) =>
      keep(context, tag, update),
    ),
    "add the device": assign({
      devices: ({ context }, params: Device) => [...others(context, params.device), params.device],
    }),
    "drop the device": assign({ devices: ({ context }, params: Device) => others(context, params.device) }),
  },
});
