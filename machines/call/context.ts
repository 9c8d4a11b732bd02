/**
 * The context of a call, and values derived from it.
 *
 * The context is plain JSON, so that a call can be stored, shown and compared. `own` is the user's description of the
 * session and `remote` the phone's, whichever of the two was the offer.
 */
import { addCandidates } from "../../protocol/media/candidates.ts";
import type { ContentSenders, Media, Role, TransportUpdate } from "../../protocol/media/media.ts";
import { audioAlone, isHeldBy, keepsWaiting } from "../../protocol/media/offer-answer.ts";
import type { Profile, Reason } from "../../protocol/reasons.ts";
import { applied, limited, type PendingOffer, withFound } from "./changes.ts";
import type { UserEffect } from "./vocabulary.ts";

/** The maximum number of candidate updates stored from devices or forks that have not answered yet. */
const MOST_EARLY_UPDATES = 64;

/** XEP-0353: not used; a propose was sent; or a device has answered it with proceed. */
type Messages = "none" | "proposed" | "proceeded";

export interface CallInput {
  readonly direction: "outgoing" | "incoming";
  /** The initiator's description; candidates that trickle in later are added to it. */
  readonly offer: Media;
  /** Full JIDs: outgoing, the calling device; incoming, all that ring. */
  readonly devices: readonly string[];
  /** Whether the phone is known to support trickle ICE (RFC 8840). */
  readonly peerTrickles: boolean;
  /** Whether a device of the user is online; if not, a push may wake one. */
  readonly isOnline: boolean;
  readonly messages: Messages;
  readonly profile: Profile;
  /** Whether media go through a relay: nothing waits for the user's candidates then, and the phone gets none. */
  readonly relayed: boolean;
  /** Whether an offer that the phone refuses because of WebRTC is repeated through the relay. */
  readonly relayIfRefused: boolean;
  /** Whether an offer that is refused as a whole is repeated with its audio only. */
  readonly retryAudioOnly: boolean;
  /** Milliseconds. */
  readonly ringTimeout: number;
  readonly gatherTimeout: number;
  readonly renegotiateTimeout: number;
  readonly jmiTimeout: number;
}

/** An offer of the phone that the user's client must decide on; the undecided contents by name. */
export interface Consultation {
  readonly offer: Media;
  /** The user's answer so far: the agreed description, a refused place for each new content, and the user's decisions. */
  readonly mine: Media;
  readonly added: readonly string[];
  readonly restarted: readonly string[];
}

export interface CallContext extends CallInput {
  /** The responder's description; null before the answer. */
  readonly answer: Media | null;
  /** Contents that the phone did not accept: left out of the second INVITE, refused in the session-accept. */
  readonly leftOut: Media["contents"];
  /** Whether the INVITE has had a provisional response, and may be cancelled (RFC 3261 §9.1). */
  readonly provisional: boolean;
  /** Whether the phone has rung. */
  readonly rang: boolean;
  /** The tag of the dialog that the call continues in; other forks are hung up. */
  readonly tag: string | null;
  /** Candidates from devices, or from forks of the phone, before one of them answered. */
  readonly early: readonly { readonly from: string; readonly update: TransportUpdate }[];
  readonly why: Reason | null;
  /** The user's description as last agreed; `own` is this with all pending offers applied. */
  readonly agreed: Media | null;
  /** The user's changes that the phone has not agreed to yet (changes.ts). */
  readonly pendingOffers: readonly PendingOffer[];
  /** Whether the first of them has been sent and is not answered yet. */
  readonly offerIsOut: boolean;
  /** How many times the phone has postponed it. */
  readonly tries: number;
  /** The senders before the user's hold. */
  readonly held: readonly ContentSenders[];
  /** Contents whose ICE the phone has restarted; the user is notified with their first candidate. */
  readonly untold: readonly string[];
  /** ICE ufrags that the phone has refused. */
  readonly refusedUfrags: readonly string[];
  readonly consultation: Consultation | null;
  /** Milliseconds until we offer again after glare (RFC 3261 §14.1). */
  readonly pause: number;
}

/** One list for all calls, most of which keep it. */
const NONE: readonly never[] = [];

/** The context of a new call. */
export const newContext = (input: CallInput): CallContext => ({
  ...input,
  ...(input.relayed && input.direction === "outgoing" ? audioAlone(input.offer) : { leftOut: NONE }),
  answer: null,
  provisional: false,
  rang: false,
  tag: null,
  early: NONE,
  why: null,
  agreed: null,
  pendingOffers: NONE,
  offerIsOut: false,
  tries: 0,
  held: NONE,
  untold: NONE,
  refusedUfrags: NONE,
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
/** The user's description as the phone knows it: the agreed one, with the offer that is out. */
export const said = (context: CallContext): Media =>
  applied(agreed(context), context.offerIsOut ? context.pendingOffers.slice(0, 1) : []);
/** The description from which the phone's offers are answered. */
export const answerable = (context: CallContext): Media =>
  limited(context.consultation?.mine ?? agreed(context), context.pendingOffers);
/** The context after this is agreed: `own` is it with the pending offers applied. */
export const withAgreed = (
  context: CallContext,
  media: Media,
  pendingOffers: CallContext["pendingOffers"] = context.pendingOffers,
): Partial<CallContext> => ({ ...withOwn(context, applied(media, pendingOffers)), agreed: media, pendingOffers });
/** Adds candidates of the user to the agreed description, the pending offers and the consultation. */
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
/** Compared with the agreed description: if the user does not want to send anyway, the phone's mirror of that is no hold. */
export const phoneHolds = (context: CallContext, media = remote(context)): boolean =>
  keepsWaiting(media, agreed(context), phoneRole(context));
export const others = (context: CallContext, device: string): string[] =>
  context.devices.filter((one) => one !== device);

/** A description with the candidates that its sender (a device, a fork) sent before it. */
export const withEarly = (context: CallContext, from: string, media: Media): Media =>
  context.early.filter((one) => one.from === from).reduce((sum, one) => addCandidates(sum, one.update), media);
export const keepEarly = (context: CallContext, from: string, update: TransportUpdate): Partial<CallContext> => ({
  early: [...context.early, { from, update }].slice(-MOST_EARLY_UPDATES),
});

/** The messages (XEP-0353) at the end of a call: ringing devices stop, archives get the outcome. */
export function lastMessages({ messages, devices }: CallContext, reason: Reason): UserEffect[] {
  if (messages === "proposed") return [{ type: "jmi.send.retract" }];
  return messages === "proceeded" ? [{ type: "jmi.send.finish", to: devices, reason }] : [];
}
