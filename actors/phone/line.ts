/**
 * The path of one call to the SIP stack: the destinations of its requests, its Contact, and the guard around callbacks.
 *
 * Rules: everything that the stack or a timer runs for a call runs under the guard of its chart, so that a fault in it ends only this
 * call; a request inside a dialog is sent by its route if the peer may choose that (../sip/reach.ts), else through the proxy, as
 * always with `[sip] outbound`, and to the proxy's address where the INVITE was answered or came from. An IP address is judged here, a host
 * name once it is resolved (../sip/transport.ts). A call that came over a TLS connection continues on that; once it is lost a trunk's
 * continues on another one, any other peer's on none, since there is no certificate to check for it.
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

/** The addresses of a proxy that has several, for a call that stays at one of them. */
export interface ProxyPlaces {
  /** The one that a message from this source belongs to. */
  of(source: Destination): Destination | undefined;
  isDead(place: Destination): boolean;
}

export interface LineConfig {
  /** The best address at the moment. */
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

/** How a call through a media relay is offered to the phone. */
export interface RelayTerms {
  /** Whether RTP is keyed by SDES (RFC 4568). */
  readonly srtp: boolean;
  /** The codecs offered. */
  readonly codecs: readonly string[];
}

/** The saved part of a line. */
export type SavedLine = Pick<SavedPhone, "originId" | "place" | "heard">;

/** The dependencies shared by the lines of all calls. */
export interface LineNeeds {
  readonly config: LineConfig;
  readonly sip: () => SipPort;
  /** Assigns the call with this local tag to the media relay; its chart gets the relay's failures. */
  readonly relayed: (localTag: string, terms: RelayTerms, chart: LiveChart) => void;
  readonly awaiting: InvitesAwaiting;
  /** New credentials for one call, which may learn the proxy's realm. */
  readonly credentials: () => ProxyCredentials;
  /** The capabilities of a device of the user's, if known. */
  readonly takes: (device: string) => Takes | undefined;
  readonly reach: ReachPort;
  /** An unguessable token. */
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
  /** The sources of the other side's messages. */
  readonly heard: Heard;
  /** The proxy address where the call's INVITE was answered or came from, until it fails. */
  #place: Destination | undefined;
  /** Created when the proxy first asks for them. */
  #credentials: ProxyCredentials | undefined;

  /** `contactUser` is the user part of our Contact in this call, `saved` the state saved by an earlier gateway. */
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

  /** Our announced capabilities: no trickle ICE with a media relay, since the phone must not get the user's addresses. */
  announced(options: Announced = {}): Field[] {
    return capabilities(this.contact, this.chart.relayed ? { ...options, trickles: false, recvInfo: false } : options);
  }

  /** A description of the phone's, limited to what the device in the call supports. */
  suited(media: Media): Media {
    const [device = ""] = this.chart.devices;
    return suited(media, this.needs.takes(device) ?? PERHAPS, this.chart.local);
  }

  /** Sends a request of ours, by its route if no destination is given; with the branch of an earlier process it continues that one. */
  send(request: Request, on: ClientHandlers, to?: Destination, branch?: string): ClientTransaction {
    const hop = to ?? this.#hop(request);
    const guarded = new Guarded(this, on, hop);
    if (request.method === "INVITE") this.chart.release();
    // half of the reserved CSeq numbers may be used before the dialog is saved again
    if (cseqOf(request).number % (RESERVE / 2) === 0) this.chart.changed();
    return this.needs.sip().send(request, hop, guarded, this.#named(request, hop), branch);
  }

  /** The call came from this address, or was answered there: later requests go there, too. */
  staysAt(source: Destination): void {
    this.#place = source.accepted ? source : (this.needs.config.places?.of(source) ?? this.#place);
  }

  /** A request to this address had no response: the next one goes to another. */
  failedAt(place: Destination): void {
    const isOnly = place.accepted && place.trunk === undefined;
    if (place === this.#place && !isOnly) this.#place = undefined;
  }

  get #proxy(): Destination {
    const { proxy, places } = this.needs.config;
    const place = this.#place;
    return place && !places?.isDead(place) && this.needs.sip().isOpen(place) ? place : proxy;
  }

  /** The connection opened by the other side that the call uses, while it is open; for peers other than trunks there is no other path. */
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

  /** The ACK to a 2xx to this INVITE: with its credentials (RFC 3261 §22.1) if it goes to the proxy. */
  ackOf(fork: Fork, invite: Request): Request {
    const credentials = credentialsIn(invite);
    const ack = fork.ack(invite, credentials);
    return credentials.length === 0 || this.needs.reach.isProxy(this.#hop(ack)) ? ack : fork.ack(invite, []);
  }

  /** A refused request with credentials and this CSeq number, if it was sent to the proxy and there are any to add. */
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

  /** The limits for a request of ours that follows its route; undefined for the proxy, which the peer has not chosen. */
  #named(request: Request, hop: Destination): Named | undefined {
    if (hop.accepted || this.needs.reach.isProxy(hop)) return undefined;
    return {
      peer: this.heard.first ?? calleeOf(request),
      mayLead: (to) => this.heard.mayLead(to),
      otherwise: this.#proxy,
    };
  }
}

/** The URI in To, which identifies a peer across calls: behind the proxy nothing else does. */
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
    try {
      this.#on.response(response, source);
    } catch (fault) {
      this.#line.chart.error(fault);
    }
  }

  failed(why: NoResponse, words?: string): void {
    if (why !== "unrelayed") this.#line.failedAt(this.#hop);
    this.#line.chart.guard(() => this.#on.failed(why, words));
  }

  get isWanted(): boolean {
    return !this.#line.chart.userLeft;
  }
}
