/**
 * The SIP side of one call, whichever way it goes: the requests inside its dialogs.
 *
 * RFC 3261 §12, §15; RFC 6086 and RFC 8840 for INFO. uac.ts begins the call if we call, uas.ts if we are called. Rules: each fork has
 * a dialog of its own, known by its tag, and once one of them is chosen, the others deliver nothing to the chart; a request that does
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

/** Why a PRACK may not offer: our provisional responses have no answer in them (RFC 3262 §5). */
const OFFER_IS_OPEN = warning(399, "an offer has no answer yet");

/** The methods of requests inside a dialog; ACK and CANCEL are told by awaiting.ts. */
type Method = Exclude<(typeof METHODS)[number], "ACK" | "CANCEL">;
type Answer = (phone: Phone, fork: Fork, transaction: ServerTransaction) => void;

export abstract class Phone {
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

  /** Says one effect of the chart. Never waits; what comes of it comes back as an event. */
  abstract perform(effect: PhoneEffect): void;
  /** Closes this side without the chart, because the call has failed. */
  abstract abandon(reason: Reason): void;
  /** Whether the phone's INVITE, where it has called, still waits for a final response. */
  protected abstract get unanswered(): boolean;
  /** Takes a PRACK; false when it acknowledges nothing that we have said (RFC 3262 §3). */
  protected abstract acknowledgedProvisional(prack: Request): boolean;

  /** What is saved of a call that is answered, and of one that is not (saved.ts). */
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

  /** Knows again what an earlier gateway has saved of an answered call, so many starts ago; nothing is sent. */
  restore(saved: SavedPhone, starts: number): void {
    this.forks.restore(saved, starts);
    this.description.restore(saved.description);
    this.offers.restore(saved.offers, this.forks);
  }

  /** Goes on, once there are sockets: time runs again, and what is open is said again; `isNew` is whether the answer still may be repeated. */
  goOn(saved: SavedPhone, isNew: boolean): void {
    if (saved.ack && isNew) this.line.acknowledge(saved.ack);
    this.timer.goOn(saved.timer);
    this.offers.goOn(saved.offers, this.forks);
  }

  /** The BYE of an earlier gateway may not have arrived: it is said again. */
  hangUpAgain(reason: Reason): void {
    this.forks.bye(this.forks.chosen, reason, true);
  }

  /** Asks the phone whether the call is still there, unless what is open will tell. */
  ask(): void {
    if (this.forks.current && !this.offers.isOpen) this.timer.refresh();
  }

  /** Whether the relay may offer in the phone's place now: both sides talk, and nothing is open. */
  get mayRenew(): boolean {
    return this.line.chart.answered && this.forks.speaking !== undefined && !this.offers.isOpen;
  }

  /** The relay has made the call anew, and this of what the phone has said last; false where it cannot be taken now. */
  renew(sdp: string, over: () => void): boolean {
    const fork = this.mayRenew ? this.forks.speaking : undefined;
    return fork !== undefined && this.offers.renew(fork, sdp, over);
  }

  /** Nothing more will be said: what still waits for an answer of ours gets it (RFC 3261 §15.1.2). */
  stop(): void {
    this.timer.stop();
    this.offers.stop();
  }

  /** What a request inside the dialog is answered, by its method. */
  static readonly #answers: Readonly<Record<Method, Answer>> = {
    INVITE: (phone, fork, transaction) => phone.offers.takeTheirs(fork, transaction, phone.unanswered),
    UPDATE: (phone, fork, transaction) => phone.offers.takeTheirs(fork, transaction, phone.unanswered),
    BYE: (phone, _, transaction) => phone.#hungUp(transaction),
    INFO: (phone, fork, transaction) => transaction.respond(phone.#informed(fork, transaction.request)),
    PRACK: (phone, _, transaction) => transaction.respond(phone.#acknowledged(transaction.request)),
    OPTIONS: (_phone, _, transaction) =>
      transaction.respond(responseTo(transaction.request, 200, { headers: capabilities(undefined, { accept: true }) })),
  };
  static readonly #byMethod = new Map<string, Answer>(Object.entries(Phone.#answers));

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
    // its number, its host and where it is now are to be known to the next gateway, whatever it says
    this.line.chart.changed();
    if (fork.tag !== forks.chosen && (forks.chosen !== null || request.method === "BYE"))
      return respond(this.#leaves(fork, request) ? 200 : 481);
    if (forks.hungUp && request.method !== "BYE") return respond(481);
    fork.learn(request);
    const early = forks.chosen === null ? answerEarly(this.line, fork, this.description, request) : undefined;
    if (early) return transaction.respond(early);
    const answer = Phone.#byMethod.get(request.method);
    if (answer) answer(this, fork, transaction);
    else respond(405, [ALLOW]);
  }

  /** Whether an ACK may come from there: what is in it may be the media of the call. */
  takesAck(ack: Request, source: Destination): boolean {
    const fork = this.forks.get(tagOf(ack, "From") ?? "");
    return fork === undefined || this.line.heard.takes(fork.dialog, source);
  }

  /** Whether an offer inside one of our dialogs may come from there; what becomes of it is said when it is taken. */
  takesOffer(request: Request, source: Destination): boolean {
    const fork = this.forks.get(tagOf(request, "From") ?? "");
    return fork !== undefined && this.line.heard.refusal(fork.dialog, request, source) === undefined;
  }

  /** A fork that is not the call's may only leave (RFC 3261 §15.1.2); its 2xx, if it had one, is still acknowledged. */
  #leaves(fork: Fork, request: Request): boolean {
    if (request.method !== "BYE") return false;
    if (!fork.isAcknowledged) this.forks.leave(fork);
    return true;
  }

  /** A BYE ends the dialog whatever the chart thinks of it (RFC 3261 §15.1.2). */
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
    // what means nothing now, as a key before the answer, is taken all the same (RFC 2976 §2.2); 500 would say that we are broken
    return responseTo(request, refusal && chart.userLeft ? 481 : 200);
  }

  /** Offers a change of the session, in the dialog that the call goes on in. */
  protected reinvite(media: Media, action: SourceAction | null): void {
    const fork = this.forks.current;
    if (fork) return this.offers.offer(fork, media, action);
    const event = { type: "sip.reinvite.failure", status: 481, phrase: "no dialog", pause: null, chance: 0 } as const;
    this.line.chart.deliver(event);
  }
}

/** What a refusal says beside its status: Warning (RFC 3261 §20.43) and Reason (RFC 6432). */
export function headersOf(failure: Failure): readonly Field[] {
  const warned = failure.warning === undefined ? [] : [warning(failure.warning, "refused")];
  return failure.cause === undefined ? warned : [...warned, reasonField(failure.cause)];
}
