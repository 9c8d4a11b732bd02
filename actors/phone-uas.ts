/**
 * The SIP side of a call that a phone places: what its INVITE is answered, until the ACK and after it.
 *
 * RFC 3261 §13.3. Rules: 180 and 200 carry our tag and Contact (they make the dialog); the 200 comes again until its ACK,
 * which is the transaction's work; nothing of ours is sent inside the dialog before the ACK (§15).
 */
import type { PhoneEffect } from "../machines/vocabulary.ts";
import { ACCEPT, ALLOW, asksForInfoPackages, RECV_INFO, SUPPORTED } from "../protocol/capabilities.ts";
import { dialogFromRequest } from "../protocol/dialog.ts";
import type { Media } from "../protocol/media.ts";
import type { Failure, Reason } from "../protocol/reasons.ts";
import type { Field } from "../protocol/sip.ts";
import { responseTo } from "../protocol/sip-build.ts";
import { tagOf } from "../protocol/sip-fields.ts";
import { Phone, type PhoneNeeds, warningOf } from "./phone.ts";
import type { ServerTransaction } from "./sip.ts";

export class PhoneUas extends Phone {
  readonly #transaction: ServerTransaction;
  readonly #localTag: string;
  readonly #remoteTag: string;
  #answered = false;

  constructor(transaction: ServerTransaction, localTag: string, needs: PhoneNeeds) {
    super(needs, "responder");
    const { request } = transaction;
    this.#transaction = transaction;
    this.#localTag = localTag;
    this.#remoteTag = tagOf(request, "From") ?? "";
    this.chosen = this.#remoteTag;
    this.join(this.#remoteTag, () => dialogFromRequest(request, localTag), request, false);
  }

  perform(effect: PhoneEffect): void {
    switch (effect.type) {
      case "sip.send.ringing":
        return this.#respond(180, [this.needs.contact, ALLOW]);
      case "sip.send.success":
        return this.offers.pending ? this.offers.accept(effect.media) : this.#accept(effect.media);
      case "sip.send.failure":
        return this.offers.pending
          ? this.offers.refuse(effect.failure.status, warningOf(effect.failure))
          : this.#refuse(effect.failure);
      case "sip.send.reinvite":
        return this.reinvite(effect.media, effect.action);
      case "sip.send.bye":
        return this.bye(this.#remoteTag, effect.reason, true);
      case "sip.send.info":
        return this.candidates.say(effect.media);
      default:
        throw new Error(`a callee does not say ${effect.type}`);
    }
  }

  /** The caller gave up, before any final response of ours. */
  cancelled(): void {
    if (this.needs.tell({ type: "sip.cancel" })) this.#refuse({ status: 487 });
  }

  /** The ACK to our 200. */
  acknowledged(): void {
    const fork = this.forks.get(this.#remoteTag);
    if (fork) fork.open = true;
    if (this.needs.tell({ type: "sip.ack" })) this.#hangUp();
    else this.candidates.flush();
  }

  /** 64*T1 without the ACK: the dialog is there all the same and is to be hung up (§13.3.1.4). */
  unacknowledged(): void {
    if (this.needs.tell({ type: "sip.ack.timeout" })) this.#hangUp();
  }

  abandon(reason: Reason): void {
    if (!this.#answered) this.#refuse({ status: reason.condition === "gone" ? 503 : 500 });
    else if (this.forks.get(this.#remoteTag)?.open) this.bye(this.#remoteTag, reason, false);
  }

  /** The call ended between our 200 and its ACK; only now may BYE follow (§15). */
  #hangUp(): void {
    if (!this.hungUp) this.bye(this.#remoteTag, { condition: "success" }, false);
  }

  #accept(media: Media): void {
    const recvInfo = asksForInfoPackages(this.#transaction.request) ? [RECV_INFO] : [];
    const type: Field = ["Content-Type", "application/sdp"];
    this.#answered = true;
    const headers = [this.needs.contact, ALLOW, ACCEPT, SUPPORTED, ...recvInfo, type];
    this.#respond(200, headers, this.describe(media, true));
  }

  #refuse(failure: Failure): void {
    this.#answered = true;
    this.#respond(failure.status, warningOf(failure));
  }

  #respond(status: number, headers: readonly Field[], body = ""): void {
    this.#transaction.respond(responseTo(this.#transaction.request, status, { toTag: this.#localTag, headers, body }));
  }
}
