/**
 * Offers inside the dialog, ours and theirs: which is open, which are refused at once, which go to the chart.
 *
 * RFC 3261 §14, RFC 3311, RFC 3264 §8, RFC 4028 §7. Rules: one at a time; theirs while ours is open gets 491, theirs while theirs
 * has no final response gets 500 with Retry-After (§14.2); an SDP that is no legal offer is refused here, all others go to the chart,
 * which decides. A re-INVITE without SDP gets our offer in the 200, and its ACK has the answer. We offer only by re-INVITE
 * (reinvite.ts); an UPDATE of ours only refreshes (session-refresh.ts), and one of theirs without SDP is answered whatever is open.
 */
import type { PhoneEvent } from "../../machines/call/vocabulary.ts";
import { inItsGeneration } from "../../protocol/media/generations.ts";
import { laterOffer, sourceOffer } from "../../protocol/media/later-offer.ts";
import type { Media, Role } from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import { acceptFromAnswer, laterInKindOf } from "../../protocol/media/phone-answer.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readJingleAction, readSdp } from "../../protocol/sdp/read.ts";
import { SDP_TYPE, sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { asksForInfoPackages } from "../../protocol/sip/capabilities.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { retryAfter } from "../../protocol/sip/retry-after.ts";
import { acceptTimer, MIN_SE, timerHeaders, timerOf } from "../../protocol/sip/session-timer.ts";
import { refusalTo } from "../../protocol/sip/warning.ts";
import type { Awaiting, ServerTransaction } from "../sip/user.ts";
import type { Description } from "./description.ts";
import type { Fork } from "./fork.ts";
import type { Forks } from "./forks.ts";
import type { Invite } from "./invite.ts";
import type { Line } from "./line.ts";
import { PhoneReinvite, type ReinviteOutcome } from "./reinvite.ts";
import { Renewal } from "./renewal.ts";
import { type SavedOffers, savedTheirs } from "./saved.ts";
import type { PhoneTimer } from "./session-refresh.ts";

/** The longest Retry-After that we obey before we offer again, in seconds; a longer one is a refusal. */
const LONGEST_PAUSE = 10;
/** In milliseconds. */
const RELAY_PAUSE = 3_000;

export class PhoneOffers implements ReinviteOutcome, Awaiting {
  readonly #line: Line;
  readonly #timer: PhoneTimer;
  readonly #description: Description;
  /** The role in which the phone's SDP is read. */
  readonly #role: Role;
  /** Our offer without a final response yet. */
  #open: Media | null = null;
  /** Our last re-INVITE. */
  #ours: PhoneReinvite | null = null;
  /** Their INVITE or UPDATE without a final response yet, and its dialog. */
  #theirs: { transaction: ServerTransaction; fork: Fork } | null = null;
  /** An offer that the relay has made in the phone's place. */
  #renewal: Renewal | null = null;
  /** The offer in our 200, until its ACK. */
  #offeredIn200: Media | null = null;
  /** Our 200 to their INVITE, until its ACK. */
  #accepted: { transaction: ServerTransaction; fork: Fork; success: Response } | null = null;
  /** No BYE waits for the ACK to a re-INVITE. */
  readonly holdsBye = false;

  constructor(line: Line, timer: PhoneTimer, description: Description, role: Role) {
    this.#line = line;
    this.#timer = timer;
    this.#description = description;
    this.#role = role;
  }

  // In another process (saved.ts)

  save(): SavedOffers {
    const ours = this.#ours?.save();
    const fork = this.#ours?.fork;
    const theirs = this.#theirs ?? this.#accepted;
    const success = this.#theirs ? undefined : this.#accepted?.success;
    return {
      ours: ours && fork && this.#open ? { ...ours, tag: fork.tag, media: this.#open } : undefined,
      theirs: theirs ? { ...savedTheirs(theirs.transaction, success), tag: theirs.fork.tag } : undefined,
      offeredIn200: this.#offeredIn200 ?? undefined,
      renewal: this.#renewal ? { tag: this.#renewal.fork.tag, isAnswered: this.#renewal.isAnswered } : undefined,
    };
  }

  /** Restores the open offers; sends nothing. */
  restore({ theirs, offeredIn200, renewal }: SavedOffers, forks: Forks): void {
    const fork = theirs && forks.get(theirs.tag);
    const renewed = renewal && forks.get(renewal.tag);
    this.#offeredIn200 = offeredIn200 ?? null;
    if (renewed) this.#renewal = this.#renewalOf(renewed);
    if (!fork) return;
    const { awaiting, sip } = this.#line.needs;
    const transaction = sip().takeUp(theirs.request, theirs.source);
    if (theirs.request.method === "INVITE") awaiting.add(this.#line.chart, transaction, this);
    if (theirs.success) this.#accepted = { transaction, fork, success: theirs.success };
    else this.#theirs = { transaction, fork };
  }

  /** Repeats messages that the other side may have missed. With a relay our offer is made again: a retransmission would have another SDP. */
  goOn({ ours, renewal }: SavedOffers, forks: Forks): void {
    const fork = ours && forks.get(ours.tag);
    // the relay is checked again, also for whether it knows the call
    if (renewal?.isAnswered) {
      this.#renewal = null;
      this.#line.chart.deliver({ type: "sip.ack" });
    }
    if (this.#accepted) this.#accepted.transaction.respond(this.#accepted.success);
    if (!fork) return;
    if (this.#line.chart.relayed) return this.#failed({ status: 491, phrase: "Request Pending", pause: null });
    this.#open = ours.media;
    this.#ours = new PhoneReinvite(this.#line, fork, this.#timer, ours, this);
  }

  /** Whether an offer of theirs waits for our answer. */
  get theirsIsOpen(): boolean {
    return this.#theirs !== null || this.#renewal !== null;
  }

  /** Whether either side waits for the other. */
  get isOpen(): boolean {
    return this.#open !== null || this.theirsIsOpen || this.#accepted !== null;
  }

  // Ours

  /** Offers this description. */
  offer(fork: Fork, media: Media, action: SourceAction | null): void {
    const body = this.#description.write(media, false, action ?? undefined);
    const announced = this.#line.announced({ recvInfo: true });
    const request = fork.next("INVITE", [...announced, ...timerHeaders(this.#timer.timer), SDP_TYPE], body);
    this.#open = media;
    this.#ours = new PhoneReinvite(this.#line, fork, this.#timer, { request }, this);
  }

  answered(fork: Fork, response: Response): void {
    const { chart } = this.#line;
    const ours = this.#open ?? chart.local;
    this.#open = null;
    fork.learn(response);
    this.#timer.restart(timerOf(response));
    const media = this.#readAnswer(ours, sdpOf(response));
    if (media instanceof Refusal) chart.deliver({ type: "sip.answer.unusable", text: media.message });
    else chart.deliver({ type: "sip.reinvite.success", media });
  }

  refused(response: Response): void {
    const { status, phrase } = response;
    this.#failed({ status, phrase, pause: pauseOf(response) });
  }

  unanswered(counts: ReturnType<Invite["withoutResponse"]>): void {
    // a relay that was away is mostly back a little later, and has forgotten the call: what makes it anew is not lost
    this.#failed({ ...counts, pause: counts.isUnrelayed ? RELAY_PAUSE : null });
  }

  #failed(why: Omit<PhoneEvent & { readonly type: "sip.reinvite.failure" }, "type" | "chance">): void {
    const { chart, needs } = this.#line;
    this.#open = null;
    chart.deliver({ type: "sip.reinvite.failure", ...why, chance: needs.chance() });
  }

  #readAnswer(offered: Media, sdp: string): Media | Refusal {
    if (sdp === "") return new Refusal("the answer has no SDP", { status: 488 });
    const read = (): Media => this.#line.suited(readSdp(sdp, { by: this.#role, answerTo: offered }));
    return attempt(() => inItsGeneration(this.#line.chart.remote, acceptFromAnswer(offered, read())));
  }

  // Theirs

  /** Handles an INVITE or UPDATE of theirs inside the dialog; answers it at once if the chart is not needed. */
  takeTheirs(fork: Fork, transaction: ServerTransaction, unanswered: boolean): void {
    const { request } = transaction;
    const { chart, needs } = this.#line;
    const refuse = (status: number, headers: readonly Field[] = []): void =>
      transaction.respond(responseTo(request, status, { headers }));
    if (request.method === "UPDATE" && sdpOf(request) === "") return this.#refreshed(fork, transaction, unanswered);
    if (this.#renewal) return refuse(491);
    if (this.#theirs || unanswered) return refuse(500, [["Retry-After", `${Math.floor(needs.chance() * 11)}`]]);
    if (acceptTimer(request, this.#timer.timer) === "too small") return refuse(422, [MIN_SE]);
    const event = attempt(() => this.#eventOf(sdpOf(request), request.method === "UPDATE"));
    if (event instanceof Refusal) return transaction.respond(refusalTo(request, event));
    if (request.method === "INVITE") needs.awaiting.add(chart, transaction, this);
    this.#theirs = { transaction, fork };
    // the chart accepts none while ours is open, even one in a 200 without its ACK yet
    if (chart.deliver(event)) this.refuse(491, []);
  }

  /** An UPDATE that only refreshes the session (RFC 4028 §7.4, RFC 3311 §5.2): allowed whatever is open. */
  #refreshed(fork: Fork, transaction: ServerTransaction, unanswered: boolean): void {
    const { request } = transaction;
    const accepted = acceptTimer(request, this.#timer.timer);
    if (accepted === "too small") return transaction.respond(responseTo(request, 422, { headers: [MIN_SE] }));
    fork.refresh(request);
    // before the answer there is no session to time
    if (!unanswered) this.#timer.restart(accepted?.timer ?? null);
    const headers = [...this.#line.announced(), ...(accepted?.headers ?? [])];
    transaction.respond(responseTo(request, 200, { headers }));
  }

  /** The chart's event for an offer. */
  #eventOf(sdp: string, isUpdate: boolean): PhoneEvent {
    if (sdp === "") return { type: "sip.reinvite.empty" };
    const before = this.#line.chart.remote;
    const action = readJingleAction(sdp);
    const read = this.#line.suited(readSdp(sdp, { by: this.#role, follows: before }));
    const offer = action === null ? laterOffer(before, read) : sourceOffer(before, read);
    const media = inItsGeneration(before, laterInKindOf(before, offer));
    return { type: isUpdate ? "sip.update" : "sip.reinvite", media, action };
  }

  /** An offer that the relay has made in the phone's place; `over` is called once it is closed. False if it cannot be made now. */
  renew(fork: Fork, sdp: string, over: () => void): boolean {
    if (this.isOpen) return false;
    const event = attempt(() => this.#eventOf(sdp, false));
    if (event instanceof Refusal) return false;
    this.#renewal = this.#renewalOf(fork, over);
    if (!this.#line.chart.deliver(event)) return true;
    this.#renewal = null;
    return false;
  }

  #renewalOf(fork: Fork, over: () => void = () => {}): Renewal {
    const parts = { line: this.#line, timer: this.#timer, description: this.#description, fork };
    const ended = (): void => {
      this.#renewal = null;
      over();
    };
    return new Renewal({ ...parts, over: ended });
  }

  /** Answers their offer with 200. */
  accept(media: Media): void {
    if (this.#renewal) return this.#renewal.answer(media);
    if (!this.#theirs) return;
    const { transaction, fork } = this.#theirs;
    const { request } = transaction;
    this.#theirs = null;
    const isAnswer = sdpOf(request) !== "";
    this.#offeredIn200 = isAnswer ? null : media;
    fork.refresh(request);
    const timer = this.#timer.accept(request);
    const announced = this.#line.announced({ accept: true, recvInfo: asksForInfoPackages(request) });
    const body = this.#description.write(media, isAnswer);
    const success = responseTo(request, 200, { headers: [...announced, ...timer, SDP_TYPE], body });
    if (request.method === "INVITE") this.#accepted = { transaction, fork, success };
    transaction.respond(success);
  }

  /** Refuses their offer, if there is one; the session stays unchanged (§14.2). */
  refuse(status: number, headers: readonly Field[]): void {
    this.#renewal?.giveUp();
    if (!this.#theirs) return;
    const { transaction } = this.#theirs;
    this.#theirs = null;
    this.#line.needs.awaiting.forget(transaction);
    transaction.respond(responseTo(transaction.request, status, { headers }));
  }

  /** The ACK to our 200: it has the answer if the 200 was an offer (RFC 3261 §14.2). */
  acknowledged(ack: Request): void {
    const { chart } = this.#line;
    this.#accepted = null;
    const ours = this.#offeredIn200;
    this.#offeredIn200 = null;
    if (ours === null) return void chart.deliver({ type: "sip.ack" });
    const media = this.#readAnswer(ours, sdpOf(ack));
    if (media instanceof Refusal) chart.deliver({ type: "sip.answer.unusable", text: media.message });
    else chart.deliver({ type: "sip.ack.answer", media });
  }

  unacknowledged(): void {
    this.#accepted = null;
    this.#line.chart.deliver({ type: "sip.ack.timeout" });
  }

  cancelled(): void {
    this.#line.chart.deliver({ type: "sip.reinvite.cancel" });
  }

  /** The call is over: their open request is refused (RFC 3261 §15.1.2), ours is given up. */
  stop(): void {
    this.refuse(487, []);
    this.#ours?.giveUp();
  }
}

/** The Retry-After of a refusal in milliseconds; null if there is none, or it is too long. */
function pauseOf(response: Response): number | null {
  const seconds = retryAfter(response);
  return seconds === undefined || seconds > LONGEST_PAUSE ? null : seconds * 1_000;
}
