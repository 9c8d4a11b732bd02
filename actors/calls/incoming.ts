/**
 * A call that a phone places: who is called, whether anybody is there, and the call that comes of it.
 *
 * RFC 3261 §8.2, §13.3; docs/mapping.md S1 to S3, P10 to P14. Rules: nothing is stored for a refused call; a user who is
 * offline and has no device that push may wake is 480, whatever the offer is; a phone without ICE does not ring at devices that
 * require ICE, and gets 488 if there are no others; with a media relay it goes through that, and rings once that has answered;
 * who calls us himself and names a place that is not his is 403; an INVITE without an offer is refused, since in Jingle only
 * the initiator offers.
 */
import { type AddressRules, calledUser, callerJid, contactUserOf, phoneDevice } from "../../protocol/address.ts";
import type { Content, Media } from "../../protocol/media/media.ts";
import type { Numbering } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { isPlain } from "../../protocol/sdp/plain.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { RETRY_AFTER, trickles } from "../../protocol/sip/capabilities.ts";
import { dialogFromRequest, hopOf } from "../../protocol/sip/dialog.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import type { Destination, Field, Request } from "../../protocol/sip/message.ts";
import { acceptTimer, MIN_SE } from "../../protocol/sip/session-timer.ts";
import { warningOf } from "../../protocol/sip/warning.ts";
import { PhoneUas } from "../phone/uas.ts";
import type { Relay } from "../relay/relay.ts";
import type { ReachPort, ServerTransaction } from "../sip/user.ts";
import type { Trunk } from "../trunks/trunk.ts";
import type { Trunks } from "../trunks/trunks.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import type { Reach } from "../xmpp/presence.ts";
import { advice } from "./advice.ts";
import type { CallMaker } from "./maker.ts";
import type { RefusedCalls, Why } from "./refused.ts";
import type { Registry } from "./registry.ts";
import { trunkParties } from "./trunk-parties.ts";

/** The phone that calls and the user who is called, as JIDs. */
interface Parties {
  readonly us: string;
  readonly them: string;
  /** What the caller is called, where a trunk says it. */
  readonly nick?: string | undefined;
}
type Placed = Parties & { readonly trunk: Trunk | undefined };

interface Answer extends Partial<Why> {
  readonly status: number;
  readonly headers?: readonly Field[];
}

const NO_ICE = "no client of the user takes RTP without ICE: the media need a relay such as rtpengine";
/** A peer has named an address that is not its own to name. */
const NOT_THEIRS = new Refusal("Contact or Record-Route names an address that is nobody's to name", {
  status: 403,
  warning: 399,
});
const isWithoutIce = ({ rejected, transport }: Content): boolean => !rejected && transport.kind === "raw";

/** What an incoming call is made with. */
export interface IncomingParts {
  readonly maker: CallMaker;
  readonly registry: Registry;
  readonly refused: RefusedCalls;
  readonly addresses: AddressRules;
  /** Whether From of what comes from there is as good as checked. */
  readonly isTrusted: (source: Destination) => boolean;
  readonly xmpp: () => XmppComponent;
  readonly random: () => string;
  readonly reach: ReachPort;
  readonly trunks: Trunks;
  /** How numbers are written here, if anybody says so. */
  readonly numbering: () => Numbering | undefined;
  readonly relay: Relay | undefined;
  /** What may be offered by the relay to phones behind the proxy. */
  readonly codecs: readonly string[];
}

export class IncomingCalls {
  readonly #by: IncomingParts;

  constructor(by: IncomingParts) {
    this.#by = by;
  }

  /** Creates the call, or answers why there is none; one that needs the relay is created when that has answered. */
  place(transaction: ServerTransaction): void {
    this.#place(transaction, undefined);
  }

  /** The same; `localTag` is our tag in a call that has been at the relay. */
  #place(transaction: ServerTransaction, localTag: string | undefined): void {
    const { request, source } = transaction;
    const { trunks, numbering, reach: own, addresses } = this.#by;
    const trunk = trunks.of(request, source, numbering(), own.isPassedOn(source));
    const mayName = (trunk?.reach ?? own).mayName(hopOf(dialogFromRequest(request, "")), source);
    if (!mayName) return this.#refuse(transaction, answerOf(NOT_THEIRS));
    const who = trunk
      ? trunkParties(request, trunk, addresses, numbering())
      : parties(request, addresses, this.#by.isTrusted(source));
    if (!who) return this.#refuse(transaction, { status: 404, why: "nobody has this address", advice: advice.nobody });
    const offer = offerOf(request);
    const needsRelay = this.#by.relay !== undefined && localTag === undefined && isPlain(sdpOf(request));
    const plain = !needsRelay && !(offer instanceof Refusal) && offer.contents.some(isWithoutIce);
    const reach = this.#by.xmpp().reach(who.them, who.us, plain);
    const refusal = whyNoCall(request, offer, reach);
    if (refusal) return this.#refuse(transaction, refusal);
    if (offer instanceof Refusal) return this.#refuse(transaction, answerOf(offer));
    if (needsRelay) this.#admit(transaction, trunk?.settings.codecs ?? this.#by.codecs);
    else this.#begin(transaction, { ...who, trunk }, offer, reach, localTag);
  }

  /** Has the relay make an offer of it that the user can take. */
  #admit(transaction: ServerTransaction, codecs: readonly string[]): void {
    this.#by.relay?.admit(transaction, codecs, {
      admitted: (ready, localTag) => this.#admitted(ready, localTag),
      refused: (status, why) =>
        this.#refuse(transaction, {
          status,
          why,
          ...(status === 503 ? { headers: [RETRY_AFTER], advice: advice.relay } : {}),
        }),
    });
  }

  /** Places the call, later than the stack has handed it up. */
  #admitted(transaction: ServerTransaction, localTag: string): void {
    const { full } = this.#by.registry;
    if (full) return this.#refuse(transaction, { status: 503, headers: [RETRY_AFTER], why: "no more calls now" });
    const refusal = attempt(() => this.#place(transaction, localTag));
    if (refusal instanceof Refusal) this.#refuse(transaction, answerOf(refusal));
  }

  #refuse(transaction: ServerTransaction, { status, headers = [], why = "", advice }: Answer): void {
    const toTag = this.#by.random();
    transaction.respond(responseTo(transaction.request, status, { toTag, headers }));
    this.#by.refused.invite(transaction, status, advice === undefined ? { why } : { why, advice });
  }

  #begin(
    transaction: ServerTransaction,
    { nick, trunk, ...who }: Placed,
    offer: Media,
    { isOnline, direct, byProposal }: Reach,
    relayTag: string | undefined,
  ): void {
    const { maker, registry, random } = this.#by;
    const { request } = transaction;
    const sid = header(request, "Call-ID") ?? "";
    const us = byProposal ? phoneDevice(who.us) : who.us;
    const side = { sid, us, them: who.them, initiator: us, nick };
    if (registry.bySession(side)) return this.#refuse(transaction, { status: 482, why: "this call is there already" });
    const localTag = relayTag ?? random();
    const call = maker.create(
      {
        direction: "incoming",
        offer,
        devices: direct,
        isOnline,
        peerTrickles: relayTag === undefined && trickles(request),
        relayed: relayTag !== undefined,
        relayIfRefused: false,
        messages: byProposal ? "proposed" : "none",
      },
      side,
      { callId: sid, localTag, contactUser: contactUserOf(who.them), trunk },
      (line) => new PhoneUas(transaction, localTag, line),
    );
    call.start();
  }
}

/** Why there is no call: 480 for a user who is offline, then 422 for the session interval, then 488 if no device takes the offer. */
function whyNoCall(
  request: Request,
  offer: Media | Refusal,
  { isOnline, direct, byProposal }: Reach,
): Answer | undefined {
  const isNoOffer = offer instanceof Refusal;
  // who is offline is 480 whatever the offer is (S2); what is no offer cannot be proposed either
  if (!isOnline && (!byProposal || isNoOffer))
    return { status: 480, why: "the user is offline", advice: advice.offline };
  if (acceptTimer(request, null) === "too small")
    return { status: 422, why: "the session interval is too small", headers: [MIN_SE] };
  if (!isNoOffer && isOnline && direct.length === 0 && !byProposal)
    return { ...answerOf(new Refusal(NO_ICE, { status: 488, warning: 302 })), advice: NO_ICE };
  return undefined;
}

function parties(request: Request, addresses: AddressRules, isTrusted: boolean): Parties | undefined {
  const to = readNameAddr(header(request, "To") ?? "").uri;
  const from = readNameAddr(header(request, "From") ?? "").uri;
  const them = calledUser({ requestUri: request.uri, to }, addresses);
  const us = callerJid(from, addresses, isTrusted);
  return them !== undefined && us !== undefined ? { us, them } : undefined;
}

function offerOf(request: Request): Media | Refusal {
  const sdp = sdpOf(request);
  if (sdp === "") return new Refusal("offer needed", { status: 488, warning: 399 });
  const offer = attempt(() => readSdp(sdp, { by: "initiator" }));
  if (!(offer instanceof Refusal) && offer.contents.every(({ rejected, sctp }) => rejected || sctp !== undefined))
    return new Refusal("no media that a user could take", { status: 488, warning: 304 });
  return offer;
}

function answerOf(refusal: Refusal): Answer {
  return { status: refusal.sip.status, why: refusal.message, headers: [warningOf(refusal)] };
}
