/**
 * The words of the call chart: what its guards ask, what its actions say, how long it waits.
 *
 * Everything here is pure: an action emits an effect or rewrites the context, nothing more. The chart itself, with the
 * ladder of a call, is `call.ts`.
 */
import { assign, emit, setup } from "xstate";
import type { Media, Role, TransportUpdate } from "../protocol/media.ts";
import { failureOf, type Profile, type Reason, reasonOf, statusOf } from "../protocol/reasons.ts";
import { addCandidates, hasUsableCandidate, isGathered, newCandidates } from "../protocol/trickle.ts";
import {
  answerTo,
  changedSenders,
  holding,
  isHeldBy,
  modified,
  namedSources,
  needsClient,
  type Proposal,
  proposed,
  type SourceAction,
  withProposal,
  withSources,
} from "./negotiation.ts";
import type { CallEffect, CallEvent, SendersChange, SourceChange } from "./vocabulary.ts";

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
  /** The user's description as it was last agreed, to go back to. */
  readonly agreed: Media | null;
  /** What we have offered inside the dialog and was not answered yet. */
  readonly offered: Media | null;
  /** Offers of ours that are due; the first one is under way in `offering`. */
  readonly proposals: readonly Proposal[];
  /** Between 0 and 1: how long to wait after two offers have crossed (RFC 3261 §14.1). */
  readonly chance: number;
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

/** The user's description, and the phone's. */
const own = ({ direction, offer, answer }: CallContext): Media =>
  direction === "outgoing" ? offer : (answer ?? offer);
const remote = ({ direction, offer, answer }: CallContext): Media =>
  direction === "incoming" ? offer : (answer ?? offer);
const withOwn = ({ direction }: CallContext, media: Media) =>
  direction === "outgoing" ? { offer: media } : { answer: media };
const withRemote = ({ direction }: CallContext, media: Media) =>
  direction === "incoming" ? { offer: media } : { answer: media };
const userRole = ({ direction }: CallContext): Role => (direction === "outgoing" ? "initiator" : "responder");
const phoneRole = ({ direction }: CallContext): Role => (direction === "incoming" ? "initiator" : "responder");
const userHolds = (context: CallContext): boolean => isHeldBy(own(context), userRole(context));
const phoneHolds = (context: CallContext): boolean => isHeldBy(remote(context), phoneRole(context));
const propose = (context: CallContext, media: Media, next: Proposal) => ({
  ...withOwn(context, media),
  proposals: withProposal(context.proposals, next, context.offered !== null),
});
const asItIs: Proposal = { action: null, sources: [] };
type Offer = { media: Media; action: SourceAction | null };

/** What an action or a guard is given: the event itself, narrowed to the transition it stands in. */
export const theEvent = <Event>({ event }: { event: Event }) => event;

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
    "something is to be proposed": ({ context }) => context.proposals.length > 0,
    "that needs the client": ({ context }, { media }: Offer) => needsClient(media, remote(context)) !== undefined,
    "that tells of sources": (_, { action }: Offer) => action !== null,
    "offers have crossed": (_, { status }: { status: number }) => status === 491,
    "that ends the dialog": (_, { status }: { status: number }) => status === 481 || status === 408,
    "the phone holds": ({ context }) => phoneHolds(context) && !userHolds(context),
    "the user holds": ({ context }) => userHolds(context) && !phoneHolds(context),
    "both hold": ({ context }) => userHolds(context) && phoneHolds(context),
    "nobody holds": ({ context }) => !userHolds(context) && !phoneHolds(context),
    "the last device": ({ context }, { device }: Device) => others(context, device).length === 0,
  },
  delays: {
    "no answer": ({ context }) => context.ringTimeout,
    "gather timeout": ({ context }) => context.gatherTimeout,
    "64*T1": 32_000,
    "a minute": 60_000,
    // RFC 3261 §14.1: whoever has made the Call-ID waits longer
    "until the crossing is over": ({ context }) =>
      context.direction === "outgoing" ? 2_100 + 1_900 * context.chance : 2_000 * context.chance,
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

    "send re-INVITE": emit(({ context }) => ({
      type: "sip.send.reinvite" as const,
      media: proposed(own(context), context.proposals[0] ?? asItIs),
      action: context.proposals[0]?.action ?? null,
    })),
    "send 200 (what both want)": emit(({ context }, { media }: Offer) => ({
      type: "sip.send.success" as const,
      media: answerTo(media, own(context)),
    })),
    "send 200 (the session as it is)": emit(({ context }) => ({
      type: "sip.send.success" as const,
      media: own(context),
    })),
    "send 488": emit({ type: "sip.send.failure", failure: { status: 488, warning: 304 } }),
    "send transport-info (whole)": emit(({ context }, { media }: Offer) => ({
      type: "jingle.send.transports" as const,
      to: context.devices,
      media,
    })),
    "send content-modify (other senders)": emit(({ context }, { media }: Offer) => ({
      type: "jingle.send.content-modify" as const,
      to: context.devices,
      changes:
        isHeldBy(media, phoneRole(context)) === phoneHolds(context)
          ? changedSenders(answerTo(remote(context), own(context)), answerTo(media, own(context)))
          : [],
    })),
    "send content-modify (as it was)": emit(({ context }) => ({
      type: "jingle.send.content-modify" as const,
      to: context.devices,
      changes: changedSenders(own(context), context.agreed ?? own(context)),
    })),
    "send source action": emit(({ context }, { media, action }: Offer) => ({
      type: "jingle.send.source" as const,
      to: context.devices,
      action: action ?? ("source-update" as const),
      media,
    })),
    "send hold": emit(({ context }) => ({ type: "jingle.send.hold" as const, to: context.devices, holds: true })),
    "send active": emit(({ context }) => ({ type: "jingle.send.hold" as const, to: context.devices, holds: false })),

    "hold or resume": assign(({ context }, { holds }: { holds: boolean }) => {
      const media = holding(own(context), userRole(context), holds);
      return changedSenders(own(context), media).length > 0 ? propose(context, media, asItIs) : {};
    }),
    "change the senders": assign(({ context }, { changes }: { changes: readonly SendersChange[] }) => {
      const media = modified(own(context), changes);
      return changedSenders(own(context), media).length > 0 ? propose(context, media, asItIs) : {};
    }),
    "change the sources": assign(
      ({ context }, { action, sources }: { action: SourceAction; sources: readonly SourceChange[] }) =>
        propose(context, withSources(own(context), action, sources), { action, sources }),
    ),
    "remember what is offered": assign({ offered: ({ context }) => own(context) }),
    "remember what is agreed": assign(({ context }, { media }: { media: Media }) => ({
      ...withRemote(context, media),
      agreed: context.offered,
      offered: null,
      proposals: context.proposals.slice(1),
    })),
    "remember the phone's offer": assign(({ context }, { media }: Offer) => withRemote(context, media)),
    "remember the phone's sources": assign(({ context }, { media, action }: Offer) =>
      withRemote(context, withSources(remote(context), action ?? "source-update", namedSources(media))),
    ),
    "go back to what was agreed": assign(({ context }) => ({
      ...withOwn(context, context.agreed ?? own(context)),
      offered: null,
      proposals: [],
    })),
    "note the crossing": assign({ offered: null, chance: (_, { chance }: { chance: number }) => chance }),
    "remember what was agreed first": assign({ agreed: ({ context }) => own(context) }),

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
