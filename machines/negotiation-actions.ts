/**
 * What the actions of a running call say and change: offers both ways, and what either side is told of them.
 *
 * RFC 3264 §8, RFC 3261 §14, XEP-0166 §7.2. Rules: what the user changes is in our own description at once, and a proposal is
 * due (changes.ts); a refusal takes back the refused proposal alone, and is told back; what a consultation decides is kept
 * beside what was agreed until it is answered, so that nothing of it is left when it is given up.
 */
import type { Content, Media, TransportUpdate } from "../protocol/media.ts";
import {
  agreed,
  answerable,
  type CallContext,
  change,
  own,
  phoneRole,
  remote,
  say,
  sayEach,
  settle,
  userRole,
  withRemote,
} from "./call-context.ts";
import { applied, type Change, changedBy, type Proposal, withProposal } from "./changes.ts";
import {
  asksFor,
  candidatesOf,
  contentsNamed,
  isBare,
  type Moved,
  outcomeOf,
  refusedAlike,
  removedBetween,
  restartsOf,
  withAdded,
  withGroups,
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
  keepsWaiting,
  modified,
  namedSources,
  type SourceAction,
  settled,
  withOnlySources,
  withPayloads,
  withSources,
} from "./negotiation.ts";
import type {
  CallEffect,
  ContentsAction,
  NamesAction,
  PayloadsChange,
  Postponed,
  SendersChange,
  SourceChange,
  Tone,
} from "./vocabulary.ts";

export type Offer = { media: Media; action: SourceAction | null };
type Update = { update: TransportUpdate };
type Unmappable = { contents: readonly Pick<Content, "creator" | "name">[] };

const asItIs: Proposal = { action: null, sources: [], changes: [] };
/** The phone would be told to have been refused so many ICE users; of the older ones nobody speaks any more. */
const MOST_REFUSED = 16;
/** We do not offer sooner again than this, in milliseconds, whatever the phone asks for. */
const LEAST_PAUSE = 1_000;

const phoneHolds = (context: CallContext, media = remote(context)): boolean =>
  keepsWaiting(media, agreed(context), phoneRole(context));

/** The offer that is due from now on, beside those that are due already. */
function propose(context: CallContext, next: Proposal): Partial<CallContext> {
  return settle(context, agreed(context), withProposal(context.proposals, next, context.underWay));
}
const proposeChange = (context: CallContext, change: Change): Partial<CallContext> =>
  propose(context, { ...asItIs, changes: [change] });
const proposeWhenChanged = (context: CallContext, media: Media, change: Change): Partial<CallContext> =>
  JSON.stringify(media) === JSON.stringify(own(context)) ? {} : proposeChange(context, change);

/** Who sends from now on. */
function proposeSenders(context: CallContext, to: readonly SendersChange[]): Partial<CallContext> {
  return proposeWhenChanged(context, modified(own(context), to), { kind: "senders", to });
}

/** What is said of contents, if there are any. */
function tell(
  { devices }: CallContext,
  action: ContentsAction | NamesAction,
  contents: readonly Content[],
): CallEffect[] {
  return contents.length === 0 ? [] : [{ type: `jingle.send.${action}`, to: devices, contents }];
}
function tellAdded({ devices }: CallContext, { contents, groups }: Media, names: readonly string[]): CallEffect[] {
  const added = contents.filter(({ name }) => names.includes(name));
  const theirs = groups.filter((group) => group.names.some((name) => names.includes(name)));
  return names.length === 0 ? [] : [{ type: "jingle.send.content-add", to: devices, contents: added, groups: theirs }];
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
    if (!holds) return proposeSenders(context, context.held);
    const to = changedSenders(own(context), holding(own(context), userRole(context)));
    const names = to.map(({ name }) => name);
    const before = contentsNamed(own(context), names).map(({ name, senders }) => ({ name, senders }));
    return { ...proposeSenders(context, to), held: [...withoutNames(context.held, names), ...before] };
  }),
  "change the senders": change((context, { changes }: { changes: readonly SendersChange[] }) => ({
    ...proposeSenders(context, changes),
    held: withoutNames(
      context.held,
      changes.map(({ name }) => name),
    ),
  })),
  "change the sources": change(
    (context, { action, sources }: { action: SourceAction; sources: readonly SourceChange[] }) =>
      propose(context, { ...asItIs, action, sources }),
  ),
  "change the codecs": change((context, { changes }: { changes: readonly PayloadsChange[] }) =>
    proposeWhenChanged(context, withPayloads(own(context), changes), { kind: "codecs", to: changes }),
  ),
  "add contents": change((context, { media }: { media: Media }) =>
    proposeChange(context, { kind: "added", to: media.contents, groups: media.groups }),
  ),
  "remove contents": change((context, { names }: { names: readonly string[] }) =>
    proposeWhenChanged(context, withRemoved(own(context), names), {
      kind: "removed",
      to: names.map((name) => ({ name })),
    }),
  ),
  "restart ICE": change((context, { update }: Update) => {
    const to = restartsOf(own(context), update).filter((moved) => isNews(context, moved));
    return to.length === 0 ? {} : proposeChange(context, { kind: "restarted", to });
  }),
  "replace transports": change((context, { transports }: { transports: readonly Moved[] }) =>
    proposeChange(context, { kind: "replaced", to: transports }),
  ),
  "propose it as it is": change((context) => propose(context, asItIs)),
  "send DTMF INFO": say((_, { tone }: { tone: Tone }) => ({ type: "sip.send.dtmf", tone })),
  "send content-reject (unmappable)": say(({ devices }, { contents }: Unmappable) => ({
    type: "jingle.send.content-reject",
    to: devices,
    contents,
  })),
  "send transport-reject (unmappable)": say((context, { names }: { names: readonly string[] }) => ({
    type: "jingle.send.transport-reject",
    to: context.devices,
    contents: contentsNamed(own(context), names),
  })),
};

const withoutNames = (changes: readonly SendersChange[], names: readonly string[]): SendersChange[] =>
  changes.filter(({ name }) => !names.includes(name));

/** Whether an ICE user is neither one that the phone has refused nor the answer to a restart of the phone's. */
function isNews({ consultation, refusedUfrags }: CallContext, { name, transport }: Moved): boolean {
  const decided = consultation === null ? undefined : contentsNamed(consultation.mine, [name])[0];
  return !refusedUfrags.includes(transport.ufrag ?? "") && decided?.transport.ufrag !== transport.ufrag;
}

/** Our offers, and what becomes of them. */
const ourOffers = {
  "send re-INVITE": say((context) => {
    const { action, sources } = first(context);
    const media = offered(context);
    return {
      type: "sip.send.reinvite",
      media: asOffer(action === null ? media : withOnlySources(media, sources)),
      action,
    };
  }),
  "remember what is offered": change(() => ({ underWay: true })),
  "tell what the phone has agreed to": sayEach((context, { media }: { media: Media }) => {
    const { accepted, rejected, replaced, moved, removed } = outcome(context, media);
    return [
      ...tell(context, "content-accept", accepted),
      ...tell(context, "content-reject", rejected),
      ...tell(context, "transport-accept", replaced),
      ...tell(
        context,
        "transports",
        moved.filter((content) => !isBare(content)),
      ),
      ...tell(
        context,
        "content-remove",
        removed.filter(({ name }) => isWanted(context, name)),
      ),
    ];
  }),
  "remember what is agreed": change((context, { media }: { media: Media }) => ({
    ...withRemote(context, media),
    ...settle(context, refusedAlike(settled(offered(context), media), media), context.proposals.slice(1)),
    ...inTheClear,
    untold: outcome(context, media).moved.flatMap((content) => (isBare(content) ? content.name : [])),
  })),
  "tell what the phone has refused": sayEach((context) => {
    const refused = first(context);
    const added = changedBy(refused, "added");
    return [
      ...tell(context, "content-reject", contentsNamed(own(context), added)),
      ...tell(context, "transport-reject", contentsNamed(own(context), changedBy(refused, "replaced"))),
      ...tell(context, "transports", contentsNamed(remote(context), changedBy(refused, "restarted"))),
      ...tellSenders(context, withoutNames(changedSenders(offered(context), agreed(context)), added)),
    ];
  }),
  "go back to what was agreed": change((context) => {
    const refused = first(context);
    const ufrags = contentsNamed(offered(context), changedBy(refused, "restarted", "replaced")).flatMap(
      ({ transport }) => transport.ufrag ?? [],
    );
    return {
      // what the user has taken away stays away: only the phone has not heard of it yet
      ...settle(context, withRemoved(agreed(context), changedBy(refused, "removed")), context.proposals.slice(1)),
      ...inTheClear,
      refusedUfrags: [...context.refusedUfrags, ...ufrags].slice(-MOST_REFUSED),
    };
  }),
  "note how long to wait": change(({ direction, tries }, { status, pause, chance }: Postponed) => ({
    underWay: false,
    tries: tries + 1,
    // RFC 3261 §14.1: whoever has made the Call-ID waits longer
    pause:
      status === 491 && pause === null
        ? direction === "outgoing"
          ? 2_100 + 1_900 * chance
          : 2_000 * chance
        : Math.max(pause ?? 0, LEAST_PAUSE),
  })),
};

/** No offer of ours is out. */
const inTheClear = { underWay: false, tries: 0 } as const;
const first = (context: CallContext): Proposal => context.proposals[0] ?? asItIs;
const offered = (context: CallContext): Media => applied(agreed(context), [first(context)]);
const outcome = (context: CallContext, media: Media) =>
  outcomeOf(
    { added: changedBy(first(context), "added"), replaced: changedBy(first(context), "replaced") },
    remote(context),
    media,
  );

const withoutAll = (names: readonly string[], gone: readonly string[]): string[] =>
  names.filter((name) => !gone.includes(name));
/** Whether the user has not removed a content himself. */
const isWanted = (context: CallContext, name: string): boolean =>
  own(context).contents.some((content) => content.name === name && !content.rejected);

/** An offer of the phone's as it is agreed to: without what our answer refuses. */
const taken = (context: CallContext, media: Media): Media => refusedAlike(media, answerTo(media, answerable(context)));

/** The phone's offers that can be answered at once. */
const theirOffers = {
  "send 200 (what both want)": say((context, { media }: Offer) => ({
    type: "sip.send.success",
    media: answerTo(media, answerable(context)),
  })),
  "send 200 (the session as it is)": say((context) => ({ type: "sip.send.success", media: asOffer(agreed(context)) })),
  "send 488": say(() => ({ type: "sip.send.failure", failure: { status: 488, warning: 304 } })),
  "send 504": say(() => ({ type: "sip.send.failure", failure: { status: 504 } })),
  "tell the user's client": sayEach((context, { media }: Offer) => [
    ...tell(context, "transports", known(context, taken(context, media))),
    ...tellTheRest(context, media),
  ]),
  "remember the phone's offer": change((context, { media }: Offer) => agree(context, media, agreed(context))),
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
    ...settle(context, withPlaces(agreed(context), media)),
  })),
  "send hold": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: true })),
  "send active": say(({ devices }) => ({ type: "jingle.send.hold", to: devices, holds: false })),
  "send DTMF": say(({ devices }, { tone }: { tone: Tone }) => ({ type: "jingle.send.dtmf", to: devices, tone })),
};

/** The phone's offer and our answer to it, whose places are those of the offer, are what is agreed from now on. */
function agree(context: CallContext, offer: Media, mine: Media): Partial<CallContext> {
  const media = taken(context, offer);
  return { ...withRemote(context, media), ...settle(context, withPlaces(refusedAlike(mine, media), media)) };
}

/** What the user hears of an offer beside its transports: who sends, what is gone. */
function tellTheRest(context: CallContext, offer: Media): CallEffect[] {
  const media = taken(context, offer);
  const removed = removedBetween(remote(context), media).filter((name) => isWanted(context, name));
  return [
    ...tellSenders(context, sendersNow(context, media)),
    ...tell(context, "content-remove", contentsNamed(media, removed)),
  ];
}

/** Whose senders are others than before; whoever holds is told by session-info instead. */
function sendersNow(context: CallContext, media: Media): SendersChange[] {
  if (phoneHolds(context, media) !== phoneHolds(context)) return [];
  const mine = answerable(context);
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
      ...tellAdded(context, media, added),
    ];
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
    const { offer } = asked(context);
    return tell(context, "content-remove", contentsNamed(offer, asksFor(offer, remote(context)).added));
  }),
  "forget what was asked": change(() => ({ consultation: null })),
};

const asked = (context: CallContext): { offer: Media; mine: Media } =>
  context.consultation ?? { offer: remote(context), mine: agreed(context) };

const none: readonly string[] = [];

/** What is still to be decided, without these contents, and the user's answer so far. */
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

export const negotiationActions = { ...fromTheUser, ...ourOffers, ...theirOffers, ...consultations };
