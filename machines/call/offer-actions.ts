/**
 * The actions of an established call when the user changes something: our offers, and the phone's answers to them.
 *
 * RFC 3264 §8, RFC 3261 §14, XEP-0166 §7.2. Rules: a change by the user applies to our own description at once, and is pending as an
 * offer (changes.ts); a refusal reverts that offer only, and the user is notified in Jingle. The phone's offers are in
 * answer-actions.ts.
 */

import type { Tone } from "../../protocol/dtmf.ts";
import {
  contentsNamed,
  isBare,
  type Moved,
  outcomeOf,
  restartsOf,
  withRemoved,
} from "../../protocol/media/contents.ts";
import type {
  ContentName,
  ContentPayloads,
  ContentSenders,
  ContentSources,
  Media,
  TransportUpdate,
} from "../../protocol/media/media.ts";
import {
  answeredBy,
  asOffer,
  changedSenders,
  holding,
  modified,
  type SourceAction,
  withOnlySources,
  withPayloads,
} from "../../protocol/media/offer-answer.ts";
import { change, say, sayEach } from "./action-makers.ts";
import { applied, type Change, changedBy, isSame, type PendingOffer, withPending } from "./changes.ts";
import { agreed, type CallContext, own, remote, userRole, withAgreed, withRemote } from "./context.ts";
import { pauseAfter } from "./glare.ts";
import { isWanted, tell, tellCodecs, tellSenders } from "./telling.ts";
import type { Postponed } from "./vocabulary.ts";

type Update = { update: TransportUpdate };
type Unmappable = { contents: readonly ContentName[] };

const asItIs: PendingOffer = { action: null, sources: [], changes: [] };
/** The maximum number of refused ufrags stored; clients do not reuse older ones. */
const MOST_REFUSED = 16;

/** Adds a pending offer. */
function offerNext(context: CallContext, next: PendingOffer): Partial<CallContext> {
  return withAgreed(context, agreed(context), withPending(context.pendingOffers, next, context.offerIsOut));
}
const offerChange = (context: CallContext, change: Change): Partial<CallContext> =>
  offerNext(context, { ...asItIs, changes: [change] });
const offerWhenChanged = (context: CallContext, media: Media, change: Change): Partial<CallContext> =>
  isSame(media, own(context)) ? {} : offerChange(context, change);

/** Adds a pending offer with these senders. */
function offerSenders(context: CallContext, to: readonly ContentSenders[]): Partial<CallContext> {
  return offerWhenChanged(context, modified(own(context), to), { kind: "senders", to });
}

/** Changes by the user. */
const fromTheUser = {
  "hold or resume": change((context, { holds }: { holds: boolean }) => {
    if (!holds) return offerSenders(context, context.held);
    const to = changedSenders(own(context), holding(own(context), userRole(context)));
    const names = to.map(({ name }) => name);
    const before = contentsNamed(own(context), names).map(({ name, senders }) => ({ name, senders }));
    return { ...offerSenders(context, to), held: [...withoutNames(context.held, names), ...before] };
  }),
  "change the senders": change((context, { changes }: { changes: readonly ContentSenders[] }) => ({
    ...offerSenders(context, changes),
    held: withoutNames(
      context.held,
      changes.map(({ name }) => name),
    ),
  })),
  "change the sources": change(
    (context, { action, sources }: { action: SourceAction; sources: readonly ContentSources[] }) =>
      offerNext(context, { ...asItIs, action, sources }),
  ),
  "change the codecs": change((context, { changes }: { changes: readonly ContentPayloads[] }) =>
    offerWhenChanged(context, withPayloads(own(context), changes), { kind: "codecs", to: changes }),
  ),
  "add contents": change((context, { media }: { media: Media }) =>
    offerChange(context, { kind: "added", to: media.contents, groups: media.groups }),
  ),
  "remove contents": change((context, { names }: { names: readonly string[] }) => ({
    ...offerWhenChanged(context, withRemoved(own(context), names), {
      kind: "removed",
      to: names.map((name) => ({ name })),
    }),
    leftOut: context.leftOut.filter(({ name }) => !names.includes(name)),
  })),
  "restart ICE": change((context, { update }: Update) => {
    const to = restartsOf(own(context), update).filter((moved) => isNews(context, moved));
    return to.length === 0 ? {} : offerChange(context, { kind: "restarted", to });
  }),
  "replace transports": change((context, { transports }: { transports: readonly Moved[] }) =>
    offerChange(context, { kind: "replaced", to: transports }),
  ),
  "offer the session as it is": change((context) => offerNext(context, asItIs)),
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

const withoutNames = (changes: readonly ContentSenders[], names: readonly string[]): ContentSenders[] =>
  changes.filter(({ name }) => !names.includes(name));

/** Whether a ufrag is new: neither refused by the phone, nor the answer to an ICE restart by the phone. */
function isNews({ consultation, refusedUfrags }: CallContext, { name, transport }: Moved): boolean {
  const decided = consultation === null ? undefined : contentsNamed(consultation.mine, [name])[0];
  return !refusedUfrags.includes(transport.ufrag ?? "") && decided?.transport.ufrag !== transport.ufrag;
}

/** Our offers, and the phone's answers to them. */
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
  "remember what is offered": change(() => ({ offerIsOut: true })),
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
      ...tellCodecs(context, remote(context), media),
      ...tell(
        context,
        "content-remove",
        removed.filter(({ name }) => isWanted(context, name)),
      ),
    ];
  }),
  "remember what is agreed": change((context, { media }: { media: Media }) => ({
    ...withRemote(context, media),
    ...withAgreed(context, answeredBy(offered(context), media), context.pendingOffers.slice(1)),
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
      // contents that the user has removed stay removed, even if the phone refused the offer
      ...withAgreed(
        context,
        withRemoved(agreed(context), changedBy(refused, "removed")),
        context.pendingOffers.slice(1),
      ),
      ...inTheClear,
      refusedUfrags: [...context.refusedUfrags, ...ufrags].slice(-MOST_REFUSED),
    };
  }),
  "note how long to wait": change(({ direction, tries }, postponed: Postponed) => ({
    offerIsOut: false,
    tries: tries + 1,
    pause: pauseAfter(postponed, direction === "outgoing"),
  })),
};

/** After an offer is answered: none of ours is out. */
const inTheClear = { offerIsOut: false, tries: 0 } as const;
const first = (context: CallContext): PendingOffer => context.pendingOffers[0] ?? asItIs;
const offered = (context: CallContext): Media => applied(agreed(context), [first(context)]);
const outcome = (context: CallContext, media: Media) =>
  outcomeOf(
    { added: changedBy(first(context), "added"), replaced: changedBy(first(context), "replaced") },
    remote(context),
    media,
  );

export const offerActions = { ...fromTheUser, ...ourOffers };
