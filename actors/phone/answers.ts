/**
 * The responses to our INVITE, each in the fork of the phone that sent it: RFC 3261 §13.2.2, RFC 3262.
 *
 * Rules: an SDP in a provisional response is the answer of that fork if its 2xx has none, and always if the response was reliable:
 * later SDPs are ignored (§13.2.1); a retransmitted 2xx gets its ACK again, without an event for the chart (§13.2.2.4); a 2xx after
 * the end of the call is acknowledged and hung up here.
 */

import type { Media } from "../../protocol/media/media.ts";
import { acceptFromAnswer } from "../../protocol/media/phone-answer.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { sdpOf } from "../../protocol/sip/body.ts";
import { hasOptionTag } from "../../protocol/sip/capabilities.ts";
import { dialogFromResponse } from "../../protocol/sip/dialog.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { timerOf } from "../../protocol/sip/session-timer.ts";
import type { Fork } from "./fork.ts";
import type { Forks } from "./forks.ts";
import type { PhoneInfo } from "./info.ts";
import type { Invite } from "./invite.ts";
import type { Line } from "./line.ts";
import { sendPrack } from "./prack.ts";
import type { PhoneTimer } from "./session-refresh.ts";

export class InviteAnswers {
  readonly #line: Line;
  readonly #forks: Forks;
  readonly #timer: PhoneTimer;
  readonly #info: PhoneInfo;

  constructor(line: Line, forks: Forks, timer: PhoneTimer, info: PhoneInfo) {
    this.#line = line;
    this.#forks = forks;
    this.#timer = timer;
    this.#info = info;
  }

  /** A provisional response. */
  progress(invite: Invite, response: Response): void {
    const { request } = invite;
    const tag = tagOf(response, "To");
    if (tag !== undefined && response.status > 100) {
      if (invite.hop) this.#line.staysAt(invite.hop);
      const fork = this.#forks.join(tag, () => dialogFromResponse(request, response), response, true);
      const reliably = hasOptionTag(response, "Require", "100rel");
      if (fork && reliably && !this.#prack(fork, request, response)) return;
      if (fork) this.#takeAnswer(fork, response, reliably);
    }
    this.#line.chart.deliver({ type: "sip.invite.provisional", status: response.status });
    this.#info.flush();
  }

  #prack(fork: Fork, invite: Request, response: Response): boolean {
    return sendPrack({ line: this.#line, forks: this.#forks }, fork, invite, response);
  }

  /** A 2xx. */
  success(invite: Invite, response: Response): void {
    const { chart } = this.#line;
    const tag = tagOf(response, "To") ?? "";
    if (invite.hop) this.#line.staysAt(invite.hop);
    const ack = invite.acks.get(tag);
    if (ack) return this.#line.acknowledge(ack);
    const fork = this.#answering(tag, invite, response);
    if (!fork) return;
    if (!chart.userLeft) this.#takeAnswer(fork, response, true);
    const { answer } = fork;
    fork.answer = undefined;
    const refusal = chart.deliver(
      answer === undefined || answer instanceof Refusal
        ? { type: "sip.invite.unusable", tag, text: answer?.message ?? "the answer has no SDP" }
        : { type: "sip.invite.success", tag, media: answer },
    );
    if (refusal) this.#hangUp(tag);
    this.#info.flush();
  }

  /** The fork of a 2xx; if there are too many, an unanswered one is dropped for it. */
  #answering(tag: string, invite: Invite, response: Response): Fork | undefined {
    const dialog = dialogFromResponse(invite.request, response);
    const leaves = this.#forks.makeRoom(tag);
    if (leaves) invite.acks.delete(leaves.tag);
    const fork = this.#forks.join(tag, () => dialog, response, true);
    if (!fork) return undefined;
    fork.becomes(dialog);
    fork.success = { invite, timer: timerOf(response) };
    return fork;
  }

  /** A 2xx that is no longer wanted (RFC 3261 §13.2.2.4). */
  #hangUp(tag: string): void {
    this.acknowledge(tag);
    this.#forks.bye(tag, { condition: "success" }, false);
  }

  /** Reads the SDP of a response, unless our offer was answered reliably: a repeated SDP must not revert an UPDATE (§13.2.1). */
  #takeAnswer(fork: Fork, response: Response, reliably: boolean): void {
    const sdp = sdpOf(response);
    if (sdp === "" || fork.answeredReliably) return;
    fork.answer = this.#read(sdp);
    fork.answeredReliably = reliably && !(fork.answer instanceof Refusal);
  }

  #read(sdp: string): Media | Refusal {
    const { offer } = this.#line.chart;
    const read = (): Media => this.#line.suited(readSdp(sdp, { by: "responder", answerTo: offer }));
    return attempt(() => acceptFromAnswer(offer, read()));
  }

  /** Sends the ACK to the 2xx of a fork. The first fork that gets one becomes the call's. */
  acknowledge(tag: string): void {
    const fork = this.#forks.get(tag);
    if (!fork?.success) return;
    const { invite, timer } = fork.success;
    this.#forks.chosen ??= tag;
    const ack = this.#line.ackOf(fork, invite.request);
    fork.success = undefined;
    fork.isAcknowledged = true;
    invite.acks.set(tag, ack);
    invite.transaction = undefined;
    if (tag === this.#forks.chosen) this.#timer.restart(timer);
    this.#line.acknowledge(ack);
  }
}
