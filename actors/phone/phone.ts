/**
 * The SIP side of one call in either direction: the requests inside its dialogs.
 *
 * RFC 3261 §12, §15; RFC 6086 and RFC 8840 for INFO. uac.ts starts the call if we call, uas.ts if we are called. Rules: each fork has
 * a dialog of its own, identified by its tag, and once one of them is chosen, the others deliver nothing to the chart; a request that does
 * not fit its dialog is refused and changes nothing. offers.ts handles offers, info.ts INFO, session-refresh.ts the session timer.
 */
import type { PhoneEffect } from "../../machines/call/vocabulary.ts";
import type { Media, Role } from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import { type Failure, type Reason, reasonOfBye } from "../../protocol/reasons.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { ALLOW, capabilities, type METHODS } from "../../protocol/sip/capabilities.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { causeIn, reasonField } from "../../protocol/sip/reason-header.ts";
import { refusalTo, warning } from "../../protocol/sip/warning.ts";
import type { ServerTransaction } from "../sip/user.ts";
import { Description } from "./description.ts";
import { answerEarly } from "./early-offer.ts";
import type { Fork } from "./fork.ts";
import { Forks } from "./forks.ts";
import { infoRefused, PhoneInfo, readInfo } from "./info.ts";
import type { Line } from "./line.ts";
import { PhoneOffers } from "./offers.ts";
import type { SavedInvite, SavedPhone } from "./saved.ts";
import { PhoneTimer } from "./session-refresh.ts";

/** The refusal of an offer in a PRACK: our provisional responses contain no answer (RFC 3262 §5). */
const OFFER_IS_OPEN = warning(399, "an offer has no answer yet");

/** The methods of requests inside a dialog; awaiting.ts handles ACK and CANCEL. */
type Method = Exclude<(typeof METHODS)[number], "ACK" | "CANCEL">;
type Answer = (phone: SipSide, fork: Fork, transaction: ServerTransaction) => void;

export abstract class SipSide {
  protected readonly line: Line;
  protected readonly forks: Forks;
  protected readonly description: Description;
  protected readonly info: PhoneInfo;
  protected readonly timer: PhoneTimer;
  protected readonly offers: PhoneOffers;

  constructor(line: Line, role: Role) {
    this.line = line;
    this.forks = new Forks(line);
    this.description = new Description(line, role);
    this.timer = new PhoneTimer(line, this.forks);
    this.info = new PhoneInfo(line, this.forks, this.description);
    this.offers = new PhoneOffers(line, this.timer, this.description, role === "initiator" ? "responder" : "initiator");
  }

  /** Performs one effect of the chart. Never waits; the outcome comes back as an event. */
  abstract perform(effect: PhoneEffect): void;
  /** Closes this side without the chart, because the call has failed. */
  abstract abandon(reason: Reason): void;
  /** Whether the phone's INVITE, if it is the caller, has no final response yet. */
  protected abstract get unanswered(): boolean;
  /** Handles a PRACK; false if it acknowledges no response of ours (RFC 3262 §3). */
  protected abstract acknowledgedProvisional(prack: Request): boolean;

  /** The saved state of an answered call, and of one that is not answered (saved.ts). */
  save(): SavedPhone {
    const { line, forks, description, timer, offers } = this;
    return {
      ...line.save(),
      ...forks.save(),
      description: description.save(),
      timer: timer.save(),
      offers: offers.save(),
    };
  }

  abstract saveInvite(): SavedInvite;

  /** Restores an answered call that was saved `starts` starts ago; sends nothing. */
  restore(saved: SavedPhone, starts: number): void {
    this.forks.restore(saved, starts);
    this.description.restore(saved.description);
    this.offers.restore(saved.offers, this.forks);
  }

  /** Continues the restored call once there are sockets: timers run, open requests are repeated; with `isNew` also the ACK. */
  goOn(saved: SavedPhone, isNew: boolean): void {
    if (saved.ack && isNew) this.line.acknowledge(saved.ack);
    this.timer.goOn(saved.timer);
    this.offers.goOn(saved.offers, this.forks);
  }

  /** Repeats the BYE of an earlier gateway, which may not have arrived. */
  hangUpAgain(reason: Reason): void {
    this.forks.bye(this.forks.chosen, reason, true);
  }

  /** Checks that the phone still has the call, unless an open request will show that. */
  ask(): void {
    if (this.forks.current && !this.offers.isOpen) this.timer.refresh();
  }

  /** Whether the relay may offer in the phone's place now: the call is answered, and nothing is open. */
  get mayRenew(): boolean {
    return this.line.chart.answered && this.forks.speaking !== undefined && !this.offers.isOpen;
  }

  /** The relay has recreated the call and made this offer from the phone's last SDP; false if it cannot be made now. */
  renew(sdp: string, over: () => void): boolean {
    const fork = this.mayRenew ? this.forks.speaking : undefined;
    return fork !== undefined && this.offers.renew(fork, sdp, over);
  }

  /** The call is over: requests still waiting for our response get one (RFC 3261 §15.1.2). */
  stop(): void {
    this.timer.stop();
    this.offers.stop();
  }

  /** The handler of each method inside the dialog. */
  static readonly #answers: Readonly<Record<Method, Answer>> = {
    INVITE: (phone, fork, transaction) => phone.offers.takeTheirs(fork, transaction, phone.unanswered),
    UPDATE: (phone, fork, transaction) => phone.offers.takeTheirs(fork, transaction, phone.unanswered),
    BYE: (phone, _, transaction) => phone.#hungUp(transaction),
    INFO: (phone, fork, transaction) => transaction.respond(phone.#informed(fork, transaction.request)),
    PRACK: (phone, _, transaction) => transaction.respond(phone.#acknowledged(transaction.request)),
    OPTIONS: (_phone, _, transaction) =>
      transaction.respond(responseTo(transaction.request, 200, { headers: capabilities(undefined, { accept: true }) })),
  };
  static readonly #byMethod = new Map<string, Answer>(Object.entries(SipSide.#answers));

  /** A request inside one of our dialogs, found by Call-ID and our tag. */
  request(request: Request, transaction: ServerTransaction): void {
    const respond = (status: number, headers: readonly Field[] = []): void =>
      transaction.respond(responseTo(request, status, { headers }));
    const { forks } = this;
    const fork = forks.get(tagOf(request, "From") ?? "");
    if (!fork) return respond(481);
    const { heard } = this.line;
    const refusal = heard.refusal(fork.dialog, request, transaction.source) ?? fork.accept(request);
    if (refusal) return transaction.respond(refusalTo(request, refusal));
    heard.add(transaction.source);
    // the next gateway needs its CSeq number, its source and its target, whatever the request is
    this.line.chart.changed();
    if (fork.tag !== forks.chosen && (forks.chosen !== null || request.method === "BYE"))
      return respond(this.#leaves(fork, request) ? 200 : 481);
    if (forks.hungUp && request.method !== "BYE") return respond(481);
    fork.learn(request);
    const early = forks.chosen === null ? answerEarly(this.line, fork, this.description, request) : undefined;
    if (early) return transaction.respond(early);
    const answer = SipSide.#byMethod.get(request.method);
    if (answer) answer(this, fork, transaction);
    else respond(405, [ALLOW]);
  }

  /** Whether an ACK is accepted from this source: it may contain the media of the call. */
  takesAck(ack: Request, source: Destination): boolean {
    const fork = this.forks.get(tagOf(ack, "From") ?? "");
    return fork === undefined || this.line.heard.takes(fork.dialog, source);
  }

  /** Whether an offer inside one of our dialogs would be accepted from this source; its refusal is sent when it is handled. */
  takesOffer(request: Request, source: Destination): boolean {
    const fork = this.forks.get(tagOf(request, "From") ?? "");
    return fork !== undefined && this.line.heard.refusal(fork.dialog, request, source) === undefined;
  }

  /** A fork other than the call's may only send BYE (RFC 3261 §15.1.2); its 2xx, if it had one, still gets its ACK. */
  #leaves(fork: Fork, request: Request): boolean {
    if (request.method !== "BYE") return false;
    if (!fork.isAcknowledged) this.forks.leave(fork);
    return true;
  }

  /** A BYE ends the dialog in any state of the chart (RFC 3261 §15.1.2). */
  #hungUp(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { chart, needs } = this.line;
    this.forks.hungUp = true;
    transaction.respond(responseTo(request, 200));
    chart.deliver({ type: "sip.bye", reason: reasonOfBye(causeIn(request), needs.config.profile) });
  }

  #acknowledged(prack: Request): Response {
    if (sdpOf(prack) !== "") return responseTo(prack, 488, { headers: [OFFER_IS_OPEN] });
    return responseTo(prack, this.acknowledgedProvisional(prack) ? 200 : 481);
  }

  #informed({ tag }: Fork, request: Request): Response {
    const { chart } = this.line;
    const read = readInfo(request, chart.offered, chart.relayed);
    if (read instanceof Refusal)
      return responseTo(request, read.sip.status, { headers: infoRefused(read.sip.status, chart.relayed) });
    if (read === undefined) return responseTo(request, 200);
    const refusal = chart.deliver(
      "tone" in read ? { type: "sip.dtmf", tone: read.tone } : { type: "sip.info", tag, update: read.update },
    );
    // an event without meaning in this state, such as a tone before the answer, gets 200 (RFC 2976 §2.2); 500 would mean a fault of ours
    return responseTo(request, refusal && chart.userLeft ? 481 : 200);
  }

  /** Offers a change of the session in the call's dialog. */
  protected reinvite(media: Media, action: SourceAction | null): void {
    const fork = this.forks.current;
    if (fork) return this.offers.offer(fork, media, action);
    const event = { type: "sip.reinvite.failure", status: 481, phrase: "no dialog", pause: null, chance: 0 } as const;
    this.line.chart.deliver(event);
  }
}

/** Header fields of a refusal: Warning (RFC 3261 §20.43) and Reason (RFC 6432). */
export function headersOf(failure: Failure): readonly Field[] {
  const warned = failure.warning === undefined ? [] : [warning(failure.warning, "refused")];
  return failure.cause === undefined ? warned : [...warned, reasonField(failure.cause)];
}
