/**
 * What the actions of a running call say and change: offers both ways, and what either side is told of them.
 *
 * RFC 3264 §8, RFC 3261 §14, XEP-0166 §7.2. Rules: what the user changes is in our own description at once, and a proposal is
 * due; what is agreed is remembered, so that a refusal has something to go back to; a refusal is told back.
 */
import type { Content, Media, TransportUpdate } from "../protocol/media.ts";
import { addCandidates } from "../protocol/trickle.ts";
import {
  type CallContext,
  change,
  own,
  phoneRole,
  remote,
  say,
  sayEach,
  userRole,
  withOwn,
  withRemote,
} from "./call-context.ts";
import {
  asksFor,
  backTo,
  candidatesOf,
  contentsNamed,
  type Moved,
  outcomeOf,
  refusedAlike,
  removedBetween,
  restartsOf,
  withAdded,
  withoutCandidates,
  withPlaces,
  withRemoved,
  withTransports,
} from "./contents.ts";
import {
  answerTo,
  asOffer,
  changedSenders,
  holding,
  isHeldBy,
  modified,
  namedSources,
  type Proposal,
  proposed,
  type SourceAction,
  withPayloads,
  withProposal,
  withSources,
} from "./negotiation.ts";
import type {
  CallEffect,
  ContentsAction,
  PayloadsChange,
  Postponed,
  SendersChange,
  SourceChange,
  Tone,
} from "./vocabulary.ts";

export type Offer = { media: Media; action: SourceAction | null };
type Update = { update: TransportUpdate };

const asItIs: Proposal = { action: null, sources: [] };
const phoneHolds = (context: CallContext): boolean => isHeldBy(remote(context), phoneRole(context));

/** Our description from now on, and the offer of it that is due. */
function propose(context: CallContext, media: Media, next = asItIs): Partial<CallContext> {
  return { ...withOwn(context, media), proposals: withProposal(context.proposals, next, context.offered !== null) };
}
const proposeWhenChanged = (context: CallContext, media: Media): Partial<CallContext> =>
  JSON.stringify(media) === JSON.stringify(own(context)) ? {} : propose(context, media);

/** What is said of contents, if there are any. */
function tell({ devices }: CallContext, action: ContentsAction, contents: readonly Content[]): CallEffect[] {
  return contents.length === 0 ? [] : [{ type: `jingle.send.${action}`, to: devices, contents }];
}
function tellSenders({ devices }: CallContext, changes: readonly SendersChange[]): CallEffect[] {
  return changes.length === 0 ? [] : [{ type: "jingle.send.content-modify", to: devices, changes }];
}

/** The contents of the phone's offer that the user knows. */
const known = (context: CallContext, offer: Media): Content[] => {
  const { added } = asksFor(offer, remote(context));
  return offer.contents.filter(({ name, rejected }) => !rejected && !added.includes(name));
};

/** What the user changes. */
const fromTheUser = {
  "hold or resume": change((context, { holds }: { holds: boolean }) => {
    const media = holding(own(context), userRole(context), holds);
    return changedSenders(own(context), media).length > 0 ? propose(context, media) : {};
  }),
  "change the senders": change((context, { changes }: { changes: readonly SendersChange[] }) =>
    proposeWhenChanged(context, modified(own(context), changes)),
  ),
  "change the sources": change(
    (context, { action, sources }: { action: SourceAction; sources: readonly SourceChange[] }) =>
      propose(context, withSources(own(context), action, sources), { action, sources }),
  ),
  "change the codecs": change((context, { changes }: { changes: readonly PayloadsChange[] }) =>
    proposeWhenChanged(context, withPayloads(own(context), changes)),
  ),
  "add contents": change((context, { media }: { media: Media }) => ({
    ...propose(context, withAdded(own(context), media.contents)),
    asked: { ...context.asked, added: [...context.asked.added, ...media.contents.map(({ name }) => name)] },
  })),
  "remove contents": change((context, { names }: { names: readonly string[] }) =>
    proposeWhenChanged(context, withRemoved(own(context), names)),
  ),
  "restart ICE": change((context, { update }: Update) =>
    propose(context, withTransports(own(context), restartsOf(own(context), update))),
  ),
  "replace transports": change((context, { transports }: { transports: readonly Moved[] }) => ({
    ...propose(context, withTransports(own(context), transports)),
    asked: { ...context.asked, replaced: [...context.asked.replaced, ...transports.map(({ name }) => name)] },
  })),
  "propose it as it is": change((context) => propose(context, own(context))),
  "send DTMF INFO": say((_, { tone }: { tone: Tone }) => ({ type: "sip.send.dtmf", tone })),
};

/** Our offers, and what becomes of them. */
const ourOffers = {
  "send re-INVITE": say((context) => ({
    type: "sip.send.reinvite",
    media: asOffer(proposed(own(context), context.proposals[0] ?? asItIs)),
    action: context.proposals[0]?.action ?? null,
  })),
  "remember what is offered": change((context) => ({ offered: own(context) })),
  "tell what the phone has agreed to": sayEach((context, { media }: { media: Media }) => {
    const { accepted, rejected, replaced, moved, removed } = outcomeOf(context.asked, remote(context), media);
    return [
      ...tell(context, "content-accept", accepted),
      ...tell(context, "content-reject", rejected),
      ...tell(context, "transport-accept", replaced),
      ...tell(context, "transports", moved),
      ...tell(
        context,
        "content-remove",
        removed.filter(({ name }) => isWanted(context, name)),
      ),
    ];
  }),
  "remember what is agreed": change((context, { media }: { media: Media }) => {
    const names = context.offered?.contents.map(({ name }) => name) ?? [];
    const { added, replaced } = context.asked;
    return {
      ...withRemote(context, media),
      ...withOwn(context, refusedAlike(own(context), media)),
      agreed: context.offered && refusedAlike(context.offered, media),
      offered: null,
      asked: { added: added.filter((name) => !names.includes(name)), replaced: withoutAll(replaced, names) },
      proposals: context.proposals.slice(1),
    };
  }),
  "tell what the phone has refused": sayEach((context) => [
    ...tell(context, "content-reject", contentsNamed(own(context), context.asked.added)),
    ...tell(context, "transport-reject", contentsNamed(own(context), context.asked.replaced)),
    ...tellSenders(context, changedSenders(own(context), context.agreed ?? own(context))),
  ]),
  "go back to what was agreed": change((context) => ({
    ...withOwn(context, context.agreed === null ? own(context) : backTo(context.agreed, own(context))),
    offered: null,
    proposals: [],
    asked: { added: [], replaced: [] },
  })),
  "note how long to wait": change(({ direction }, { pause, chance }: Postponed) => ({
    offered: null,
    // RFC 3261 §14.1: whoever has made the Call-ID waits longer
    pause: pause ?? (direction === "outgoing" ? 2_100 + 1_900 * chance : 2_000 * chance),
  })),
  "remember what was agreed first": change((context) => ({ agreed: own(context) })),
};

const withoutAll = (names: readonly string[], gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name));
/** Whether the user has not removed a content himself. */
const isWanted = (context: CallContext, name: string): boolean =>
  own(context).contents.some((content) => content.name === name && !content.rejected) &&
  !context.asked.added.includes(name);

/** The phone's offers that can be answered at once. */
const theirOffers = {
  "send 200 (what both want)": say((context, { media }: Offer) => ({
    type: "sip.send.success",
    media: answerTo(media, own(context)),
  })),
  "send 200 (the session as it is)": say((context) => ({ type: "sip.send.success", media: own(context) })),
  "send 488": say(() => ({ type: "sip.send.failure", failure: { status: 488, warning: 304 } })),
  "send 504": say(() => ({ type: "sip.send.failure", failure: { status: 504 } })),
  "tell the user's client": sayEach((context, { media }: Offer) => [
    ...tell(context, "transports", known(context, media)),
    ...tellSenders(context, sendersNow(context, media)),
    ...tell(context, "content-remove", contentsNamed(media, removedBetween(remote(context), media))),
  ]),
  "remember the phone's offer": change((context, { media }: Offer) => ({
    ...withRemote(context, refusedAlike(media, own(context))),
    ...withOwn(context, refusedAlike(own(context), media)),
  })),
  "send source action": say((context, { media, action }: Offer) => ({
    type: "jingle.send.source",
    to: context.devices,
    action: action ?? "source-update",
    media,
  })),
  "remember the phone's sources": change((context, { media, action }: Offer) =>
    withRemote(context, withSources(remote(context), action ?? "source-update", namedSources(media))),
  ),
  "send hold": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: true })),
  "send active": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: false })),
  "send DTMF": say(({ devices }, { tone }: { tone: Tone }) => ({ type: "jingle.send.dtmf", to: devices, tone })),
};

/** Whose senders are others than before; whoever holds is told by session-info instead. */
function sendersNow(context: CallContext, media: Media): SendersChange[] {
  if (isHeldBy(media, phoneRole(context)) !== phoneHolds(context)) return [];
  const mine = own(context);
  return changedSenders(answerTo(remote(context), mine), answerTo(media, mine)).filter(({ name }) =>
    known(context, media).some((content) => content.name === name),
  );
}

/** The phone's offers that the user's client has to be asked about. */
const consultations = {
  "ask the user's client": sayEach((context, { media }: Offer): CallEffect[] => {
    const { added, restarted } = asksFor(media, remote(context));
    const moved = contentsNamed(media, restarted);
    const update = candidatesOf(moved, remote(context));
    const found = update.contents.some(({ candidates, gathered }) => candidates.length > 0 || gathered);
    return [
      ...tell(context, "transports", withoutCandidates(known(context, media), restarted)),
      ...(found ? [{ type: "jingle.send.transport-info" as const, to: context.devices, update }] : []),
      ...tell(context, "content-add", contentsNamed(media, added)),
    ];
  }),
  "note what is asked": change((context, { media }: Offer) => ({
    ...withOwn(context, withPlaces(own(context), media)),
    consultation: { offer: media, ...asksFor(media, remote(context)) },
  })),
  "note what the user accepts": change((context, { media }: { media: Media }) =>
    context.consultation === null
      ? {}
      : {
          ...withOwn(context, withAdded(own(context), media.contents)),
          ...decided(
            context,
            media.contents.map(({ name }) => name),
          ),
        },
  ),
  "note what the user rejects": change((context, { names }: { names: readonly string[] }) => decided(context, names)),
  "note the user's transports": change((context, { update }: Update) => {
    const moved = restartsOf(own(context), update);
    const media = addCandidates(withTransports(own(context), moved), update);
    const before = own(context).contents;
    const names = media.contents.filter(({ transport }, at) => transport.ufrag !== before[at]?.transport.ufrag);
    return {
      ...withOwn(context, media),
      ...decided(
        context,
        names.map(({ name }) => name),
      ),
    };
  }),
  "send 200 (what the user has decided)": say((context) => ({
    type: "sip.send.success",
    media: answerTo(context.consultation?.offer ?? remote(context), own(context)),
  })),
  "remember what was decided": change((context) => {
    const offer = context.consultation?.offer ?? remote(context);
    const mine = refusedAlike(own(context), offer);
    return {
      ...withOwn(context, mine),
      ...withRemote(context, refusedAlike(offer, mine)),
      agreed: mine,
      consultation: null,
    };
  }),
  "take back what was asked": sayEach((context) =>
    tell(context, "content-remove", contentsNamed(context.consultation?.offer ?? remote(context), asked(context))),
  ),
  "forget what was asked": change((context) => ({
    ...withOwn(context, context.agreed === null ? own(context) : backTo(context.agreed, own(context))),
    consultation: null,
  })),
};

const asked = (context: CallContext): string[] =>
  context.consultation === null ? [] : asksFor(context.consultation.offer, remote(context)).added;

/** What is still to be decided, without these contents. */
function decided({ consultation }: CallContext, names: readonly string[]): Partial<CallContext> {
  if (consultation === null) return {};
  const { added, restarted } = consultation;
  return {
    consultation: { ...consultation, added: withoutAll(added, names), restarted: withoutAll(restarted, names) },
  };
}

export const negotiationActions = { ...fromTheUser, ...ourOffers, ...theirOffers, ...consultations };
