/**
 * What a call knows, and the two kinds of actions: those that say something, and those that change what the call knows.
 *
 * The context is plain JSON, so that a call can be stored, shown and compared. `own` is the user's description of the
 * session and `remote` the phone's, whichever of the two was the offer.
 */
import { assign, emit, enqueueActions } from "xstate";
import { addCandidates } from "../../protocol/media/candidates.ts";
import type { ContentSenders, Media, Role, TransportUpdate } from "../../protocol/media/media.ts";
import { isHeldBy, keepsWaiting } from "../../protocol/media/offer-answer.ts";
import type { Profile, Reason } from "../../protocol/reasons.ts";
import { applied, limited, type PendingOffer, withFound } from "./changes.ts";
import type { CallEffect, CallEvent, UserEffect } from "./vocabulary.ts";

/** Candidates that devices sent before they accepted are kept, up to this many stanzas a call. */
const MOST_EARLY_UPDATES = 64;

/** Jingle Message Initiation: not used, a propose is out that no device has taken, or the session comes of one (XEP-0353). */
type Messages = "none" | "proposed" | "proceeded";

export interface CallInput {
  readonly direction: "outgoing" | "incoming";
  /** The initiator's description; candidates that trickle in later are added to it. */
  readonly offer: Media;
  /** Full JIDs: outgoing, the one that calls; incoming, all that are asked. */
  readonly devices: readonly string[];
  /** Whether the phone is known to take candidates that come later (RFC 8840). */
  readonly peerTrickles: boolean;
  /** Whether a call to the user rings anywhere now, or waits for a device that push may wake. */
  readonly isOnline: boolean;
  readonly messages: Messages;
  readonly profile: Profile;
  /** Whether an offer that is refused whole is tried once more with its audio alone. */
  readonly retryAudioOnly: boolean;
  /** Milliseconds. */
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
  readonly renegotiateTimeout: number;
  readonly jmiTimeout: number;
}

/** An offer of the phone's that the user has to be asked about: what is still to be decided, by content name. */
export interface Consultation {
  readonly offer: Media;
  /** The user's answer so far: what was agreed, a refused place for each new content, and what he has decided. */
  readonly mine: Media;
  readonly added: readonly string[];
  readonly restarted: readonly string[];
}

export interface CallContext extends CallInput {
  /** The responder's description, once there is one. */
  readonly answer: Media | null;
  /** What the phone would not take: left out of the second INVITE, refused in the session-accept. */
  readonly leftOut: Media["contents"];
  /** Whether the INVITE has had a provisional response, and may be cancelled (RFC 3261 §9.1). */
  readonly provisional: boolean;
  /** Whether the phone has rung. */
  readonly rang: boolean;
  /** The phone's dialog that the call goes on in (its tag); other forks are hung up. */
  readonly tag: string | null;
  /** What devices, or forks of the phone, trickled before one of them answered. */
  readonly early: readonly { readonly from: string; readonly update: TransportUpdate }[];
  readonly why: Reason | null;
  /** The user's description as it was last agreed; `own` is this with all pending offers applied. */
  readonly agreed: Media | null;
  /** What the user has changed and the phone was not offered yet, in its order (changes.ts). */
  readonly pendingOffers: readonly PendingOffer[];
  /** Whether the first of them is out, and was not answered yet. */
  readonly offerIsOut: boolean;
  /** How often the phone has put it off. */
  readonly tries: number;
  /** Who sent before the user held, by content. */
  readonly held: readonly ContentSenders[];
  /** Contents whose ICE the phone has begun anew, and of which the user hears with their first candidate. */
  readonly untold: readonly string[];
  /** ICE users that the phone has refused. */
  readonly refusedUfrags: readonly string[];
  readonly consultation: Consultation | null;
  /** Milliseconds until we offer again, after two offers have crossed (RFC 3261 §14.1). */
  readonly pause: number;
}

/** The context of a call that begins. */
export const newContext = (input: CallInput): CallContext => ({
  ...input,
  answer: null,
  leftOut: [],
  provisional: false,
  rang: false,
  tag: null,
  early: [],
  why: null,
  agreed: null,
  pendingOffers: [],
  offerIsOut: false,
  tries: 0,
  held: [],
  untold: [],
  refusedUfrags: [],
  consultation: null,
  pause: 0,
});

export const own = ({ direction, offer, answer }: CallContext): Media =>
  direction === "outgoing" ? offer : (answer ?? offer);
export const remote = ({ direction, offer, answer }: CallContext): Media =>
  direction === "incoming" ? offer : (answer ?? offer);
const withOwn = ({ direction }: CallContext, media: Media): Partial<CallContext> =>
  direction === "outgoing" ? { offer: media } : { answer: media };
export const withRemote = ({ direction }: CallContext, media: Media): Partial<CallContext> =>
  direction === "incoming" ? { offer: media } : { answer: media };
export const agreed = (context: CallContext): Media => context.agreed ?? own(context);
/** What we have told the phone: what was agreed, or the offer that is out. */
export const said = (context: CallContext): Media =>
  applied(agreed(context), context.offerIsOut ? context.pendingOffers.slice(0, 1) : []);
/** What an offer of the phone's is answered from. */
export const answerable = (context: CallContext): Media =>
  limited(context.consultation?.mine ?? agreed(context), context.pendingOffers);
/** The context once this is agreed: `own` is it with the pending offers applied. */
export const withAgreed = (
  context: CallContext,
  media: Media,
  pendingOffers: CallContext["pendingOffers"] = context.pendingOffers,
): Partial<CallContext> => ({ ...withOwn(context, applied(media, pendingOffers)), agreed: media, pendingOffers });
/** Candidates of the user's, added to what is agreed, what is pending and what is being decided. */
export function withUsersCandidates(context: CallContext, update: TransportUpdate): Partial<CallContext> {
  const { consultation } = context;
  if (context.agreed === null) return withOwn(context, addCandidates(own(context), update));
  return {
    ...withAgreed(
      context,
      addCandidates(context.agreed, update),
      withFound(context.pendingOffers, own(context), update),
    ),
    consultation: consultation && { ...consultation, mine: addCandidates(consultation.mine, update) },
  };
}
export const userRole = ({ direction }: CallContext): Role => (direction === "outgoing" ? "initiator" : "responder");
const phoneRole = ({ direction }: CallContext): Role => (direction === "incoming" ? "initiator" : "responder");
export const userHolds = (context: CallContext): boolean => isHeldBy(own(context), userRole(context));
/** Against what was agreed: what the phone only mirrors, because the user does not want to send, is no hold of its own. */
export const phoneHolds = (context: CallContext, media = remote(context)): boolean =>
  keepsWaiting(media, agreed(context), phoneRole(context));
export const others = (context: CallContext, device: string): string[] =>
  context.devices.filter((one) => one !== device);

/** A description with what its writer (a device, a fork) trickled before it. */
export const withEarly = (context: CallContext, from: string, media: Media): Media =>
  context.early.filter((one) => one.from === from).reduce((sum, one) => addCandidates(sum, one.update), media);
export const keepEarly = (context: CallContext, from: string, update: TransportUpdate): Partial<CallContext> => ({
  early: [...context.early, { from, update }].slice(-MOST_EARLY_UPDATES),
});

/** What the user's devices hear by message when a call ends: those that ring stop, archives note the end. */
export function lastMessages({ messages, devices }: CallContext, reason: Reason): UserEffect[] {
  if (messages === "proposed") return [{ type: "jmi.send.retract" }];
  return messages === "proceeded" ? [{ type: "jmi.send.finish", to: devices, reason }] : [];
}

/** An action that asks for one effect. */
export const say = <Params = undefined>(effect: (context: CallContext, params: Params) => CallEffect) =>
  emit<CallContext, CallEvent, Params, CallEvent, CallEffect>(({ context }, params) => effect(context, params));

/** An action that asks for as many effects as there is something to say. */
export const sayEach = <Params = undefined>(effects: (context: CallContext, params: Params) => readonly CallEffect[]) =>
  enqueueActions<CallContext, CallEvent, Params, CallEvent, never, never, never, never, CallEffect>(
    ({ context, enqueue }, params) => {
      for (const effect of effects(context, params)) enqueue.emit(effect);
    },
  );

/** An action that changes what the call knows. */
export const change = <Params = undefined>(to: (context: CallContext, params: Params) => Partial<CallContext>) =>
  assign<CallContext, CallEvent, Params, CallEvent, never>(({ context }, params) => to(context, params));
