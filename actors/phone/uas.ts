/**
 * The SIP side of a call that a phone places: the responses to its INVITE, and what follows the ACK.
 *
 * RFC 3261 §13.3, RFC 3262 (100rel, if the caller requires it). Rules: 180 and 200 carry our tag and Contact (they create the dialog);
 * the transaction retransmits the 200 until its ACK; we send nothing inside the dialog before the ACK (§15).
 */

import type { PhoneEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import { type Failure, failureOf, type Reason } from "../../protocol/reasons.ts";
import { SDP_TYPE } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { asksForInfoPackages, RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { dialogFromRequest } from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { type EffectRows, performBy } from "../effect-rows.ts";
import type { Awaiting, ServerTransaction } from "../sip/user.ts";
import type { Fork } from "./fork.ts";
import type { Line } from "./line.ts";
import { headersOf, SipSide } from "./phone.ts";
import { Ringing } from "./ringing.ts";
import { type SavedInvite, type SavedPhone, savedTheirs } from "./saved.ts";

const withoutBody = (request: Request): Request => ({ ...request, body: "" });

/** The Expires of an INVITE in milliseconds, if present and no longer than a day (§20.19). */
function expiryOf(request: Request): number | undefined {
  const seconds = header(request, "Expires") ?? "";
  return /^\d{1,10}$/.test(seconds) && Number(seconds) <= 86_400 ? 1_000 * Number(seconds) : undefined;
}

const neverSaid = (_: PhoneUas, { type }: PhoneEffect): never => {
  throw new Error(`a callee does not say ${type}`);
};

export class PhoneUas extends SipSide implements Awaiting {
  /** Until the ACK to our 200: a call may last for hours, and its INVITE is not stored as long. */
  #transaction: ServerTransaction | undefined;
  readonly #localTag: string;
  #ringing: Ringing | undefined;
  #finalSent = false;
  /** Our 200, until its ACK. */
  #success: Response | undefined;
  /** The reason, if the call was abandoned between our 200 and its ACK. */
  #parting: { readonly reason: Reason; readonly heard: () => void } | undefined;
  #disarm: (() => void) | undefined;

  /** `transaction` is the INVITE, unless an earlier gateway has completed it. */
  constructor(transaction: ServerTransaction | undefined, localTag: string, line: Line) {
    super(line, "responder");
    this.#localTag = localTag;
    if (transaction) this.#begin(transaction);
  }

  #begin(transaction: ServerTransaction): void {
    const { line, forks } = this;
    const { request, source } = transaction;
    const remoteTag = tagOf(request, "From") ?? "";
    this.#transaction = transaction;
    line.heard.add(source);
    line.staysAt(source);
    forks.chosen = remoteTag;
    this.#ringing = new Ringing(line, request);
    forks.join(remoteTag, () => dialogFromRequest(request, this.#localTag), request, false);
    const expiry = expiryOf(request);
    if (expiry !== undefined) this.#disarm = line.chart.after(expiry, () => !this.#finalSent && this.cancelled());
    line.needs.awaiting.add(line.chart, transaction, this);
  }

  override saveInvite(): SavedInvite {
    const transaction = this.#transaction;
    return { theirs: transaction && savedTheirs({ ...transaction, request: withoutBody(transaction.request) }) };
  }

  override save(): SavedPhone {
    const transaction = this.#transaction;
    const invite =
      transaction && savedTheirs({ ...transaction, request: withoutBody(transaction.request) }, this.#success);
    return { ...super.save(), invite };
  }

  override restore(saved: SavedPhone, starts: number): void {
    super.restore(saved, starts);
    const { invite } = saved;
    this.#success = invite?.success;
    this.#finalSent = invite === undefined || this.#success !== undefined;
    if (!invite) return;
    const { awaiting, sip } = this.line.needs;
    this.#transaction = sip().takeUp(invite.request, invite.source);
    awaiting.add(this.line.chart, this.#transaction, this);
  }

  override goOn(saved: SavedPhone, isNew: boolean): void {
    super.goOn(saved, isNew);
    if (this.#success) this.#transaction?.respond(this.#success);
  }

  static readonly #rows: EffectRows<PhoneEffect, PhoneUas> = {
    "sip.send.ringing": (phone) => phone.#ring(),
    "sip.send.success": (phone, { media }) => phone.#succeed(media),
    "sip.send.failure": (phone, { failure }) => phone.#fail(failure),
    "sip.send.reinvite": (phone, { media, action }) => phone.reinvite(media, action),
    "sip.send.bye": (phone, { reason }) => phone.forks.bye(phone.forks.chosen, reason, true),
    "sip.send.info": ({ info }, { media }) => info.say(media),
    "sip.send.dtmf": ({ info }, { tone }) => info.press(tone),
    "sip.send.invite": neverSaid,
    "sip.send.cancel": neverSaid,
    "sip.send.ack": neverSaid,
  };

  perform(effect: PhoneEffect): void {
    performBy(PhoneUas.#rows, this, effect);
  }

  /**
   * The caller gave up, or its invitation expired (§13.3.1), before our final response. A 200 that waits to be saved has crossed it: it
   * is sent, and the caller hangs up.
   */
  cancelled(): void {
    if (this.#finalSent) return;
    if (this.line.chart.deliver({ type: "sip.cancel" })) this.#refuse(487, []);
  }

  protected override get unanswered(): boolean {
    return !this.#finalSent;
  }

  /** Whether the 200 is sent and its ACK has not come: until then no BYE may be sent (§15). */
  get holdsBye(): boolean {
    return this.#finalSent && !this.forks.hungUp && this.#fork?.open === false;
  }

  get #fork(): Fork | undefined {
    return this.forks.get(this.forks.chosen ?? "");
  }

  /** The ACK to our 200. */
  acknowledged(): void {
    this.#open();
    if (this.line.chart.deliver({ type: "sip.ack" })) this.#hangUp();
    else this.info.flush();
  }

  /** 64*T1 without the ACK: the dialog exists all the same and must be hung up (§13.3.1.4). */
  unacknowledged(): void {
    this.#open();
    if (this.line.chart.deliver({ type: "sip.ack.timeout" })) this.#hangUp();
  }

  /** From now on we may send requests, and the INVITE is completed. */
  #open(): void {
    const fork = this.#fork;
    if (fork) fork.open = true;
    this.#transaction = undefined;
    this.#success = undefined;
  }

  abandon(reason: Reason): void {
    const said = this.line.reason(reason);
    if (!this.#finalSent && reason.condition === "gone") this.#refuse(503, [RETRY_AFTER, ...said]);
    else if (!this.#finalSent) this.#refuse(failureOf(reason, this.line.needs.config.profile).status, said);
    else if (this.#fork?.open) this.forks.bye(this.forks.chosen, reason, false);
    else this.#parting = { reason, heard: this.line.chart.owes() };
  }

  /** The call ended between our 200 and its ACK; only now may BYE follow (§15). */
  #hangUp(): void {
    const { reason = { condition: "success" }, heard } = this.#parting ?? {};
    if (!this.forks.hungUp) this.forks.bye(this.forks.chosen, reason, false);
    heard?.();
  }

  override stop(): void {
    super.stop();
    this.#disarm?.();
    this.#ringing?.stop();
  }

  #ring(): void {
    const request = this.#transaction?.request;
    if (request) this.#ringing?.say((headers) => this.#respond(180, [...this.#announcements(request), ...headers]));
  }

  /** Contact and capabilities; INFO packages only if asked for (RFC 6086 §5.2.3). */
  #announcements(request: Request): Field[] {
    return this.line.announced({ accept: true, recvInfo: asksForInfoPackages(request) });
  }

  protected override acknowledgedProvisional(prack: Request): boolean {
    return this.#ringing?.acknowledged(prack) ?? false;
  }

  #succeed(media: Media): void {
    if (this.offers.theirsIsOpen) this.offers.accept(media);
    else this.#accept(media);
  }

  #accept(media: Media): void {
    const request = this.#transaction?.request;
    if (!request) return;
    this.#finalSent = true;
    const timer = this.timer.accept(request);
    this.#ringing?.stop();
    this.#respond(200, [...this.#announcements(request), ...timer, SDP_TYPE], this.description.write(media, true));
  }

  #fail(failure: Failure): void {
    const headers = headersOf(failure);
    if (this.offers.theirsIsOpen) this.offers.refuse(failure.status, headers);
    else this.#refuse(failure.status, headers);
  }

  #refuse(status: number, headers: readonly Field[]): void {
    this.#finalSent = true;
    this.forks.hungUp = true;
    this.#ringing?.stop();
    this.#respond(status, headers);
  }

  #respond(status: number, headers: readonly Field[], body = ""): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    const response = responseTo(transaction.request, status, { toTag: this.#localTag, headers, body });
    if (status < 200 || status >= 300) return transaction.respond(response);
    this.#success = response;
    this.line.chart.say(() => transaction.respond(response));
  }
}
