/**
 * The way of one call to the SIP stack: where its requests go, its Contact, and the guard around what comes back.
 *
 * Rules: whatever the stack or a timer runs for a call runs under the guard of its chart, so that a fault in it ends this
 * call alone; a request inside a dialog goes by its route, where the peer may lead us (../sip/reach.ts), else through the proxy, as it
 * does in any case with `[sip] outbound`, and at that place of it where the INVITE was answered or came from. An address is
 * judged here, a name once it has an address (../sip/transport.ts). A call that has come over a TLS connection goes on by that: a trunk's by another
 * once it is lost, anybody else's not at all, since nobody's certificate is known for it.
 */
import { isIP } from "node:net";
import { contactUri } from "../../protocol/address.ts";
import type { Media } from "../../protocol/media/media.ts";
import { PERHAPS, suited, type Takes } from "../../protocol/media/suited.ts";
import { causeOf, type Profile, type Reason } from "../../protocol/reasons.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { type Announced, capabilities } from "../../protocol/sip/capabilities.ts";
import { nextHop } from "../../protocol/sip/dialog.ts";
import type { Hash } from "../../protocol/sip/digest.ts";
import { header, readNameAddr } from "../../protocol/sip/fields.ts";
import { cseqOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { reasonField } from "../../protocol/sip/reason-header.ts";
import type { LiveChart } from "../live-chart.ts";
import type { ClientHandlers, ClientTransaction, Named, NoResponse, ReachPort, SipPort } from "../sip/user.ts";
import type { InvitesAwaiting } from "./awaiting.ts";
import { credentialsIn, type ProxyCredentials } from "./credentials.ts";
import type { Fork } from "./fork.ts";
import { Heard } from "./heard.ts";
import { RESERVE, type SavedPhone } from "./saved.ts";

/** The places of a proxy that has several, for a call that stays at one of them. */
export interface ProxyPlaces {
  /** The one that a message from there is of. */
  of(source: Destination): Destination | undefined;
  isDead(place: Destination): boolean;
}

export interface LineConfig {
  /** The best of its places now. */
  readonly proxy: Destination;
  readonly places?: ProxyPlaces | undefined;
  /** Whether requests inside dialogs go through the proxy even without its Record-Route. */
  readonly outbound: boolean;
  /** Our host in Contact. */
  readonly localHost: string;
  /** The address in `o=` of every SDP. */
  readonly sdpOrigin: string;
  readonly profile: Profile;
}

/** How a call that goes by a media relay is put to the phone. */
export interface RelayTerms {
  /** Whether RTP is keyed by SDES (RFC 4568). */
  readonly srtp: boolean;
  /** What is offered. */
  readonly codecs: readonly string[];
}

/** What of a line is saved. */
export type SavedLine = Pick<SavedPhone, "originId" | "place" | "heard">;

/** What the lines of all calls are given. */
export interface LineNeeds {
  readonly config: LineConfig;
  readonly sip: () => SipPort;
  /** From now on the call with this tag of ours goes by the media relay, and its chart hears what the relay does. */
  readonly relayed: (localTag: string, terms: RelayTerms, chart: LiveChart) => void;
  readonly awaiting: InvitesAwaiting;
  /** Those of one call, which may learn the proxy's realm. */
  readonly credentials: () => ProxyCredentials;
  /** What a device of the user's takes, if it was seen. */
  readonly takes: (device: string) => Takes | undefined;
  readonly reach: ReachPort;
  /** A token nobody can guess. */
  readonly random: () => string;
  /** Between 0 and 1. */
  readonly chance: () => number;
  readonly hash: Hash;
}

export class Line {
  readonly needs: LineNeeds;
  readonly chart: LiveChart;
  readonly contact: Field;
  /** The session id in `o=` (RFC 8866 §5.2): constant for the call, and within 64 bits. */
  readonly originId: string;
  /** Where the other side's messages have come from. */
  readonly heard: Heard;
  /** Where the INVITE of the call was answered or came from, as long as that serves us. */
  #place: Destination | undefined;
  /** Made when the proxy first asks for them. */
  #credentials: ProxyCredentials | undefined;

  /** `contactUser` is the user part of our Contact in this call, `saved` what an earlier gateway has saved of it. */
  constructor(needs: LineNeeds, chart: LiveChart, contactUser: string, saved?: SavedLine) {
    this.needs = needs;
    this.chart = chart;
    this.heard = new Heard(needs.reach);
    this.originId = saved?.originId ?? `${Number.parseInt(needs.random().replace(/\W/g, "").slice(0, 10), 36)}`;
    this.#place = saved?.place;
    if (saved) this.heard.restore(saved.heard);
    this.contact = ["Contact", `<${contactUri(contactUser, needs.config.localHost, needs.sip().port)}>`];
  }

  save(): SavedLine {
    return { originId: this.originId, place: this.#place, heard: this.heard.save() };
  }

  /** What we announce: no trickle ICE where the media go by a relay, since the phone would hear of the user's addresses. */
  announced(options: Announced = {}): Field[] {
    return capabilities(this.contact, this.chart.relayed ? { ...options, trickles: false, recvInfo: false } : options);
  }

  /** A description of the phone's as the device in the call can take it. */
  suited(media: Media): Media {
    const [device = ""] = this.chart.devices;
    return suited(media, this.needs.takes(device) ?? PERHAPS, this.chart.local);
  }

  /** Sends a request of ours, by its route where no destination is given; with this branch, where it goes on. */
  send(request: Request, on: ClientHandlers, to?: Destination, branch?: string): ClientTransaction {
    const hop = to ?? this.#hop(request);
    const guarded = new Guarded(this, on, hop);
    if (request.method === "INVITE") this.chart.release();
    // so many numbers may go out until the dialog is saved again
    if (cseqOf(request).number % (RESERVE / 2) === 0) this.chart.changed();
    return this.needs.sip().send(request, hop, guarded, this.#named(request, hop), branch);
  }

  /** The call has come from there, or was answered there: what follows goes there, too. */
  staysAt(source: Destination): void {
    this.#place = source.accepted ? source : (this.needs.config.places?.of(source) ?? this.#place);
  }

  /** A request to this place has had no response: the next one goes to another. */
  failedAt(place: Destination): void {
    const isOnly = place.accepted && place.trunk === undefined;
    if (place === this.#place && !isOnly) this.#place = undefined;
  }

  get #proxy(): Destination {
    const { proxy, places } = this.needs.config;
    const place = this.#place;
    return place && !places?.isDead(place) && this.needs.sip().isOpen(place) ? place : proxy;
  }

  /** The connection that the other side has made, and the call goes by, while it is open: where that is no trunk's, there is no other way. */
  get #accepted(): Destination | undefined {
    const place = this.#place;
    return place?.accepted && (place.trunk === undefined || this.needs.sip().isOpen(place)) ? place : undefined;
  }

  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void {
    this.needs.sip().cancel(transaction, fields);
  }

  /** Sends the ACK to a 2xx. */
  acknowledge(ack: Request): void {
    const hop = this.#hop(ack);
    this.chart.say(() => this.needs.sip().acknowledge(ack, hop, this.#named(ack, hop)));
  }

  /** The ACK to a 2xx to this INVITE: with its credentials (RFC 3261 §22.1) where it goes to the proxy. */
  ackOf(fork: Fork, invite: Request): Request {
    const credentials = credentialsIn(invite);
    const ack = fork.ack(invite, credentials);
    return credentials.length === 0 || this.needs.reach.isProxy(this.#hop(ack)) ? ack : fork.ack(invite, []);
  }

  /** A refused request with credentials and this number, where it has gone to the proxy and there are any to give. */
  authenticate(request: Request, response: Response, number: number, to = this.#hop(request)): Request | undefined {
    if (!this.needs.reach.isProxy(to)) return undefined;
    this.#credentials ??= this.needs.credentials();
    return this.#credentials.answer(request, response, number);
  }

  /** Reason of RFC 3326, in profile `precise` only. */
  reason(reason: Reason): readonly Field[] {
    return this.needs.config.profile === "precise" ? [reasonField(causeOf(reason))] : [];
  }

  #hop(request: Request): Destination {
    const accepted = this.#accepted;
    if (accepted) return accepted;
    if (this.needs.config.outbound) return this.#proxy;
    const hop = nextHop(request);
    return isIP(hop.host) === 0 || this.heard.mayLead(hop) ? hop : this.#proxy;
  }

  /** How far the other side may lead a request of ours that goes by its route; the proxy itself it has not named. */
  #named(request: Request, hop: Destination): Named | undefined {
    if (hop.accepted || this.needs.reach.isProxy(hop)) return undefined;
    return {
      peer: this.heard.first ?? calleeOf(request),
      mayLead: (to) => this.heard.mayLead(to),
      otherwise: this.#proxy,
    };
  }
}

/** Whom a request is for, whichever call it is of: behind the proxy nothing else tells peers apart. */
function calleeOf(request: Request): string {
  const to = header(request, "To") ?? "";
  const uri = attempt(() => readNameAddr(to).uri);
  return uri instanceof Refusal ? to : uri;
}

/** The handlers of a request, under the guard of the call. */
class Guarded implements ClientHandlers {
  readonly #line: Line;
  readonly #on: ClientHandlers;
  readonly #hop: Destination;

  constructor(line: Line, on: ClientHandlers, hop: Destination) {
    this.#line = line;
    this.#on = on;
    this.#hop = hop;
  }

  response(response: Response, source: Destination): void {
    this.#line.heard.add(source);
    this.#line.chart.guard(() => this.#on.response(response, source));
  }

  failed(why: NoResponse, words?: string): void {
    if (why !== "unrelayed") this.#line.failedAt(this.#hop);
    this.#line.chart.guard(() => this.#on.failed(why, words));
  }

  get isWanted(): boolean {
    return !this.#line.chart.userLeft;
  }
}
