/**
 * The SIP side of a call that we place: INVITE, its retries and redirections, CANCEL.
 *
 * RFC 3261 §13.2, §9.1, §22; RFC 6026. Rules: a redirection is followed by way of the proxy, never to a host that the peer
 * names (§8.1.3.4); a CANCEL waits until this INVITE, which may not be the first one, has had a response (§9.1), and once the user
 * has left there is no other INVITE. Each INVITE has forks of its own; what they answer is answers.ts.
 */

import type { PhoneEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { SDP_TYPE } from "../../protocol/sip/body.ts";
import { requestOf } from "../../protocol/sip/build.ts";
import { cseqOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { nextTarget, type Targets, targetsOf } from "../../protocol/sip/redirection.ts";
import { warningCode } from "../../protocol/sip/warning.ts";
import { type EffectRows, performBy } from "../effect-rows.ts";
import type { NoResponse } from "../sip/user.ts";
import { InviteAnswers } from "./answers.ts";
import { MOST_TRIES } from "./ask.ts";
import { withoutCredentials } from "./credentials.ts";
import { type Attempt, Invite, renumbered } from "./invite.ts";
import type { Line, RelayTerms } from "./line.ts";
import { headersOf, Phone } from "./phone.ts";
import type { SavedInvite, SavedOurs, SavedPhone } from "./saved.ts";

/** Who calls whom, in SIP; URIs as they stand on the wire. */
export interface Callee {
  readonly requestUri: string;
  /** From with our tag, and To without one, as header values. */
  readonly from: string;
  readonly to: string;
  readonly localTag: string;
  readonly callId: string;
  /** What stands beside them. */
  readonly fields: readonly Field[];
  readonly proxy: Destination;
  /** Where else an INVITE may go that nobody answers there, if there is more than one place (RFC 3263 §4.3). */
  readonly hops?: NextHops | undefined;
  /** The URI by which a target that the phone points to may be called, if it may. */
  readonly elsewhere: (uri: string) => string | undefined;
  /** How the call is put to the phone if it goes by a relay. */
  readonly relay: RelayTerms;
}

/** The places where a provider can be reached. */
export interface NextHops {
  /** The one to try after these. */
  after(tried: readonly Destination[]): Destination | undefined;
  /** One has not answered, or has refused everything. */
  failed(hop: Destination): void;
}

/** How long a place may be silent until the next one is tried, in milliseconds. */
const SILENCE = 4_000;
const NONE: readonly Destination[] = [];

export class PhoneUac extends Phone {
  /** Until a phone has answered: a call that is held keeps nothing of how it was placed. */
  #callee: Callee | undefined;
  readonly #answers: InviteAnswers;
  /** The last one; once it is answered there is nothing to be cancelled. */
  #invite: Invite | undefined;
  #nextNumber = 1;
  /** Until it is out. */
  #ack: Request | undefined;
  /** The Reason header of the CANCEL that is wished for. */
  #cancels: readonly Field[] | undefined;
  #targets: Targets | undefined;
  /** The places that were tried; the last is where the INVITE is now. */
  #tried: readonly Destination[];

  /** `callee` is who is called, where an earlier gateway has not done that. */
  constructor(callee: Callee | undefined, line: Line) {
    super(line, "initiator");
    this.#callee = callee;
    this.#tried = callee ? [callee.proxy] : NONE;
    this.#answers = new InviteAnswers(line, this.forks, this.timer, this.info);
  }

  static readonly #rows: EffectRows<PhoneEffect, PhoneUac> = {
    "sip.send.invite": (phone, { media, relayed }) => phone.#begin(media, relayed),
    "sip.send.cancel": (phone, { reason }) => phone.#cancel(phone.line.reason(reason)),
    "sip.send.ack": (phone, { tag }) => phone.#acknowledge(tag),
    "sip.send.bye": ({ forks }, { tag, reason }) => forks.bye(tag, reason, tag === forks.chosen),
    "sip.send.reinvite": (phone, { media, action }) => phone.reinvite(media, action),
    "sip.send.success": ({ offers }, { media }) => offers.accept(media),
    "sip.send.failure": ({ offers }, { failure }) => offers.refuse(failure.status, headersOf(failure)),
    "sip.send.info": ({ info }, { media }) => info.say(media),
    "sip.send.dtmf": ({ info }, { tone }) => info.press(tone),
    "sip.send.ringing": (_, { type }) => {
      throw new Error(`a caller does not say ${type}`);
    },
  };

  perform(effect: PhoneEffect): void {
    performBy(PhoneUac.#rows, this, effect);
  }

  protected override get unanswered(): boolean {
    return false;
  }

  /** A caller's INVITE has no provisional response of ours. */
  protected override acknowledgedProvisional(): boolean {
    return false;
  }

  override save(): SavedPhone {
    return { ...super.save(), ack: this.#ack };
  }

  override saveInvite(): SavedInvite {
    return { ours: this.#invite?.save() };
  }

  /** Goes on with the INVITE of an earlier gateway, to end it: a copy of it has the phone say again whether it may be cancelled. */
  resume({ request, branch, left, hop }: SavedOurs): void {
    this.#invite = new Invite(this, { request, left });
    this.#nextNumber = cseqOf(request).number + 1;
    this.#invite.send(this.line, hop ?? this.#hop, branch);
  }

  abandon(reason: Reason): void {
    const { answered } = this.forks;
    for (const { tag, isAcknowledged } of answered) {
      if (!isAcknowledged) this.#answers.acknowledge(tag);
      this.forks.bye(tag, reason, false);
    }
    // an answer that comes all the same is hung up by answers.ts
    if (answered.length === 0) this.#cancel(this.line.reason(reason));
  }

  /** CANCEL, as soon as the INVITE has had a response (§9.1). */
  #cancel(fields: readonly Field[]): void {
    this.#cancels = fields;
    this.#invite?.cancel(this.line, fields);
  }

  /** The call is answered: its INVITE goes nowhere else any more. Other 2xx to it come by its transaction. */
  #acknowledge(tag: string): void {
    this.#answers.acknowledge(tag);
    this.#ack = this.#invite?.acks.get(tag);
    this.line.chart.say(() => {
      this.#ack = undefined;
    });
    this.#callee = undefined;
    if (this.#invite?.isOver) this.#invite = undefined;
    this.#targets = undefined;
    this.#tried = NONE;
  }

  #begin(media: Media, relayed: boolean): void {
    const callee = this.#callee;
    if (callee === undefined) return;
    if (relayed) this.line.needs.relayed(callee.localTag, callee.relay, this.line.chart);
    this.#targets = targetsOf(callee.requestUri);
    this.#send({ request: this.#inviteWith(media, callee), left: MOST_TRIES });
  }

  #inviteWith(media: Media, { requestUri, from, to, callId, fields }: Callee): Request {
    return requestOf({
      method: "INVITE",
      uri: requestUri,
      headers: [
        ["From", from],
        ["To", to],
        ["Call-ID", callId],
        ["CSeq", `${this.#nextNumber} INVITE`],
        ...fields,
        ...this.line.announced({ recvInfo: true }),
        SDP_TYPE,
      ],
      body: this.description.write(media, false),
    });
  }

  #send(attempt: Attempt): void {
    this.forks.clear();
    const invite = new Invite(this, attempt);
    this.#invite = invite;
    this.#nextNumber = cseqOf(attempt.request).number + 1;
    invite.send(this.line, this.#hop);
    this.line.chart.changed();
    const isSilent = (): boolean => invite === this.#invite && !invite.heard && !invite.isOver;
    const silent = (): boolean => isSilent() && this.#goesOn(invite.request);
    if (this.#callee?.hops?.after(this.#tried)) this.line.chart.after(SILENCE, () => void silent());
  }

  get #hop(): Destination | undefined {
    return this.#tried.at(-1);
  }

  /** Whether the INVITE goes to the next place, since the last one does not serve us. */
  #goesOn(request: Request): boolean {
    const hops = this.#callee?.hops;
    const hop = this.#hop;
    const next = this.#cancels || this.line.chart.userLeft ? undefined : hops?.after(this.#tried);
    if (hop) hops?.failed(hop);
    if (next === undefined) return false;
    this.#tried = [...this.#tried, next];
    if (this.#invite) this.#invite.isGivenUp = true;
    // what the last place has asked for is nothing to this one, which asks for itself
    this.#send({ request: renumbered(withoutCredentials(request), this.#nextNumber), left: MOST_TRIES });
    return true;
  }

  /** A response from a place that was given up: it is asked no more, but an answer is an answer. */
  #late(invite: Invite, response: Response): void {
    if (response.status >= 300) return;
    if (response.status >= 200) {
      this.#answers.success(invite, response);
      return this.#cancel([]);
    }
    if (!invite.heard) {
      invite.heard = true;
      invite.cancel(this.line);
    }
  }

  /** A response to one of our INVITEs. */
  responded(invite: Invite, response: Response): void {
    const { status, phrase } = response;
    if (invite !== this.#invite && invite.isGivenUp) return this.#late(invite, response);
    if (status < 200) return this.#progress(invite, response);
    if (status < 300) return this.#answers.success(invite, response);
    if (status === 503 && this.#goesOn(invite.request)) return;
    if (this.#isRetried(invite, response)) return;
    const warning = warningCode(response);
    this.line.chart.deliver({ type: "sip.invite.failure", status, phrase, warning, unreachable: false });
  }

  /** No response to one of them. */
  failed(invite: Invite, why: NoResponse, words?: string): void {
    const mayGoOn = why !== "unrelayed" && !invite.heard;
    if (invite.isGivenUp || (mayGoOn && this.#goesOn(invite.request))) return;
    const counts = { ...invite.withoutResponse(why, words), warning: null, unreachable: why === "unreachable" };
    this.line.chart.deliver({ type: "sip.invite.failure", ...counts });
  }

  #progress(invite: Invite, response: Response): void {
    invite.heard = true;
    if (this.#cancels) this.#cancel(this.#cancels);
    this.#answers.progress(invite, response);
  }

  /** Whether the INVITE is made again: with credentials, with a longer session, or at another place. */
  #isRetried(invite: Invite, response: Response): boolean {
    if (this.#cancels || this.line.chart.userLeft) return false;
    const again = invite.again(this.line, response, this.#nextNumber, withLeast, this.#hop);
    const next = again ?? this.#elsewhere(invite.request, response);
    if (next) this.#send(next);
    return next !== undefined;
  }

  /** The INVITE to the next place that a 3xx has pointed to, with the next number (§8.1.3.4); undefined when there is none. */
  #elsewhere(request: Request, response: Response): Attempt | undefined {
    const callee = this.#callee;
    if (callee === undefined) return undefined;
    const next = nextTarget(this.#targets ?? targetsOf(callee.requestUri), response, callee.elsewhere);
    if (next === undefined) return undefined;
    this.#targets = next.targets;
    const moved = { ...withoutCredentials(request), uri: next.uri };
    return { request: renumbered(moved, this.#nextNumber), left: MOST_TRIES };
  }
}

/** The session interval that is asked for where 422 names the least (RFC 4028 §7.4). */
const withLeast = (least: number): Field[] => [
  ["Session-Expires", `${least}`],
  ["Min-SE", `${least}`],
];
