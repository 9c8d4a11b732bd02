/**
 * The words of the call chart: what its guards ask, what its actions say, how long it waits.
 *
 * Everything here is pure. The chart itself, with the ladder of a call, is call.ts; what the actions do is
 * actions.ts, offer-actions.ts and answer-actions.ts.
 */
import { setup } from "xstate";
import { addCandidates, hasUsableCandidate, isGathered } from "../../protocol/media/candidates.ts";
import { asksFor, isEmpty, withRemoved } from "../../protocol/media/contents.ts";
import type { Media, TransportUpdate } from "../../protocol/media/media.ts";
import { answerTo, isHeldBy, keepsWaiting } from "../../protocol/media/offer-answer.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { callActions } from "./actions.ts";
import { answerActions, type Offer } from "./answer-actions.ts";
import { applied, hasRoom, withoutRemoved } from "./changes.ts";
import {
  agreed,
  answerable,
  type CallContext,
  type CallInput,
  others,
  own,
  phoneRole,
  remote,
  userRole,
  withEarly,
} from "./context.ts";
import { negotiationActions } from "./offer-actions.ts";
import type { CallEffect, CallEvent, Postponed, SourceChange } from "./vocabulary.ts";

type Device = { device: string };
type Trickle = { device: string; update: TransportUpdate };

const userHolds = (context: CallContext): boolean => isHeldBy(own(context), userRole(context));
/** Against what was agreed: what the phone only mirrors, because the user does not want to send, is no hold of its own. */
const phoneHolds = (context: CallContext): boolean =>
  keepsWaiting(remote(context), agreed(context), phoneRole(context));
const hasAddress = (media: Media): boolean => hasUsableCandidate(media) || isGathered(media);
/** Whether nobody else can answer: no other device rings, and none may still take the call by message. */
const isLast = (context: CallContext, device: string): boolean =>
  others(context, device).length === 0 && context.messages !== "proposed";
const asksTheClient = ({ added, restarted }: { added: readonly string[]; restarted: readonly string[] }): boolean =>
  added.length + restarted.length > 0;
const isDecided = ({ consultation }: CallContext): boolean => consultation !== null && !asksTheClient(consultation);

/** How often an offer that the phone puts off is made again. */
const MOST_TRIES = 5;
/** The user's description as the offer that is due next tells it. */
const next = (context: CallContext): Media => applied(agreed(context), context.proposals.slice(0, 1));

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
    "the user calls, with an address": ({ context }) => context.direction === "outgoing" && hasAddress(context.offer),
    "the user is called, with no device online": ({ context }) => !context.isOnline,
    "the answer has an address": ({ context }, { device, media }: Device & { media: Media }) =>
      context.peerTrickles || hasAddress(withEarly(context, device, media)),
    "that completes the offer": ({ context }, { update }: Trickle) =>
      isGathered(addCandidates(agreed(context), update)),
    "that completes the answer": ({ context }, { update }: Trickle) =>
      context.answer !== null && isGathered(addCandidates(context.answer, update)),
    "is ringing": (_, { status }: { status: number }) => status === 180 || status === 183,
    "audio alone may do": ({ context }, { status }: { status: number }) =>
      status === 488 &&
      context.retryAudioOnly &&
      withoutRemoved(agreed(context).contents, context.proposals).some(({ media }) => media === "audio") &&
      agreed(context).contents.some(({ media }) => media !== "audio"),
    "nothing of it is left": ({ context }, { media }: { media: Media }) =>
      isEmpty({ ...media, contents: withoutRemoved(media.contents, context.proposals) }),
    "that is the user's answer": ({ context }, { device, reason }: Device & { reason: Reason }) =>
      reason.condition === "decline" || isLast(context, device),
    "a party": ({ context }, { device }: Device) => context.devices.includes(device),
    "the phone was heard": ({ context }) => context.heard,
    "the last device": ({ context }, { device }: Device) => isLast(context, device),
    "a device may take it": ({ context }) => context.messages === "proposed",
    "nobody else is asked": ({ context }) => context.devices.length === 0,

    "something is to be proposed": ({ context }) => context.proposals.length > 0,
    "something is to be proposed, with an address": ({ context }) =>
      context.proposals.length > 0 && hasAddress(next(context)),
    "the address is there": ({ context }) => hasAddress(next(context)),
    "there is room": ({ context }) => hasRoom(context.proposals, own(context)),
    "there is room for the sources": ({ context }, { sources }: { sources: readonly SourceChange[] }) =>
      hasRoom(context.proposals, own(context), sources),
    "nothing would be left": ({ context }, { names }: { names: readonly string[] }) =>
      isEmpty(withRemoved(own(context), names)),
    "there is room, and no tie": ({ context }) =>
      hasRoom(context.proposals, own(context)) &&
      (context.direction === "outgoing" || !context.consultation?.added.length),
    "nothing is left": ({ context }, { media }: Offer) =>
      isEmpty(answerTo(media, answerable(context))) && asksFor(media, remote(context)).added.length === 0,
    "that needs the client": ({ context }, { media }: Offer) => asksTheClient(asksFor(media, remote(context))),
    "that tells of sources": (_, { action }: Offer) => action !== null,
    "the user has decided against all of it": ({ context }) =>
      isDecided(context) && isEmpty(answerTo(context.consultation?.offer ?? remote(context), answerable(context))),
    "the user has decided": ({ context }) => isDecided(context),
    "the user has decided, with an address": ({ context }) => isDecided(context) && hasAddress(answerable(context)),
    "the phone waits": ({ context }) => context.consultation !== null,
    "the phone waits, and the address is there": ({ context }) =>
      context.consultation !== null && hasAddress(answerable(context)),
    "it may be tried again": ({ context }, { status, pause }: Postponed) =>
      (status === 491 || pause !== null) && context.tries < MOST_TRIES,
    "that ends the dialog": (_, { status }: { status: number }) => status === 481 || status === 408,
    "the phone holds": ({ context }) => phoneHolds(context) && !userHolds(context),
    "the user holds": ({ context }) => userHolds(context) && !phoneHolds(context),
    "both hold": ({ context }) => userHolds(context) && phoneHolds(context),
    "nobody holds": ({ context }) => !userHolds(context) && !phoneHolds(context),
  },
  delays: {
    "no answer": ({ context }) => context.ringTimeout,
    "no device wakes": ({ context }) => context.jmiTimeout,
    "gather timeout": ({ context }) => context.gatherTimeout,
    "renegotiate timeout": ({ context }) => context.renegotiateTimeout,
    "64*T1": 32_000,
    "a minute": 60_000,
    "until we may offer again": ({ context }) => context.pause,
  },
  actions: { ...callActions, ...negotiationActions, ...answerActions },
});
