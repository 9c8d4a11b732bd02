/**
 * The SIP side of a call that we place: INVITE, its retries and redirections, CANCEL.
 *
 * RFC 3261 §13.2, §9.1, §22; RFC 6026. Rules: a redirection is followed via the proxy, never to a host chosen by the peer
 * (§8.1.3.4); a CANCEL waits until the current INVITE, which may not be the first one, has had a response (§9.1), and once the user
 * has left no other INVITE is sent. Each INVITE has its own forks; answers.ts handles their answers.
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
import { headersOf, SipSide } from "./phone.ts";
import type { SavedInvite, SavedOurs, SavedPhone } from "./saved.ts";

/** Caller and callee in SIP; URIs as sent. */
export interface Callee {
  readonly requestUri: string;
  /** From with our tag, and To without a tag, as header values. */
  readonly from: string;
  readonly to: string;
  readonly localTag: string;
  readonly callId: string;
  /** Further header fields. */
  readonly fields: readonly Field[];
  readonly proxy: Destination;
  /** Further destinations for an unanswered INVITE, if there are several (RFC 3263 §4.3). */
  readonly hops?: NextHops | undefined;
  /** The URI to call for a target that the phone redirects to; undefined if it may not be called. */
  readonly elsewhere: (uri: string) => string | undefined;
  /** How the call is offered to the phone through a relay. */
  readonly relay: RelayTerms;
}

/** The destinations of a provider. */
export interface NextHops {
  /** The next destination after these. */
  after(tried: readonly Destination[]): Destination | undefined;
  /** This one has not answered, or refuses everything (503). */
  failed(hop: Destination): void;
}

/** Milliseconds without a response after which the next destination is tried. */
const SILENCE = 4_000;
const NONE: readonly Destination[] = [];

export class PhoneUac extends SipSide {
  /** Until a phone has answered: a held call does not store how it was placed. */
  #callee: Callee | undefined;
  readonly #answers: InviteAnswers;
  /** The last INVITE; undefined once there is nothing left to cancel. */
  #invite: Invite | undefined;
  #nextNumber = 1;
  /** Until it is sent. */
  #ack: Request | undefined;
  /** The Reason header fields of a pending CANCEL. */
  #cancels: readonly Field[] | undefined;
  #targets: Targets | undefined;
  /** The destinations tried; the last one is the current INVITE's. */
  #tried: readonly Destination[];

  /** `callee` is undefined for a call that an earlier gateway placed. */
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

  /** As caller we send no provisional responses. */
  protected override acknowledgedProvisional(): boolean {
    return false;
  }

  override save(): SavedPhone {
    return { ...super.save(), ack: this.#ack };
  }

  override saveInvite(): SavedInvite {
    return { ours: this.#invite?.save() };
  }

  /** Continues the INVITE of an earlier gateway in order to end it: a retransmission makes the phone respond, so that it may be cancelled. */
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
    // answers.ts hangs up an answer that still comes
    if (answered.length === 0) this.#cancel(this.line.reason(reason));
  }

  /** Sends CANCEL as soon as the INVITE has had a response (§9.1). */
  #cancel(fields: readonly Field[]): void {
    this.#cancels = fields;
    this.#invite?.cancel(this.line, fields);
  }

  /** The call is answered: its INVITE is sent nowhere else. Further 2xx to it come through its transaction. */
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

  /** Sends the INVITE to the next destination after a failure; false if there is none. */
  #goesOn(request: Request): boolean {
    const hops = this.#callee?.hops;
    const hop = this.#hop;
    const next = this.#cancels || this.line.chart.userLeft ? undefined : hops?.after(this.#tried);
    if (hop) hops?.failed(hop);
    if (next === undefined) return false;
    this.#tried = [...this.#tried, next];
    if (this.#invite) this.#invite.isGivenUp = true;
    // credentials for the last destination are invalid at this one, which challenges us itself
    this.#send({ request: renumbered(withoutCredentials(request), this.#nextNumber), left: MOST_TRIES });
    return true;
  }

  /** A response from a destination that was given up: it is cancelled, but a 2xx is accepted. */
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

  /** Whether the INVITE is repeated: with credentials, with a longer session interval, or at another target. */
  #isRetried(invite: Invite, response: Response): boolean {
    if (this.#cancels || this.line.chart.userLeft) return false;
    const again = invite.again(this.line, response, this.#nextNumber, withLeast, this.#hop);
    const next = again ?? this.#elsewhere(invite.request, response);
    if (next) this.#send(next);
    return next !== undefined;
  }

  /** The INVITE to the next target of a 3xx, with the next CSeq number (§8.1.3.4); undefined if there is none. */
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

/** The session interval after a 422: its Min-SE (RFC 4028 §7.4). */
const withLeast = (least: number): Field[] => [
  ["Session-Expires", `${least}`],
  ["Min-SE", `${least}`],
];
