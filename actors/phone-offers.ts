/**
 * Offers inside the dialog, ours and theirs: re-INVITE, its answer and its ACK.
 *
 * RFC 3261 §14, RFC 3264 §8. Rules: one at a time; theirs while ours is open is 491, theirs while theirs has no final
 * response is 500 with Retry-After (§14.2); a 2xx is acknowledged as often as it comes, whatever has become of the call; what
 * an offer means is the chart's to say, what cannot be an offer at all is refused here. A 2xx moves the dialog's target
 * (§12.2).
 */

import type { SourceAction } from "../machines/negotiation.ts";
import type { PhoneEvent } from "../machines/vocabulary.ts";
import { settleAnswer } from "../protocol/answer.ts";
import { ALLOW, SUPPORTED } from "../protocol/capabilities.ts";
import { refreshTarget, requestIn } from "../protocol/dialog.ts";
import type { Media, Role } from "../protocol/media.ts";
import { Refusal } from "../protocol/refusal.ts";
import { readJingleAction, readSdp } from "../protocol/sdp.ts";
import type { Field, Request, Response } from "../protocol/sip.ts";
import { responseTo } from "../protocol/sip-build.ts";
import type { Authenticate } from "./authenticate.ts";
import type { Fork } from "./phone-info.ts";
import type { Awaiting, ServerTransaction, Sip } from "./sip.ts";

export interface PhoneOffersNeeds {
  readonly sip: Sip;
  readonly tell: (event: PhoneEvent) => Refusal | undefined;
  readonly authenticate: Authenticate;
  readonly chance: () => number;
  readonly hop: (request: Request) => Parameters<Sip["send"]>[1];
  readonly expectAck: (transaction: ServerTransaction, it: Awaiting) => void;
  readonly contact: Field;
  /** Who wrote the phone's SDP. */
  readonly by: Role;
  /** The user's description, and the phone's, as they are now. */
  readonly local: () => Media;
  readonly remote: () => Media;
  readonly describe: (media: Media, answer: boolean, action?: SourceAction) => string;
}

export class PhoneOffers {
  readonly #needs: PhoneOffersNeeds;
  /** Whether an INVITE of ours has no final response yet. */
  #open = false;
  /** Their INVITE that has no final response yet, and the dialog it came in. */
  #theirs: { transaction: ServerTransaction; fork: Fork } | null = null;
  /** Whether our 200 has no ACK yet. */
  #unacknowledged = false;

  constructor(needs: PhoneOffersNeeds) {
    this.#needs = needs;
  }

  /** Whether an INVITE of theirs waits for our answer. */
  get pending(): boolean {
    return this.#theirs !== null;
  }

  /** Offers the session as it is to be. */
  offer(fork: Fork, media: Media, action: SourceAction | null): void {
    const type: Field = ["Content-Type", "application/sdp"];
    const body = this.#needs.describe(media, false, action ?? undefined);
    const headers = [this.#needs.contact, ALLOW, SUPPORTED, type];
    const { request, dialog } = requestIn(fork.dialog, "INVITE", { headers, body });
    fork.dialog = dialog;
    this.#open = true;
    this.#send(fork, request, true);
  }

  #send(fork: Fork, request: Request, again: boolean): void {
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
        const retry = again ? this.#needs.authenticate(request, response) : undefined;
        if (!retry) return this.#failed(response.status, response.phrase);
        fork.dialog = { ...fork.dialog, localSeq: fork.dialog.localSeq + 1 };
        this.#send(fork, retry, false);
      },
      failed: (why) =>
        why === "timeout" ? this.#failed(408, "Request Timeout") : this.#failed(503, "Service Unavailable"),
    });
  }

  #failed(status: number, phrase: string): void {
    this.#open = false;
    this.#needs.tell({ type: "sip.reinvite.failure", status, phrase, chance: this.#needs.chance() });
  }

  #answered(response: Response): void {
    this.#open = false;
    const media = this.#read(() => {
      const local = this.#needs.local();
      return settleAnswer(local, readSdp(response.body, { by: this.#needs.by, answerTo: local }));
    });
    if (media instanceof Refusal) this.#needs.tell({ type: "sip.dialog.lost", status: 488, phrase: media.message });
    else this.#needs.tell({ type: "sip.reinvite.success", media });
  }

  /** Takes an INVITE of theirs inside the dialog; answers it at once where the chart has nothing to say. */
  offered(fork: Fork, request: Request, transaction: ServerTransaction): void {
    const refuse = (status: number, headers: readonly Field[] = []): void =>
      transaction.respond(responseTo(request, status, { headers }));
    if (this.#theirs) return refuse(500, [["Retry-After", `${Math.floor(this.#needs.chance() * 11)}`]]);
    if (this.#open || this.#unacknowledged) return refuse(491);
    const event = this.#read(() => this.#eventOf(request));
    if (event instanceof Refusal) return refuse(event.sip.status, [["Warning", `399 carillon "${event.message}"`]]);
    this.#theirs = { transaction, fork };
    const refusal = this.#needs.tell(event);
    if (refusal) this.refuse(refusal.sip.status === 481 ? 481 : 491, []);
  }

  #eventOf(request: Request): PhoneEvent {
    if (request.body === "") return { type: "sip.reinvite.empty" };
    const media = readSdp(request.body, { by: this.#needs.by, answerTo: this.#needs.remote() });
    return { type: "sip.reinvite", media, action: readJingleAction(request.body) };
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
    this.#unacknowledged = true;
    fork.dialog = refreshTarget(fork.dialog, request);
    this.#needs.expectAck(transaction, {
      acknowledged: () => this.#acknowledged("sip.ack"),
      unacknowledged: () => this.#acknowledged("sip.ack.timeout"),
      cancelled: () => {},
    });
    const headers: Field[] = [this.#needs.contact, ALLOW, SUPPORTED, ["Content-Type", "application/sdp"]];
    const body = this.#needs.describe(media, request.body !== "");
    transaction.respond(responseTo(request, 200, { headers, body }));
  }

  /** Refuses their offer; the session stays as it is (§14.2). */
  refuse(status: number, headers: readonly Field[]): void {
    const transaction = this.#theirs?.transaction;
    this.#theirs = null;
    transaction?.respond(responseTo(transaction.request, status, { headers }));
  }

  #acknowledged(type: "sip.ack" | "sip.ack.timeout"): void {
    this.#unacknowledged = false;
    this.#needs.tell({ type });
  }
}
