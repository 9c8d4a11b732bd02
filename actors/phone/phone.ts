/**
 * The SIP side of one call, whichever way it goes: what is said and heard inside its dialogs.
 *
 * RFC 3261 §12, §15; RFC 6086 and RFC 8840 for INFO. How the call begins is uac.ts (we call) and uas.ts (we
 * are called). Rules: each fork has a dialog of its own, known by its tag, and once one of them is the call's the others say
 * nothing to the chart; a request that does not fit its dialog is refused and changes nothing; offers inside the dialog are offers.ts, INFOs info.ts. The session is refreshed
 * by UPDATE where the peer takes it, else by an unchanged re-INVITE (RFC 4028 §7.4).
 */

import type { PhoneEffect, PhoneEvent } from "../../machines/call/vocabulary.ts";
import type { Media, Role } from "../../protocol/media/media.ts";
import type { SourceAction } from "../../protocol/media/offer-answer.ts";
import { causeOf, type Failure, type Profile, type Reason, reasonOfBye } from "../../protocol/reasons.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { writeSdp } from "../../protocol/sdp/write.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { ACCEPT, ALLOW, allows, SUPPORTED, trickles } from "../../protocol/sip/capabilities.ts";
import { acceptRequest, type Dialog, refreshTarget, requestIn } from "../../protocol/sip/dialog.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import { causeIn, reasonField } from "../../protocol/sip/reason-header.ts";
import { leastOf, timerHeaders, timerOf } from "../../protocol/sip/session-timer.ts";
import type { Clock } from "../clock.ts";
import type { CallSip } from "../guard.ts";
import type { Log } from "../log.ts";
import type { Awaiting, ClientHandlers, ServerTransaction } from "../sip/user.ts";
import { type Authenticate, MOST_TRIES } from "./credentials.ts";
import { answerEarly } from "./early-offer.ts";
import { type Fork, infoRefused, PhoneInfo, readInfo } from "./info.ts";
import { PhoneOffers } from "./offers.ts";
import { failureOf } from "./reinvite.ts";
import { PhoneTimer } from "./session-timer.ts";

/** Why a PRACK may not offer: our provisional responses have no answer in them (RFC 3262 §5). */
const OFFER_IS_OPEN: Field = ["Warning", '399 carillon "an offer has no answer yet"'];

/** More forks than this are refused: no proxy rings so many phones. */
export const MOST_FORKS = 32;

type Tell = (event: PhoneEvent, accepted?: () => void) => Refusal | undefined;

export interface PhoneNeeds {
  readonly sip: CallSip;
  readonly tell: Tell;
  readonly authenticate: Authenticate;
  /** Whether the user is still in the call. */
  readonly wanted: () => boolean;
  readonly log: Log;
  readonly clock: Clock;
  readonly profile: Profile;
  /** `o=` of every SDP of this call: an id constant for the session, and the configured address. */
  readonly origin: { readonly id: string; readonly address: string };
  readonly contact: Field;
  /** The offer as it is now: answers are read against it, and contents are named in it. */
  readonly offer: () => Media;
  /** The user's description, and the phone's, as they are now. */
  readonly local: () => Media;
  readonly remote: () => Media;
  /** The phone's description with what it offers just now, by which its candidates are read. */
  readonly heard: () => Media;
  /** Between 0 and 1. */
  readonly chance: () => number;
  /** Asks to be told of an INVITE's CANCEL, and of the ACK when it is answered with 2xx; gives what ends that. */
  readonly expectAck: (transaction: ServerTransaction, it: Awaiting) => () => void;
  /** Where requests inside dialogs go: by their route, or through the proxy in any case. */
  readonly hop: (request: Request) => Destination;
}

/** What came of a request of ours: the final response, or that there was none. */
export type Final = (status: number, phrase: string, response?: Response) => void;

export abstract class Phone {
  protected readonly needs: PhoneNeeds;
  readonly #role: Role;
  protected readonly forks = new Map<string, Fork>();
  /** The tag of the dialog that the call goes on in, once there is one. */
  protected chosen: string | null = null;
  /** Whether either side has hung up. */
  protected hungUp = false;
  protected readonly info: PhoneInfo;
  protected readonly timer: PhoneTimer;
  protected readonly offers: PhoneOffers;
  #version = 1;
  /** Writes what we have described last, with a version. */
  #described: ((version: number) => string) | undefined;

  constructor(needs: PhoneNeeds, role: Role) {
    this.needs = needs;
    this.#role = role;
    this.timer = new PhoneTimer({
      clock: needs.clock,
      refresh: () => this.#refresh(),
      expired: () => needs.tell({ type: "sip.expired" }),
    });
    this.info = new PhoneInfo({
      profile: needs.profile,
      fork: () => (this.hungUp ? undefined : this.#line()),
      describe: (media) => this.describe(media, false),
      send: (fork, headers, body, final) => this.send(fork, "INFO", headers, body, final),
      lost: (status, phrase) => needs.tell({ type: "sip.dialog.lost", status, phrase }),
    });
    this.offers = new PhoneOffers({
      ...needs,
      timer: this.timer,
      by: role === "initiator" ? "responder" : "initiator",
      unanswered: () => this.unanswered,
      learn: (fork, response) => this.#learn(fork, response),
      describe: (media, answer, action) => this.describe(media, answer, action),
    });
  }

  /** Says one effect of the chart. Never waits; what comes of it comes back as an event. */
  abstract perform(effect: PhoneEffect): void;
  /** Whether the phone's INVITE, where it has called, still waits for a final response. */
  protected get unanswered(): boolean {
    return false;
  }
  /** Closes this side without the chart, because the call has failed. */
  abstract abandon(reason: Reason): void;

  /** Nothing more will be said: what still waits for an answer of ours gets it (RFC 3261 §15.1.2). */
  stop(): void {
    this.#described = undefined;
    this.timer.stop();
    this.offers.stop();
  }

  /** A request inside one of our dialogs, which `calls/calls.ts` has found by Call-ID and our tag. */
  request(request: Request, transaction: ServerTransaction): void {
    const tag = tagOf(request, "From") ?? "";
    const fork = this.forks.get(tag);
    if (!fork) return transaction.respond(responseTo(request, 481));
    const next = acceptRequest(fork.dialog, request);
    if (next instanceof Refusal) return transaction.respond(responseTo(request, next.sip.status));
    fork.dialog = next;
    if (tag !== this.chosen && (this.chosen !== null || request.method === "BYE"))
      return transaction.respond(this.#answerElsewhere(request, tag, fork));
    if (this.hungUp && request.method !== "BYE") return transaction.respond(responseTo(request, 481));
    this.#learn(fork, request);
    const early = this.chosen === null ? this.#answerEarly(fork, request) : undefined;
    if (early) return transaction.respond(early);
    if (request.method === "INVITE" || request.method === "UPDATE")
      return this.offers.offered(fork, request, transaction);
    if (request.method !== "BYE") return transaction.respond(this.#answerTo(request, tag));
    // a BYE ends the dialog whatever the chart thinks of it (RFC 3261 §15.1.2)
    this.hungUp = true;
    transaction.respond(responseTo(request, 200));
    this.needs.tell({ type: "sip.bye", reason: reasonOfBye(causeIn(request), this.needs.profile) });
  }

  /** The answer to an UPDATE with an offer, where our own offer has had its answer already. */
  #answerEarly(fork: Fork, request: Request): Response | undefined {
    const { answer, answeredReliably = false } = fork;
    const offers = request.method === "UPDATE" && request.body !== "";
    if (!offers || !answeredReliably || answer === undefined || answer instanceof Refusal) return undefined;
    const { contact, local } = this.needs;
    const describe = (media: Media, isAnswer: boolean): string => this.describe(media, isAnswer);
    return answerEarly(fork, answer, request, { contact, local, describe, by: "responder" });
  }

  /** A fork that is not the call's may only leave (RFC 3261 §15.1.2); its 2xx, if it had one, is still acknowledged. */
  #answerElsewhere(request: Request, tag: string, fork: Fork): Response {
    if (request.method !== "BYE") return responseTo(request, 481);
    if (!fork.ack) this.forks.delete(tag);
    return responseTo(request, 200);
  }

  #answerTo(request: Request, tag: string): Response {
    if (request.method === "OPTIONS") return responseTo(request, 200, { headers: [ALLOW, ACCEPT, SUPPORTED] });
    if (request.method === "PRACK" && request.body !== "")
      return responseTo(request, 488, { headers: [OFFER_IS_OPEN] });
    if (request.method === "PRACK") return responseTo(request, this.acknowledgedProvisional(request) ? 200 : 481);
    if (request.method !== "INFO") return responseTo(request, 405, { headers: [ALLOW] });
    const read = readInfo(request, this.needs.heard());
    if (read instanceof Refusal) return responseTo(request, read.sip.status, { headers: infoRefused(read.sip.status) });
    if (read === undefined) return responseTo(request, 200);
    return this.#told(
      request,
      "tone" in read ? { type: "sip.dtmf", tone: read.tone } : { type: "sip.info", tag, update: read.update },
    );
  }

  /** Takes a PRACK; false when it acknowledges nothing that we have said (RFC 3262 §3). */
  protected acknowledgedProvisional(_prack: Request): boolean {
    return false;
  }

  #told(request: Request, event: PhoneEvent): Response {
    const refusal = this.needs.tell(event);
    return responseTo(request, refusal ? refusal.sip.status : 200);
  }

  /** The dialog that requests of ours go to now: the call's own, else the youngest early one. */
  #line(): Fork | undefined {
    const forks = [...this.forks.values()].filter((fork) => fork.open);
    return this.chosen === null ? forks.at(-1) : forks.find((fork) => fork === this.forks.get(this.chosen ?? ""));
  }

  /** Remembers a dialog of this call, unless there are too many; the first to know a tag wins. */
  protected join(tag: string, dialog: () => Dialog, message: Message, open: boolean): Fork | undefined {
    const known = this.forks.get(tag);
    if (!known && this.forks.size >= MOST_FORKS) return undefined;
    const takes = { candidates: true, tones: true };
    const begun = { trickles: false, updates: false, open, informed: null, informing: false, takes, reliable: null };
    const fork: Fork = known ?? { dialog: dialog(), ...begun };
    this.#learn(fork, message);
    this.forks.set(tag, fork);
    return fork;
  }

  /** What any message of a dialog says that its writer can do. */
  #learn(fork: Fork, message: Message): void {
    fork.trickles ||= trickles(message);
    fork.updates ||= allows(message, "UPDATE");
  }

  /** The SDP of our side; its version grows with every change (RFC 3264 §8). */
  protected describe(media: Media, answer: boolean, action?: string): string {
    const write = (version: number): string =>
      writeSdp(media, {
        ...{ by: this.#role, answer, origin: { ...this.needs.origin, version } },
        ...(action === undefined ? {} : { action }),
      });
    const before = this.#described?.(this.#version);
    if (before !== undefined && write(this.#version) !== before) this.#version++;
    this.#described = write;
    return write(this.#version);
  }

  /** Offers a change of the session, in the dialog that the call goes on in. */
  protected reinvite(media: Media, action: SourceAction | null): void {
    const fork = this.#line();
    if (fork) this.offers.offer(fork, media, action);
    else this.needs.tell({ type: "sip.reinvite.failure", status: 481, phrase: "no dialog", pause: null, chance: 0 });
  }

  /** Half of the session's time is over and nothing has refreshed it. */
  #refresh(least?: number): void {
    const fork = this.#line();
    if (this.hungUp) return;
    if (!fork?.updates) return void this.needs.tell({ type: "sip.refresh" });
    const headers = [this.needs.contact, ALLOW, SUPPORTED, ...timerHeaders(this.timer.timer, least)];
    this.send(fork, "UPDATE", headers, "", (status, phrase, response) => {
      if (response && status < 300) {
        fork.dialog = refreshTarget(fork.dialog, response);
        return this.timer.restart(timerOf(response));
      }
      const longer = response && status === 422 && least === undefined ? leastOf(response) : undefined;
      if (longer !== undefined) return this.#refresh(longer);
      // §10: anything else is tried no more, and the session ends when its time is over
      if (status === 481 || status === 408) this.needs.tell({ type: "sip.dialog.lost", status, phrase });
    });
  }

  /** Reason of RFC 3326, in profile `precise` only. */
  protected reason(reason: Reason): readonly Field[] {
    return this.needs.profile === "precise" ? [reasonField(causeOf(reason))] : [];
  }

  /** Sends a request inside a dialog, with digest when it is asked for; told the final response. */
  protected send(fork: Fork, method: string, headers: readonly Field[], body: string, final: Final): void {
    const sent = requestIn(fork.dialog, method, { headers, body });
    fork.dialog = sent.dialog;
    this.#transmit(fork, sent.request, final, MOST_TRIES);
  }

  #transmit(fork: Fork, request: Request, final: Final, tries: number): void {
    const on: ClientHandlers = {
      response: (response) => {
        if (response.status < 200) return;
        const retry = tries > 0 ? this.#withCredentials(fork, request, response) : undefined;
        if (retry) this.#transmit(fork, retry, final, tries - 1);
        else final(response.status, response.phrase, response);
      },
      failed: (why) => final(...failureOf(why)),
    };
    this.needs.sip.send(request, this.needs.hop(request), on);
  }

  #withCredentials(fork: Fork, request: Request, response: Response): Request | undefined {
    const number = fork.dialog.localSeq + 1;
    const retry = this.needs.authenticate(request, response, number);
    if (retry) fork.dialog = { ...fork.dialog, localSeq: number };
    return retry;
  }

  /** Hangs a dialog up. Only the call's own dialog tells the chart what came of it. */
  protected bye(tag: string | null, reason: Reason, told: boolean): void {
    const fork = tag === null ? undefined : this.forks.get(tag);
    if (tag === this.chosen) this.hungUp = true;
    if (!fork) {
      if (told) this.needs.tell({ type: "sip.bye.failure" });
      return;
    }
    this.send(fork, "BYE", this.reason(reason), "", (status) => {
      if (told) this.needs.tell({ type: status < 300 ? "sip.bye.success" : "sip.bye.failure" });
    });
  }
}

/** What a refusal says beside its status: Warning (RFC 3261 §20.43) and Reason (RFC 6432). */
export function headersOf({ warning, cause }: Failure): readonly Field[] {
  const warned: Field[] = warning === undefined ? [] : [["Warning", `${warning} carillon "refused"`]];
  return cause === undefined ? warned : [...warned, reasonField(cause)];
}
