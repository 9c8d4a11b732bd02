/**
 * The actions of an established call when the phone offers a change: some offers are answered at once, others only after the
 * user's client is asked.
 *
 * RFC 3264 §6 and §8, RFC 3261 §14.2, XEP-0166 §7.2. Rules: an answer has the contents of its offer, in the same
 * places; a content that it refuses is refused on both sides from then on; the user's decisions in a consultation are
 * stored apart from the agreed description until the answer is sent, so that an abandoned consultation leaves no trace.
 */

import type { Tone } from "../../protocol/dtmf.ts";
import { answerTo } from "../../protocol/media/answer.ts";
import {
  asksFor,
  candidatesOf,
  contentsNamed,
  refusedAlike,
  removedBetween,
  restartsOf,
  withAdded,
  withGroups,
  withoutCandidates,
  withPlaces,
  withTransports,
} from "../../protocol/media/contents.ts";
import { inItsGeneration } from "../../protocol/media/generations.ts";
import type { Content, ContentSenders, Media, TransportUpdate } from "../../protocol/media/media.ts";
import {
  asOffer,
  changedSenders,
  namedSources,
  type SourceAction,
  withSources,
} from "../../protocol/media/offer-answer.ts";
import { change, say, sayEach } from "./action-makers.ts";
import { agreed, answerable, type CallContext, own, phoneHolds, remote, withAgreed, withRemote } from "./context.ts";
import { isWanted, tell, tellAdded, tellCodecs, tellSenders } from "./telling.ts";
import type { CallEffect } from "./vocabulary.ts";

export type Offer = { media: Media; action: SourceAction | null };
type Update = { update: TransportUpdate };
/** A description from the phone: an offer, or the answer in an ACK. */
type Described = { media: Media };

/** The contents of the phone's offer that the user's session already has. */
const known = (context: CallContext, offer: Media): Content[] => {
  const { added } = asksFor(offer, remote(context));
  return offer.contents.filter(({ name, rejected }) => !rejected && !added.includes(name));
};

const withoutAll = (names: readonly string[], gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name));
/** The part of the phone's offer that our answer accepts. */
const taken = (context: CallContext, media: Media): Media => refusedAlike(media, answerTo(media, answerable(context)));

/** The phone's offers that can be answered at once. */
const atOnce = {
  "send 200 (what both want)": say((context, { media }: Offer) => ({
    type: "sip.send.success",
    media: answerTo(media, answerable(context)),
  })),
  "send 200 (the session as it is)": say((context) => ({ type: "sip.send.success", media: asOffer(agreed(context)) })),
  "send 488": say(() => ({ type: "sip.send.failure", failure: { status: 488, warning: 304 } })),
  "send 504": say(() => ({ type: "sip.send.failure", failure: { status: 504 } })),
  "tell the user's client": sayEach((context, { media }: Described) => [
    ...tell(context, "transports", known(context, taken(context, media))),
    ...tellTheRest(context, media),
  ]),
  "remember the phone's offer": change((context, { media }: Described) => agree(context, media, agreed(context))),
  "send source action": say((context, { media, action }: Offer) => ({
    type: "jingle.send.source",
    to: context.devices,
    action: action ?? "source-update",
    media: { ...media, contents: known(context, media) },
  })),
  "remember the phone's sources": change((context, { media, action }: Offer) => ({
    ...withRemote(
      context,
      withPlaces(withSources(remote(context), action ?? "source-update", namedSources(media)), media),
    ),
    ...withAgreed(context, withPlaces(agreed(context), media)),
  })),
  "send hold": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: true })),
  "send active": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: false })),
  "send DTMF": say(({ devices }, { tone }: { tone: Tone }) => ({ type: "jingle.send.dtmf", to: devices, tone })),
};

/** The phone's offer and our answer to it become the agreed state; the answer has the places of the offer. */
function agree(context: CallContext, offer: Media, mine: Media): Partial<CallContext> {
  const media = taken(context, offer);
  return { ...withRemote(context, media), ...withAgreed(context, withPlaces(refusedAlike(mine, media), media)) };
}

/** Changes of an offer that the user is notified of besides transports: codecs, senders, removed contents. */
function tellTheRest(context: CallContext, offer: Media): CallEffect[] {
  const media = taken(context, offer);
  const removed = removedBetween(remote(context), media).filter((name) => isWanted(context, name));
  return [
    ...tellCodecs(context, remote(context), media),
    ...tellSenders(context, sendersNow(context, media)),
    ...tell(context, "content-remove", contentsNamed(media, removed)),
  ];
}

/** The contents whose senders have changed; none if the phone holds or resumes, which is signalled by session-info instead. */
function sendersNow(context: CallContext, media: Media): ContentSenders[] {
  if (phoneHolds(context, media) !== phoneHolds(context)) return [];
  const mine = answerable(context);
  return changedSenders(answerTo(remote(context), mine), answerTo(media, mine)).filter(({ name }) =>
    known(context, media).some((content) => content.name === name),
  );
}

/** The phone's transports; the candidates of an ICE restart follow separately. */
function tellTransports(
  context: CallContext,
  contents: readonly Content[],
  restarted: readonly string[],
): CallEffect[] {
  const moved = contents.filter(({ name }) => restarted.includes(name));
  const update = candidatesOf(moved);
  const found = update.contents.some(({ candidates, gathered }) => candidates.length > 0 || gathered);
  return [
    ...tell(context, "transports", withoutCandidates(contents, restarted)),
    ...(found ? [{ type: "jingle.send.transport-info" as const, to: context.devices, update }] : []),
  ];
}

/** The phone's offers that need an answer from the user's client. */
const consultations = {
  "ask the user's client": sayEach((context, { media }: Offer): CallEffect[] => {
    const { added, restarted } = asksFor(media, remote(context));
    return [...tellTransports(context, known(context, media), restarted), ...tellAdded(context, media, added)];
  }),
  "note what is asked": change((context, { media }: Offer) => ({
    consultation: { offer: media, mine: withPlaces(agreed(context), media), ...asksFor(media, remote(context)) },
  })),
  "note what the user accepts": change((context, { media }: { media: Media }) =>
    decided(
      context,
      media.contents.map(({ name }) => name),
      (mine) => withGroups(withAdded(mine, media.contents), media.groups),
    ),
  ),
  "note what the user rejects": change((context, { names }: { names: readonly string[] }) => decided(context, names)),
  "note the user's transports": change((context, { update }: Update) => {
    const { mine, restarted } = context.consultation ?? { mine: own(context), restarted: none };
    const moved = restartsOf(mine, update).filter(({ name }) => restarted.includes(name));
    const after = withTransports(mine, moved);
    const names = after.contents.filter(({ transport }, at) => transport.ufrag !== mine.contents[at]?.transport.ufrag);
    return moved.length === 0
      ? {}
      : decided(
          context,
          names.map(({ name }) => name),
          () => after,
        );
  }),
  "send 200 (what the user has decided)": say((context) => ({
    type: "sip.send.success",
    media: answerTo(asked(context).offer, answerable(context)),
  })),
  "tell what else has changed": sayEach((context) => tellTheRest(context, asked(context).offer)),
  "remember what was decided": change((context) => ({
    ...agree(context, asked(context).offer, asked(context).mine),
    consultation: null,
  })),
  "take back what was asked": sayEach((context) => {
    const { offer, mine } = asked(context);
    const open = context.consultation?.added ?? [];
    // the user is not notified about contents that they rejected themselves
    const accepted = mine.contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
    const { added, restarted } = asksFor(offer, remote(context));
    const names = added.filter((name) => [...open, ...accepted].includes(name));
    return [
      ...tellTransports(context, contentsNamed(backAgain(context), restarted), restarted),
      ...tell(context, "content-remove", contentsNamed(offer, names)),
    ];
  }),
  "forget what was asked": change((context) => ({ ...withRemote(context, backAgain(context)), consultation: null })),
};

const asked = (context: CallContext): { offer: Media; mine: Media } =>
  context.consultation ?? { offer: remote(context), mine: agreed(context) };

/** The phone's description after its offer is given up; for the user that is one more ICE restart. */
const backAgain = (context: CallContext): Media => inItsGeneration(asked(context).offer, remote(context));

const none: readonly string[] = [];

/** The consultation without these contents among the undecided, with the user's answer so far. */
function decided(
  { consultation }: CallContext,
  names: readonly string[],
  answer = (mine: Media): Media => mine,
): Partial<CallContext> {
  if (consultation === null) return {};
  const { added, restarted, mine } = consultation;
  return {
    consultation: {
      ...consultation,
      mine: answer(mine),
      added: withoutAll(added, names),
      restarted: withoutAll(restarted, names),
    },
  };
}

export const answerActions = { ...atOnce, ...consultations };
