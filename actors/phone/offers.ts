/**
 * Offers inside the dialog, ours and theirs: what is open, what is refused at once, what the chart is told.
 *
 * RFC 3261 §14, RFC 3311, RFC 3264 §8, RFC 4028 §7. Rules: one at a time; theirs while ours is open is 491, theirs while theirs
 * has no final response is 500 with Retry-After (§14.2); what an offer means is the chart's to say, what cannot be an offer
 * at all is refused here. A re-INVITE without SDP gets our offer in the 200, and its ACK has the answer. We offer by
 * re-INVITE alone (reinvite.ts); an UPDATE of ours only refreshes (phone.ts), and one of theirs without SDP is
 * answered whatever else is open.
 */

import type { PhoneEvent } from "../../machines/call/vocabulary.ts";
import { acceptFromAnswer, inKindOf } from "../../protocol/media/answer.ts";
import type { Media, Role } from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { readJingleAction, readSdp } from "../../protocol/sdp/read.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { ACCEPT, ALLOW, asksForInfoPackages, RECV_INFO, SUPPORTED } from "../../protocol/sip/capabilities.ts";
import { refreshTarget, requestIn } from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { acceptTimer, LEAST_INTERVAL, timerHeaders, timerOf } from "../../protocol/sip/session-timer.ts";
import type { Awaiting, ServerTransaction } from "../sip/user.ts";
import type { Fork } from "./info.ts";
import { PhoneReinvite, type PhoneReinviteNeeds } from "./reinvite.ts";

/** The longest Retry-After that we wait for before we offer again, in seconds; a longer one is a refusal. */
const LONGEST_PAUSE = 10;

export interface PhoneOffersNeeds extends PhoneReinviteNeeds {
  readonly tell: (event: PhoneEvent) => Refusal | undefined;
  readonly chance: () => number;
  readonly expectAck: (transaction: ServerTransaction, it: Awaiting) => () => void;
  readonly contact: Field;
  /** Who wrote the phone's SDP. */
  readonly by: Role;
  /** The user's description, and the phone's, as they are now. */
  readonly local: () => Media;
  readonly remote: () => Media;
  /** Whether the INVITE that the call began with still waits for a final response of ours. */
  readonly unanswered: () => boolean;
  /** What a message says that its writer can do. */
  readonly learn: (fork: Fork, message: Response) => void;
  readonly describe: (media: Media, answer: boolean, action?: SourceAction) => string;
}

export class PhoneOffers {
  readonly #needs: PhoneOffersNeeds;
  /** What we have offered and has no final response yet. */
  #open: Media | null = null;
  /** Our last re-INVITE. */
  #ours: PhoneReinvite | null = null;
  /** Their INVITE or UPDATE that has no final response yet, and the dialog it came in. */
  #theirs: { transaction: ServerTransaction; fork: Fork; forget: () => void } | null = null;
  /** What our 200 has offered, until its ACK. */
  #offeredIn200: Media | null = null;

  constructor(needs: PhoneOffersNeeds) {
    this.#needs = needs;
  }

  /** Whether an offer of theirs waits for our answer. */
  get pending(): boolean {
    return this.#theirs !== null;
  }

  /** Offers the session as it is to be. */
  offer(fork: Fork, media: Media, action: SourceAction | null): void {
    const type: Field = ["Content-Type", "application/sdp"];
    const body = this.#needs.describe(media, false, action ?? undefined);
    const { contact, timer } = this.#needs;
    const headers = [contact, ALLOW, SUPPORTED, RECV_INFO, ...timerHeaders(timer.timer), type];
    const { request, dialog } = requestIn(fork.dialog, "INVITE", { headers, body });
    fork.dialog = dialog;
    this.#open = media;
    this.#ours = new PhoneReinvite(fork, request, this.#needs, {
      answered: (response) => this.#answered(fork, response),
      refused: (response) => this.#failed(response.status, response.phrase, pauseOf(response)),
      failed: (status, phrase) => this.#failed(status, phrase),
    });
  }

  #failed(status: number, phrase: string, pause: number | null = null): void {
    this.#open = null;
    this.#needs.tell({ type: "sip.reinvite.failure", status, phrase, pause, chance: this.#needs.chance() });
  }

  #answered(fork: Fork, response: Response): void {
    const offered = this.#open ?? this.#needs.local();
    this.#open = null;
    this.#needs.learn(fork, response);
    this.#needs.timer.restart(timerOf(response));
    const media = this.#readAnswer(offered, response.body);
    if (media instanceof Refusal) this.#needs.tell({ type: "sip.answer.unusable", text: media.message });
    else this.#needs.tell({ type: "sip.reinvite.success", media });
  }

  #readAnswer(offered: Media, sdp: string): Media | Refusal {
    if (sdp === "") return new Refusal("the answer has no SDP", { status: 488 });
    return this.#read(() => acceptFromAnswer(offered, readSdp(sdp, { by: this.#needs.by, answerTo: offered })));
  }

  /** Takes an INVITE or UPDATE of theirs inside the dialog; answers it at once where the chart has nothing to say. */
  offered(fork: Fork, request: Request, transaction: ServerTransaction): void {
    const refuse = (status: number, headers: readonly Field[] = []): void =>
      transaction.respond(responseTo(request, status, { headers }));
    if (request.method === "UPDATE" && request.body === "") return this.#refreshed(fork, request, transaction);
    if (this.#theirs || this.#needs.unanswered())
      return refuse(500, [["Retry-After", `${Math.floor(this.#needs.chance() * 11)}`]]);
    if (acceptTimer(request, this.#needs.timer.timer) === "too small")
      return refuse(422, [["Min-SE", `${LEAST_INTERVAL}`]]);
    const event = this.#read(() => this.#eventOf(request));
    if (event instanceof Refusal) return refuse(event.sip.status, [["Warning", `399 carillon "${event.message}"`]]);
    const forget = request.method === "INVITE" ? this.#await(transaction) : () => {};
    this.#theirs = { transaction, fork, forget };
    // the chart takes none while ours is open, be it in a 200 that has no ACK yet
    if (this.#needs.tell(event)) this.refuse(491, []);
  }

  /** An UPDATE that only refreshes the session (RFC 4028 §7.4, RFC 3311 §5.2): nothing that is open is in its way. */
  #refreshed(fork: Fork, request: Request, transaction: ServerTransaction): void {
    const accepted = acceptTimer(request, this.#needs.timer.timer);
    if (accepted === "too small")
      return transaction.respond(responseTo(request, 422, { headers: [["Min-SE", `${LEAST_INTERVAL}`]] }));
    fork.dialog = refreshTarget(fork.dialog, request);
    // before the answer there is no session whose time could run
    if (!this.#needs.unanswered()) this.#needs.timer.restart(accepted?.timer ?? null);
    const headers: Field[] = [this.#needs.contact, ALLOW, SUPPORTED, ...(accepted?.headers ?? [])];
    transaction.respond(responseTo(request, 200, { headers }));
  }

  #await(transaction: ServerTransaction): () => void {
    return this.#needs.expectAck(transaction, {
      holdsBye: false,
      acknowledged: (ack) => this.#acknowledged(ack),
      unacknowledged: () => void this.#needs.tell({ type: "sip.ack.timeout" }),
      cancelled: () => void this.#needs.tell({ type: "sip.reinvite.cancel" }),
    });
  }

  /** What the chart is told of an offer. */
  #eventOf(request: Request): PhoneEvent {
    if (request.body === "") return { type: "sip.reinvite.empty" };
    const isUpdate = request.method === "UPDATE";
    const before = this.#needs.remote();
    const media = inKindOf(before, readSdp(request.body, { by: this.#needs.by, follows: before }));
    return { type: isUpdate ? "sip.update" : "sip.reinvite", media, action: readJingleAction(request.body) };
  }

  #read<T>(read: () => T): T | Refusal {
    try {
      return read();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Answers their offer with 200. */
  accept(media: Media): void {
    if (!this.#theirs) return;
    const { transaction, fork } = this.#theirs;
    const { request } = transaction;
    this.#theirs = null;
    this.#offeredIn200 = request.body === "" ? media : null;
    fork.dialog = refreshTarget(fork.dialog, request);
    const accepted = acceptTimer(request, this.#needs.timer.timer);
    const timer = accepted === null || accepted === "too small" ? { timer: null, headers: [] } : accepted;
    this.#needs.timer.restart(timer.timer);
    const recvInfo = asksForInfoPackages(request) ? [RECV_INFO] : [];
    const type: Field = ["Content-Type", "application/sdp"];
    const headers = [this.#needs.contact, ALLOW, ACCEPT, SUPPORTED, ...recvInfo, ...timer.headers, type];
    const body = this.#needs.describe(media, request.body !== "");
    transaction.respond(responseTo(request, 200, { headers, body }));
  }

  /** Refuses their offer, if one is there; the session stays as it is (§14.2). */
  refuse(status: number, headers: readonly Field[]): void {
    if (!this.#theirs) return;
    const { transaction, forget } = this.#theirs;
    this.#theirs = null;
    forget();
    transaction.respond(responseTo(transaction.request, status, { headers }));
  }

  /** The ACK to our 200: it has the answer, where the 200 has offered (RFC 3261 §14.2). */
  #acknowledged(ack: Request): void {
    const offered = this.#offeredIn200;
    this.#offeredIn200 = null;
    if (offered === null) return void this.#needs.tell({ type: "sip.ack" });
    const media = this.#readAnswer(offered, ack.body);
    if (media instanceof Refusal) this.#needs.tell({ type: "sip.answer.unusable", text: media.message });
    else this.#needs.tell({ type: "sip.ack.answer", media });
  }

  /** The call is over: what of theirs waits is refused (RFC 3261 §15.1.2), what of ours is out is given up. */
  stop(): void {
    this.refuse(487, []);
    this.#ours?.giveUp();
  }
}

/** How long a refusal asks us to wait, in milliseconds; null when it does not, or asks for too long. */
function pauseOf(response: Response): number | null {
  const [, seconds] = /^\s*(\d{1,6})/.exec(header(response, "Retry-After") ?? "") ?? [];
  return seconds === undefined || Number(seconds) > LONGEST_PAUSE ? null : Number(seconds) * 1_000;
}
