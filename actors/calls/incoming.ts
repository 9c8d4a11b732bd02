/**
 * A call that a phone places, from its INVITE on: refused (admission.ts), sent through the media relay, or created.
 *
 * RFC 3261 §8.2, §13.3. Rules: nothing is stored for a refused call; a phone without ICE does not ring at devices that require ICE;
 * with a media relay its offer is rewritten by that, and the devices ring once the relay has answered, and once the caller's name
 * is in the user's roster (introduced.ts); a phone that calls us directly with a next hop that it may not set gets 403.
 */
import { type AddressRules, contactUserOf, phoneDevice } from "../../protocol/address.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { Numbering } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { isPlain } from "../../protocol/sdp/plain.ts";
import { sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { RETRY_AFTER, trickles } from "../../protocol/sip/capabilities.ts";
import { dialogFromRequest, hopOf } from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Destination } from "../../protocol/sip/message.ts";
import { PhoneUas } from "../phone/uas.ts";
import type { Admitted, Relay } from "../relay/relay.ts";
import type { ReachPort, ServerTransaction } from "../sip/user.ts";
import type { Trunk } from "../trunks/trunk.ts";
import type { Trunks } from "../trunks/trunks.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import type { Reach } from "../xmpp/presence.ts";
import {
  isWithoutIce,
  NO_MORE,
  NOBODY,
  NOT_THEIRS,
  type NoCall,
  noCallFor,
  offerOf,
  type Parties,
  parties,
  USED_UP,
  whyNoCall,
} from "./admission.ts";
import { advice } from "./advice.ts";
import { Introduced } from "./introduced.ts";
import type { CallMaker } from "./maker.ts";
import type { RefusedCalls } from "./refused.ts";
import type { Registry } from "./registry.ts";
import type { Shares } from "./shares.ts";
import { trunkParties } from "./trunk-parties.ts";

type Placed = Parties & { readonly trunk: Trunk | undefined };

/** The dependencies of incoming calls. */
export interface IncomingDependencies {
  readonly maker: CallMaker;
  readonly registry: Registry;
  readonly shares: Shares;
  readonly refused: RefusedCalls;
  readonly addresses: AddressRules;
  /** Whether From of requests from this source can be trusted. */
  readonly isTrusted: (source: Destination) => boolean;
  readonly xmpp: () => XmppComponent;
  readonly random: () => string;
  readonly reach: ReachPort;
  readonly trunks: Trunks;
  /** The local numbering, if configured. */
  readonly numbering: () => Numbering | undefined;
  readonly relay: Relay | undefined;
  /** The codecs offered through the relay to phones behind the proxy. */
  readonly codecs: readonly string[];
}

export class IncomingCalls {
  readonly #dependencies: IncomingDependencies;
  readonly #introduced: Introduced;

  constructor(dependencies: IncomingDependencies) {
    this.#dependencies = dependencies;
    this.#introduced = new Introduced({
      xmpp: dependencies.xmpp,
      refuse: (transaction, why) => this.#refuse(transaction, why),
      isFull: () => dependencies.registry.full,
    });
  }

  /** Creates the call, or sends the refusal; a call through the relay is created when that has answered. */
  place(transaction: ServerTransaction): void {
    this.#place(transaction, undefined);
  }

  /** The same; `localTag` is our tag if the relay has rewritten the offer. */
  #place(transaction: ServerTransaction, localTag: string | undefined): void {
    const { request, source } = transaction;
    const { trunks, numbering, reach: proxyReach, addresses } = this.#dependencies;
    const trunk = trunks.of(request, source, numbering(), proxyReach.isPassedOn(source));
    const hop = attempt(() => hopOf(dialogFromRequest(request, "")));
    const mayName = hop instanceof Refusal || (trunk?.reach ?? proxyReach).mayName(hop, source);
    if (!mayName) return this.#refuse(transaction, NOT_THEIRS);
    const who = trunk
      ? trunkParties(request, trunk, addresses, numbering())
      : parties(request, addresses, this.#dependencies.isTrusted(source));
    if (!who) return this.#refuse(transaction, NOBODY);
    if (this.#dependencies.shares.isUsedUp(who.them, "incoming")) return this.#refuse(transaction, USED_UP);
    const offer = offerOf(request);
    const needsRelay = this.#dependencies.relay !== undefined && localTag === undefined && isPlain(sdpOf(request));
    const plain = !needsRelay && !(offer instanceof Refusal) && offer.contents.some(isWithoutIce);
    const devices = this.#dependencies.xmpp().reach(who.them, who.us, plain);
    const refusal = whyNoCall(request, offer, devices);
    if (refusal) return this.#refuse(transaction, refusal);
    if (offer instanceof Refusal) return this.#refuse(transaction, noCallFor(offer));
    const codecs = trunk?.settings.codecs ?? this.#dependencies.codecs;
    const isCarried = trunk !== undefined || proxyReach.isPassedOn(source);
    if (needsRelay) this.#admit(transaction, { codecs, caller: isCarried ? who.us : source.host });
    else
      this.#introduced.before(transaction, who, () =>
        this.#begin(transaction, { ...who, trunk }, offer, devices, localTag),
      );
  }

  /** A CANCEL: true if its INVITE waits to become a call. */
  cancelled(transaction: ServerTransaction): boolean {
    return this.#introduced.cancelled(transaction);
  }

  /** Has the relay make an offer of it that the user can take. */
  #admit(transaction: ServerTransaction, admitted: Admitted): void {
    this.#dependencies.relay?.admit(transaction, admitted, {
      admitted: (ready, localTag) => this.#admitted(ready, localTag),
      refused: (status, why) =>
        this.#refuse(transaction, {
          status,
          why,
          ...(status === 503 ? { headers: [RETRY_AFTER], advice: advice.relay } : {}),
        }),
    });
  }

  /** Places the call after the relay's answer; errors are no longer handled by the stack. */
  #admitted(transaction: ServerTransaction, localTag: string): void {
    if (this.#dependencies.registry.full) return this.#refuse(transaction, NO_MORE);
    const refusal = attempt(() => this.#place(transaction, localTag));
    if (refusal instanceof Refusal) this.#refuse(transaction, noCallFor(refusal));
  }

  #refuse(transaction: ServerTransaction, { status, headers = [], why = "", advice }: NoCall): void {
    const toTag = this.#dependencies.random();
    transaction.respond(responseTo(transaction.request, status, { toTag, headers }));
    this.#dependencies.refused.invite(transaction, status, advice === undefined ? { why } : { why, advice });
  }

  #begin(
    transaction: ServerTransaction,
    { nick, trunk, ...who }: Placed,
    offer: Media,
    { isOnline, direct, byProposal }: Reach,
    relayTag: string | undefined,
  ): void {
    const { maker, registry, random } = this.#dependencies;
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
