/**
 * Offers inside the dialog, ours and theirs: re-INVITE, its answer and its ACK, and UPDATE.
 *
 * RFC 3261 §14, RFC 3311, RFC 3264 §8, RFC 4028 §7. Rules: one at a time; theirs while ours is open is 491, theirs while theirs
 * has no final response is 500 with Retry-After (§14.2); a 2xx is acknowledged as often as it comes, whatever has become of
 * the call; what an offer means is the chart's to say, what cannot be an offer at all is refused here. A 2xx moves the
 * dialog's target (§12.2). We offer by re-INVITE alone; an UPDATE of ours only refreshes (phone.ts).
 */

import type { SourceAction } from "../machines/negotiation.ts";
import type { PhoneEvent } from "../machines/vocabulary.ts";
import { inKindOf, settleAnswer } from "../protocol/answer.ts";
import { ALLOW, SUPPORTED } from "../protocol/capabilities.ts";
import { refreshTarget, requestIn } from "../protocol/dialog.ts";
import type { Media, Role } from "../protocol/media.ts";
import { Refusal } from "../protocol/refusal.ts";
import { readJingleAction, readSdp } from "../protocol/sdp.ts";
import { acceptTimer, LEAST_INTERVAL, timerHeaders, timerOf } from "../protocol/session-timer.ts";
import type { Field, Request, Response } from "../protocol/sip.ts";
import { responseTo } from "../protocol/sip-build.ts";
import { header } from "../protocol/sip-fields.ts";
import { type Authenticate, MOST_TRIES } from "./authenticate.ts";
import type { Fork } from "./phone-info.ts";
import type { PhoneTimer } from "./phone-timer.ts";
import type { Awaiting, ServerTransaction, Sip } from "./sip.ts";

/** The longest Retry-After that we wait for before we offer again, in seconds; a longer one is a refusal. */
const LONGEST_PAUSE = 10;

export interface PhoneOffersNeeds {
  readonly sip: Sip;
  readonly tell: (event: PhoneEvent) => Refusal | undefined;
  readonly authenticate: Authenticate;
  readonly chance: () => number;
  readonly hop: (request: Request) => Parameters<Sip["send"]>[1];
  readonly expectAck: (transaction: ServerTransaction, it: Awaiting) => () => void;
  readonly contact: Field;
  /** Who wrote the phone's SDP. */
  readonly by: Role;
  /** The user's description, and the phone's, as they are now. */
  readonly local: () => Media;
  readonly remote: () => Media;
  readonly timer: PhoneTimer;
  readonly describe: (media: Media, answer: boolean, action?: SourceAction) => string;
}

export class PhoneOffers {
  readonly #needs: PhoneOffersNeeds;
  /** What we have offered and has no final response yet. */
  #open: Media | null = null;
  /** Their INVITE or UPDATE that has no final response yet, and the dialog it came in. */
  #theirs: { transaction: ServerTransaction; fork: Fork; forget: () => void } | null = null;
  /** Whether our 200 has no ACK yet. */
  #unacknowledged = false;

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
    const headers = [this.#needs.contact, ALLOW, SUPPORTED, ...timerHeaders(this.#needs.timer.timer), type];
    const { request, dialog } = requestIn(fork.dialog, "INVITE", { headers, body });
    fork.dialog = dialog;
    this.#open = media;
    this.#send(fork, request, MOST_TRIES);
  }

  #send(fork: Fork, request: Request, tries: number): void {
    let ack: Request | undefined;
    const succeeded = (response: Response): void => {
      if (ack === undefined) {
        fork.dialog = refreshTarget(fork.dialog, response);
        ack = requestIn(fork.dialog, "ACK", { headers: [], invite: request }).request;
        this.#needs.sip.acknowledge(ack, this.#needs.hop(ack));
        this.#answered(response);
      } else this.#needs.sip.acknowledge(ack, this.#needs.hop(ack));
    };
    this.#needs.sip.send(request, this.#needs.hop(request), {
      response: (response) => {
        if (response.status < 200) return;
        if (response.status < 300) return succeeded(response);
        const retry = tries > 0 ? this.#needs.authenticate(request, response) : undefined;
        if (!retry) return this.#failed(response.status, response.phrase, pauseOf(response));
        fork.dialog = { ...fork.dialog, localSeq: fork.dialog.localSeq + 1 };
        this.#send(fork, retry, tries - 1);
      },
      failed: (why) =>
        why === "timeout" ? this.#failed(408, "Request Timeout") : this.#failed(503, "Service Unavailable"),
    });
  }

  #failed(status: number, phrase: string, pause: number | null = null): void {
    this.#open = null;
    this.#needs.tell({ type: "sip.reinvite.failure", status, phrase, pause, chance: this.#needs.chance() });
  }

  #answered(response: Response): void {
    const offered = this.#open ?? this.#needs.local();
    this.#open = null;
    this.#needs.timer.restart(timerOf(response));
    const media = this.#read(() =>
      settleAnswer(offered, readSdp(response.body, { by: this.#needs.by, answerTo: offered })),
    );
    if (media instanceof Refusal) this.#needs.tell({ type: "sip.dialog.lost", status: 488, phrase: media.message });
    else this.#needs.tell({ type: "sip.reinvite.success", media });
  }

  /** Takes an INVITE or UPDATE of theirs inside the dialog; answers it at once where the chart has nothing to say. */
  offered(fork: Fork, request: Request, transaction: ServerTransaction): void {
    const refuse = (status: number, headers: readonly Field[] = []): void =>
      transaction.respond(responseTo(request, status, { headers }));
    if (this.#theirs) return refuse(500, [["Retry-After", `${Math.floor(this.#needs.chance() * 11)}`]]);
    if (this.#open || this.#unacknowledged) return refuse(491);
    if (acceptTimer(request, this.#needs.timer.timer) === "too small")
      return refuse(422, [["Min-SE", `${LEAST_INTERVAL}`]]);
    const event = this.#read(() => this.#eventOf(request));
    if (event instanceof Refusal) return refuse(event.sip.status, [["Warning", `399 carillon "${event.message}"`]]);
    const forget = request.method === "INVITE" ? this.#await(transaction) : () => {};
    this.#theirs = { transaction, fork, forget };
    if (event === null) return this.accept(this.#needs.local());
    const refusal = this.#needs.tell(event);
    if (refusal) this.refuse(refusal.sip.status === 481 ? 481 : 491, []);
  }

  #await(transaction: ServerTransaction): () => void {
    return this.#needs.expectAck(transaction, {
      acknowledged: () => this.#acknowledged("sip.ack"),
      unacknowledged: () => this.#acknowledged("sip.ack.timeout"),
      cancelled: () => void this.#needs.tell({ type: "sip.reinvite.cancel" }),
    });
  }

  /** What the chart is told of an offer; null for an UPDATE that only refreshes (RFC 4028 §7.4). */
  #eventOf(request: Request): PhoneEvent | null {
    const isUpdate = request.method === "UPDATE";
    if (request.body === "") return isUpdate ? null : { type: "sip.reinvite.empty" };
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
    this.#unacknowledged = request.method === "INVITE";
    fork.dialog = refreshTarget(fork.dialog, request);
    const accepted = acceptTimer(request, this.#needs.timer.timer);
    const timer = accepted === null || accepted === "too small" ? { timer: null, headers: [] } : accepted;
    this.#needs.timer.restart(timer.timer);
    const headers: Field[] = [this.#needs.contact, ALLOW, SUPPORTED, ...timer.headers];
    if (request.method === "UPDATE" && request.body === "")
      return transaction.respond(responseTo(request, 200, { headers }));
    const body = this.#needs.describe(media, request.body !== "");
    headers.push(["Content-Type", "application/sdp"]);
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

  #acknowledged(type: "sip.ack" | "sip.ack.timeout"): void {
    this.#unacknowledged = false;
    this.#needs.tell({ type });
  }
}

/** How long a refusal asks us to wait, in milliseconds; null when it does not, or asks for too long. */
function pauseOf(response: Response): number | null {
  const [, seconds] = /^\s*(\d{1,6})/.exec(header(response, "Retry-After") ?? "") ?? [];
  return seconds === undefined || Number(seconds) > LONGEST_PAUSE ? null : Number(seconds) * 1_000;
}
