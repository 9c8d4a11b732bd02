/**
 * The SIP side of a call that we place: INVITE, its answers from one phone or from many, CANCEL and ACK.
 *
 * RFC 3261 §13.2, §9.1, §22; RFC 6026. Rules: an SDP in a provisional response is the answer of that fork if its 2xx has
 * none, and in any case where it was reliable: what comes after that is passed over (§13.2.1); a 2xx that comes again is
 * acknowledged again without troubling the chart (§13.2.2.4); a 2xx that comes when the call is over is acknowledged and
 * hung up here; a redirection is followed by way of the proxy, never to a host that the peer names (§8.1.3.4); a CANCEL
 * waits until this INVITE, which may not be the first one, has been heard of (§9.1), and once the user has left there is no
 * other INVITE. Each INVITE has forks of its own.
 */
import type { PhoneEffect } from "../../machines/call/vocabulary.ts";
import { acceptFromAnswer } from "../../protocol/media/answer.ts";
import type { Media } from "../../protocol/media/media.ts";
import type { Reason } from "../../protocol/reasons.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { requestOf } from "../../protocol/sip/build.ts";
import { ALLOW, asksFor, RECV_INFO, SUPPORTED } from "../../protocol/sip/capabilities.ts";
import { dialogFromResponse, requestIn } from "../../protocol/sip/dialog.ts";
import { header, withHeader } from "../../protocol/sip/fields.ts";
import { cseqOf, tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { nextTarget, type Targets, targetsOf } from "../../protocol/sip/redirection.ts";
import { leastOf, timerOf } from "../../protocol/sip/session-timer.ts";
import { warningCode } from "../../protocol/sip/warning.ts";
import type { ClientTransaction } from "../sip/user.ts";
import { credentialsIn, MOST_TRIES, withoutCredentials } from "./credentials.ts";
import type { Fork } from "./info.ts";
import { headersOf, MOST_FORKS, Phone, type PhoneNeeds } from "./phone.ts";
import { failureOf } from "./reinvite.ts";

/** Who calls whom, in SIP; URIs as they stand on the wire. */
export interface Callee {
  readonly requestUri: string;
  /** From with our tag, and To without one, as header values. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly proxy: Destination;
}

export class PhoneUac extends Phone {
  readonly #callee: Callee;
  /** Until it is answered it may be cancelled; what an ACK copies of it stays. */
  #invite: { transaction: ClientTransaction | null; request: Request } | null = null;
  #nextNumber = 1;
  #heard = false;
  /** The Reason header of the CANCEL that is wished for. */
  #cancels: readonly Field[] | null = null;
  #targets: Targets;

  constructor(callee: Callee, needs: PhoneNeeds) {
    super(needs, "initiator");
    this.#callee = callee;
    this.#targets = targetsOf(callee.requestUri);
  }

  perform(effect: PhoneEffect): void {
    switch (effect.type) {
      case "sip.send.invite":
        this.#targets = targetsOf(this.#callee.requestUri);
        return this.#send(this.#inviteWith(effect.media), MOST_TRIES);
      case "sip.send.cancel":
        return this.#cancel(this.reason(effect.reason));
      case "sip.send.ack":
        return this.#acknowledge(effect.tag);
      case "sip.send.bye":
        return this.bye(effect.tag, effect.reason, effect.tag === this.chosen);
      case "sip.send.reinvite":
        return this.reinvite(effect.media, effect.action);
      case "sip.send.success":
        return this.offers.accept(effect.media);
      case "sip.send.failure":
        return this.offers.refuse(effect.failure.status, headersOf(effect.failure));
      case "sip.send.info":
        return this.info.say(effect.media);
      case "sip.send.dtmf":
        return this.info.press(effect.tone);
      default:
        throw new Error(`a caller does not say ${effect.type}`);
    }
  }

  abandon(reason: Reason): void {
    const answered = [...this.forks].filter(([, { timer }]) => timer !== undefined);
    for (const [tag, { ack }] of answered) {
      if (!ack) this.#acknowledge(tag);
      this.bye(tag, reason, false);
    }
    // an answer that comes all the same is hung up below
    if (answered.length === 0) this.#cancel(this.reason(reason));
  }

  /** CANCEL, as soon as something is heard of the INVITE (§9.1). */
  #cancel(fields: readonly Field[]): void {
    this.#cancels = fields;
    if (this.#invite?.transaction && this.#heard) this.needs.sip.cancel(this.#invite.transaction, fields);
  }

  #inviteWith(media: Media): Request {
    const { requestUri, from, to, callId } = this.#callee;
    return requestOf({
      method: "INVITE",
      uri: requestUri,
      headers: [
        ["From", from],
        ["To", to],
        ["Call-ID", callId],
        ["CSeq", `${this.#nextNumber++} INVITE`],
        this.needs.contact,
        ALLOW,
        SUPPORTED,
        RECV_INFO,
        ["Content-Type", "application/sdp"],
      ],
      body: this.describe(media, false),
    });
  }

  #send(request: Request, tries: number): void {
    this.#heard = false;
    this.forks.clear();
    const bare = { ...request, body: "" };
    let asked = request;
    const transaction = this.needs.sip.send(request, this.#callee.proxy, {
      response: (response) => {
        this.#responded(asked, response, tries);
        if (response.status >= 200) asked = bare; // what a fork that answers later needs of it
      },
      failed: (why) => {
        const [status, phrase] = failureOf(why);
        const unreachable = why === "unreachable";
        this.needs.tell({ type: "sip.invite.failure", status, phrase, warning: null, unreachable });
      },
    });
    this.#invite = { transaction, request: bare };
    this.#nextNumber = cseqOf(request).number + 1;
  }

  #responded(request: Request, response: Response, tries: number): void {
    const { status, phrase } = response;
    if (status < 200) return this.#progress(request, response);
    if (status < 300) return this.#answered(request, response);
    if (this.#cancels === null && this.needs.wanted()) {
      const retry = tries > 0 ? this.needs.authenticate(request, response, this.#nextNumber) : undefined;
      if (retry) return this.#send(retry, tries - 1);
      const slower = this.#slower(request, response);
      if (slower) return this.#send(slower, tries);
      const elsewhere = this.#elsewhere(request, response);
      if (elsewhere) return this.#send(elsewhere, MOST_TRIES);
    }
    this.needs.tell({ type: "sip.invite.failure", status, phrase, warning: warningCode(response), unreachable: false });
  }

  /** The INVITE to the next place that a 3xx has pointed to, with the next number (§8.1.3.4); undefined when there is none. */
  #elsewhere(request: Request, response: Response): Request | undefined {
    const next = nextTarget(this.#targets, response);
    if (next === undefined) return undefined;
    this.#targets = next.targets;
    return this.#again({ ...withoutCredentials(request), uri: next.uri });
  }

  /** The INVITE with the session interval that a 422 asks for (RFC 4028 §7.4), once. */
  #slower(request: Request, response: Response): Request | undefined {
    const least = response.status === 422 ? leastOf(response) : undefined;
    if (least === undefined || header(request, "Min-SE") !== undefined) return undefined;
    return this.#again(withHeader(withHeader(request, ["Session-Expires", `${least}`]), ["Min-SE", `${least}`]));
  }

  #again(request: Request): Request {
    return withHeader(request, ["CSeq", `${this.#nextNumber} INVITE`]);
  }

  #progress(request: Request, response: Response): void {
    this.#heard = true;
    if (this.#cancels) this.#cancel(this.#cancels);
    const tag = tagOf(response, "To");
    if (tag !== undefined && response.status > 100) {
      const fork = this.join(tag, () => dialogFromResponse(request, response), response, true);
      const reliably = asksFor(response, "Require", "100rel");
      if (fork && reliably && !this.#acknowledgeProvisional(fork, request, response)) return;
      if (fork) this.#takeAnswer(fork, response, reliably);
    }
    this.needs.tell({ type: "sip.invite.provisional", status: response.status });
    this.info.flush();
  }

  /** PRACK to a reliable provisional response (RFC 3262 §4); false when it is not the next one of its dialog. */
  #acknowledgeProvisional(fork: Fork, request: Request, response: Response): boolean {
    const number = Number(header(response, "RSeq"));
    if (!Number.isInteger(number) || number < 1) return true;
    if (fork.reliable !== null && number !== fork.reliable + 1) return false;
    fork.reliable = number;
    const cseq = cseqOf(request).number;
    this.send(fork, "PRACK", [["RAck", `${number} ${cseq} INVITE`]], "", (status, phrase) => {
      // 481 may only mean that the response is not waited for any more (RFC 3262 §3); while it rings the INVITE has the last word
      if (status === 408 && this.chosen !== null && fork === this.forks.get(this.chosen))
        this.needs.tell({ type: "sip.dialog.lost", status, phrase });
    });
    return true;
  }

  #answered(request: Request, response: Response): void {
    const tag = tagOf(response, "To") ?? "";
    const ack = this.forks.get(tag)?.ack;
    if (ack) return this.needs.sip.acknowledge(ack, this.needs.hop(ack));
    this.#makeRoom(tag);
    const fork = this.join(tag, () => dialogFromResponse(request, response), response, true);
    if (!fork) return;
    // the route set is the 2xx's (§13.2.2.4), the numbers go on
    const { localSeq, remoteSeq } = fork.dialog;
    fork.timer = timerOf(response);
    fork.dialog = { ...dialogFromResponse(request, response), localSeq, remoteSeq };
    if (this.needs.wanted()) this.#takeAnswer(fork, response, true);
    const { answer } = fork;
    fork.answer = undefined;
    const refusal = this.needs.tell(
      answer === undefined || answer instanceof Refusal
        ? { type: "sip.invite.unusable", tag, text: answer?.message ?? "the answer has no SDP" }
        : { type: "sip.invite.success", tag, media: answer },
    );
    if (refusal) this.#hangUp(tag);
    this.info.flush();
  }

  /** Where there are too many forks, one that answers takes the place of one that does not. */
  #makeRoom(tag: string): void {
    if (this.forks.size < MOST_FORKS || this.forks.has(tag)) return;
    const others = [...this.forks].filter(([other]) => other !== this.chosen);
    const [leaves] = others.find(([, { ack }]) => !ack) ?? others[0] ?? [];
    if (leaves !== undefined) this.forks.delete(leaves);
  }

  /** A 2xx that nobody waits for any more (RFC 3261 §13.2.2.4). */
  #hangUp(tag: string): void {
    this.#acknowledge(tag);
    this.bye(tag, { condition: "success" }, false);
  }

  /** The SDP of a response, unless our offer has had its answer: what a phone repeats takes no UPDATE back (§13.2.1). */
  #takeAnswer(fork: Fork, response: Response, reliably: boolean): void {
    if (response.body === "" || fork.answeredReliably) return;
    fork.answer = this.#read(response.body);
    fork.answeredReliably = reliably && !(fork.answer instanceof Refusal);
  }

  #read(sdp: string): Media | Refusal {
    try {
      const offer = this.needs.offer();
      return acceptFromAnswer(offer, readSdp(sdp, { by: "responder", answerTo: offer }));
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  #acknowledge(tag: string): void {
    const fork: Fork | undefined = this.forks.get(tag);
    if (!fork || !this.#invite) return;
    this.chosen ??= tag;
    const { request } = this.#invite;
    const ack = requestIn(fork.dialog, "ACK", { headers: credentialsIn(request), invite: request }).request;
    fork.ack = ack;
    this.#invite = { transaction: null, request };
    if (tag === this.chosen) this.timer.restart(fork.timer ?? null);
    this.needs.sip.acknowledge(ack, this.needs.hop(ack));
  }
}
