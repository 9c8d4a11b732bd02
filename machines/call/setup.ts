/**
 * The vocabulary of the call's chart: its guards, delays and actions.
 *
 * All of it is pure. The chart itself, with the ladder of a call, starts in call.ts; the actions are in actions.ts,
 * offer-actions.ts and answer-actions.ts.
 */
import { setup } from "xstate";
import { answerTo } from "../../protocol/media/answer.ts";
import { addCandidates, hasUsableCandidate, isGathered } from "../../protocol/media/candidates.ts";
import { asksFor, isEmpty, withRemoved } from "../../protocol/media/contents.ts";
import type { ContentSources, Media, TransportUpdate } from "../../protocol/media/media.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { callActions } from "./actions.ts";
import { answerActions, type Offer } from "./answer-actions.ts";
import { applied, withoutRemoved } from "./changes.ts";
import {
  agreed,
  answerable,
  type CallContext,
  type CallInput,
  others,
  own,
  phoneHolds,
  remote,
  userHolds,
  withEarly,
} from "./context.ts";
import { mayRetry } from "./glare.ts";
import { offerActions } from "./offer-actions.ts";
import { isFull, isTie } from "./refused-changes.ts";
import type { CallEffect, CallEvent, Postponed } from "./vocabulary.ts";

type Device = { device: string };
type Trickle = { device: string; update: TransportUpdate };

/** Whether the description can be sent to the phone: it has a usable candidate, or gathering is over; with a relay always. */
const hasAddress = (context: CallContext, media: Media): boolean =>
  context.relayed || hasUsableCandidate(media) || isGathered(media);
/** Statuses by which a phone refuses an offer that only a WebRTC client could accept. */
const NOT_FOR_WEBRTC: ReadonlySet<number> = new Set([415, 488, 606]);
const hasAudio = ({ contents }: Media): boolean => contents.some(({ media }) => media === "audio");
/** Whether nobody else can answer: no other device rings, and no propose is out. */
const isLast = (context: CallContext, device: string): boolean =>
  others(context, device).length === 0 && context.messages !== "proposed";
const asksTheClient = ({ added, restarted }: { added: readonly string[]; restarted: readonly string[] }): boolean =>
  added.length + restarted.length > 0;
const isDecided = ({ consultation }: CallContext): boolean => consultation !== null && !asksTheClient(consultation);

/** The user's description including the next pending offer. */
const next = (context: CallContext): Media => applied(agreed(context), context.pendingOffers.slice(0, 1));

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
      context.direction === "outgoing" && hasAddress(context, context.offer),
    "the user is called, with no device online": ({ context }) => !context.isOnline,
    "the answer has an address": ({ context }, { device, media }: Device & { media: Media }) =>
      context.peerTrickles || hasAddress(context, withEarly(context, device, media)),
    "that completes the offer": ({ context }, { update }: Trickle) =>
      isGathered(addCandidates(agreed(context), update)),
    "that completes the answer": ({ context }, { update }: Trickle) =>
      context.answer !== null && isGathered(addCandidates(context.answer, update)),
    "is ringing": (_, { status }: { status: number }) => status === 180 || status === 183,
    "a relay may help": ({ context }, { status }: { status: number }) =>
      NOT_FOR_WEBRTC.has(status) && context.relayIfRefused && !context.relayed && hasAudio(agreed(context)),
    "the audio alone may be accepted": ({ context }, { status }: { status: number }) =>
      status === 488 &&
      context.retryAudioOnly &&
      withoutRemoved(agreed(context).contents, context.pendingOffers).some(({ media }) => media === "audio") &&
      agreed(context).contents.some(({ media }) => media !== "audio"),
    "all it takes is removed": ({ context }, { media }: { media: Media }) =>
      isEmpty({ ...media, contents: withoutRemoved(media.contents, context.pendingOffers) }),
    "that is the user's answer": ({ context }, { device, reason }: Device & { reason: Reason }) =>
      reason.condition === "decline" || isLast(context, device),
    "a party": ({ context }, { device }: Device) => context.devices.includes(device),
    "a provisional was received": ({ context }) => context.provisional,
    "the last device": ({ context }, { device }: Device) => isLast(context, device),
    "a device may take it": ({ context }) => context.messages === "proposed",
    "nobody else is asked": ({ context }) => context.devices.length === 0,

    "an offer is pending": ({ context }) => context.pendingOffers.length > 0,
    "an offer is pending, with an address": ({ context }) =>
      context.pendingOffers.length > 0 && hasAddress(context, next(context)),
    "the address is there": ({ context }) => context.consultation === null && hasAddress(context, next(context)),
    "there is room": ({ context }) => !isFull(context),
    "there is room for the sources": ({ context }, { sources }: { sources: readonly ContentSources[] }) =>
      !isFull(context, sources),
    "the last content goes": ({ context }, { names }: { names: readonly string[] }) =>
      isEmpty(withRemoved(own(context), names)),
    "there is room, and no tie": ({ context }) => !isFull(context) && !isTie(context),
    "nothing of it can be accepted": ({ context }, { media }: Offer) =>
      isEmpty(answerTo(media, answerable(context))) && asksFor(media, remote(context)).added.length === 0,
    "that needs the client": ({ context }, { media }: Offer) => asksTheClient(asksFor(media, remote(context))),
    "that tells of sources": (_, { action }: Offer) => action !== null,
    "the user has decided against all of it": ({ context }) =>
      isDecided(context) && isEmpty(answerTo(context.consultation?.offer ?? remote(context), answerable(context))),
    "the user has decided": ({ context }) => isDecided(context),
    "the user has decided, with an address": ({ context }) =>
      isDecided(context) && hasAddress(context, answerable(context)),
    "the phone waits": ({ context }) => context.consultation !== null,
    "the phone waits, and the address is there": ({ context }) =>
      context.consultation !== null && hasAddress(context, answerable(context)),
    "it may be tried again": ({ context }, postponed: Postponed) => mayRetry(postponed, context.tries),
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
  actions: { ...callActions, ...offerActions, ...answerActions },
});

/** A state of the chart as a literal; an unknown event, delay, guard or action does not compile. */
export type CallState = Parameters<typeof callSetup.createStateConfig>[0];
/** The transitions of a state. */
export type CallTransitions = NonNullable<CallState["on"]>;
