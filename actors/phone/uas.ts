/**
 * The SIP side of a call that a phone places: what its INVITE is answered, until the ACK and after it.
 *
 * RFC 3261 §13.3, RFC 3262 (100rel, where the caller requires it). Rules: 180 and 200 carry our tag and Contact (they make the dialog); the 200 comes again until its ACK,
 * which is the transaction's work; nothing of ours is sent inside the dialog before the ACK (§15).
 */
import type { PhoneEffect } from "../../machines/call/vocabulary.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { Failure, Reason } from "../../protocol/reasons.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import {
  ACCEPT,
  ALLOW,
  asksFor,
  asksForInfoPackages,
  RECV_INFO,
  RETRY_AFTER,
  SUPPORTED,
} from "../../protocol/sip/capabilities.ts";
import { dialogFromRequest } from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Field, Request } from "../../protocol/sip/message.ts";
import { acceptTimer } from "../../protocol/sip/session-timer.ts";
import type { ServerTransaction } from "../sip/user.ts";
import { headersOf, Phone, type PhoneNeeds } from "./phone.ts";

/** RFC 3261 §17.1.1.1, in milliseconds. */
const T1 = 500;

/** How long an INVITE is good for, in milliseconds, when it says so and it is no longer than a day (§20.19). */
function expiryOf(request: Request): number | undefined {
  const seconds = header(request, "Expires") ?? "";
  return /^\d{1,10}$/.test(seconds) && Number(seconds) <= 86_400 ? 1_000 * Number(seconds) : undefined;
}

export class PhoneUas extends Phone {
  #transaction: ServerTransaction;
  readonly #localTag: string;
  readonly #remoteTag: string;
  #answered = false;
  /** Why the call was given up between our 200 and its ACK. */
  #parting: Reason | null = null;
  /** The number of the 180 that waits for its PRACK, which may come after the 200; and what stops its repetition. */
  #unacknowledged: number | null = null;
  #stopRinging: () => void = () => {};
  #lastNumber: number;
  #disarm: () => void = () => {};

  constructor(transaction: ServerTransaction, localTag: string, needs: PhoneNeeds) {
    super(needs, "responder");
    const { request } = transaction;
    this.#transaction = transaction;
    this.#localTag = localTag;
    this.#remoteTag = tagOf(request, "From") ?? "";
    this.chosen = this.#remoteTag;
    this.#lastNumber = Math.floor(needs.chance() * 10_000);
    this.join(this.#remoteTag, () => dialogFromRequest(request, localTag), request, false);
    const expiry = expiryOf(request);
    if (expiry !== undefined) this.#disarm = needs.clock.after(expiry, () => !this.#answered && this.cancelled());
  }

  perform(effect: PhoneEffect): void {
    switch (effect.type) {
      case "sip.send.ringing":
        return this.#ring();
      case "sip.send.success":
        return this.offers.pending ? this.offers.accept(effect.media) : this.#accept(effect.media);
      case "sip.send.failure":
        return this.#fail(effect.failure);
      case "sip.send.reinvite":
        return this.reinvite(effect.media, effect.action);
      case "sip.send.bye":
        return this.bye(this.#remoteTag, effect.reason, true);
      case "sip.send.info":
        return this.info.say(effect.media);
      case "sip.send.dtmf":
        return this.info.press(effect.tone);
      default:
        throw new Error(`a callee does not say ${effect.type}`);
    }
  }

  /** The caller gave up, or its invitation has expired (§13.3.1), before any final response of ours. */
  cancelled(): void {
    if (this.needs.tell({ type: "sip.cancel" })) this.#refuse(487, []);
  }

  protected override get unanswered(): boolean {
    return !this.#answered;
  }

  /** Whether the 200 is out and its ACK is not in: until then no BYE may go out (§15). */
  get holdsBye(): boolean {
    return this.#answered && !this.hungUp && this.forks.get(this.#remoteTag)?.open === false;
  }

  /** The ACK to our 200. */
  acknowledged(): void {
    this.#open();
    // the INVITE has had its last word: a call may go on for hours, and its offer need not be kept twice
    const { request } = this.#transaction;
    this.#transaction = { ...this.#transaction, request: { ...request, body: "" }, respond: () => {} };
    if (this.needs.tell({ type: "sip.ack" })) this.#hangUp();
    else this.info.flush();
  }

  /** 64*T1 without the ACK: the dialog is there all the same and is to be hung up (§13.3.1.4). */
  unacknowledged(): void {
    this.#open();
    if (this.needs.tell({ type: "sip.ack.timeout" })) this.#hangUp();
  }

  /** From now on requests of ours may go out. */
  #open(): void {
    const fork = this.forks.get(this.#remoteTag);
    if (fork) fork.open = true;
  }

  abandon(reason: Reason): void {
    if (!this.#answered && reason.condition === "gone") this.#refuse(503, [RETRY_AFTER, ...this.reason(reason)]);
    else if (!this.#answered) this.#refuse(500, this.reason(reason));
    else if (this.forks.get(this.#remoteTag)?.open) this.bye(this.#remoteTag, reason, false);
    else this.#parting = reason;
  }

  /** The call ended between our 200 and its ACK; only now may BYE follow (§15). */
  #hangUp(): void {
    if (!this.hungUp) this.bye(this.#remoteTag, this.#parting ?? { condition: "success" }, false);
  }

  override stop(): void {
    super.stop();
    this.#disarm();
    this.#stopRinging();
  }

  /** 180, which is repeated until its PRACK when the caller requires that (RFC 3262 §3). */
  #ring(): void {
    const headers = this.#announcements();
    if (!asksFor(this.#transaction.request, "Require", "100rel")) return this.#respond(180, headers);
    if (this.#unacknowledged !== null) return;
    this.#unacknowledged = ++this.#lastNumber;
    const reliably: Field[] = [...headers, ["Require", "100rel"], ["RSeq", `${this.#unacknowledged}`]];
    this.#respond(180, reliably);
    this.#stopRinging = this.#repeat(() => this.#respond(180, reliably));
  }

  /** Who answers, and what he understands (signalling §6); packages only when asked (RFC 6086 §5.2.3). */
  #announcements(): Field[] {
    const recvInfo = asksForInfoPackages(this.#transaction.request) ? [RECV_INFO] : [];
    return [this.needs.contact, ALLOW, ACCEPT, SUPPORTED, ...recvInfo];
  }

  /** Runs again after T1, 2*T1, 4*T1 …; after 64*T1 the call is given up. Gives what stops it. */
  #repeat(run: () => void): () => void {
    const { clock, tell } = this.needs;
    const due = (interval: number, waited: number): (() => void) =>
      clock.after(interval, () => {
        if (waited + interval >= 64 * T1) return void tell({ type: "sip.ack.timeout" });
        run();
        cancel = due(Math.min(interval * 2, 64 * T1 - waited - interval), waited + interval);
      });
    let cancel = due(T1, 0);
    return () => cancel();
  }

  protected override acknowledgedProvisional(prack: Request): boolean {
    const cseq = (header(this.#transaction.request, "CSeq") ?? "").trim().split(/\s+/);
    const said = (header(prack, "RAck") ?? "").trim().split(/\s+/);
    if (this.#unacknowledged === null || said.join(" ") !== [`${this.#unacknowledged}`, ...cseq].join(" "))
      return false;
    this.#unacknowledged = null;
    this.#stopRinging();
    return true;
  }

  #accept(media: Media): void {
    const type: Field = ["Content-Type", "application/sdp"];
    this.#answered = true;
    const accepted = acceptTimer(this.#transaction.request, null);
    const timer = accepted === null || accepted === "too small" ? { timer: null, headers: [] } : accepted;
    this.timer.restart(timer.timer);
    this.#stopRinging();
    this.#respond(200, [...this.#announcements(), ...timer.headers, type], this.describe(media, true));
  }

  #fail(failure: Failure): void {
    const headers = headersOf(failure);
    if (this.offers.pending) this.offers.refuse(failure.status, headers);
    else this.#refuse(failure.status, headers);
  }

  #refuse(status: number, headers: readonly Field[]): void {
    this.#answered = true;
    this.hungUp = true;
    this.#stopRinging();
    this.#respond(status, headers);
  }

  #respond(status: number, headers: readonly Field[], body = ""): void {
    this.#transaction.respond(responseTo(this.#transaction.request, status, { toTag: this.#localTag, headers, body }));
  }
}
