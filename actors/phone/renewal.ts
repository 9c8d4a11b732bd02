/**
 * An offer that the phone has not made: the media relay has forgotten the call, and has made it anew from what the phone has said last.
 *
 * RFC 3264 §8, RFC 8839 §4.4. The user answers it as an ICE restart of the phone's; the phone hears of the relay's new address by a
 * re-INVITE of ours. Rules: the re-INVITE comes again after 491, or when the phone asks for a pause, `MOST_TIMES`; a relay that fails is asked
 * again later; a phone that refuses it, or does not answer, could hear nobody: the call ends.
 */
import type { Media } from "../../protocol/media/media.ts";
import { SDP_TYPE } from "../../protocol/sip/body.ts";
import type { Response } from "../../protocol/sip/message.ts";
import { retryAfter } from "../../protocol/sip/retry-after.ts";
import { timerHeaders, timerOf } from "../../protocol/sip/session-timer.ts";
import type { Description } from "./description.ts";
import type { Fork } from "./fork.ts";
import type { Invite } from "./invite.ts";
import type { Line } from "./line.ts";
import { PhoneReinvite, type ReinviteOutcome } from "./reinvite.ts";
import type { PhoneTimer } from "./session-refresh.ts";

const MOST_TIMES = 4;
/** In milliseconds, and the most seconds that a phone may ask us to wait. */
const PAUSE = 2_000;
const LONGEST_PAUSE = 10;

export interface RenewalNeeds {
  readonly line: Line;
  readonly timer: PhoneTimer;
  readonly description: Description;
  readonly fork: Fork;
  /** Nothing of it is open any more; told once. */
  readonly over: () => void;
}

export class Renewal implements ReinviteOutcome {
  readonly #needs: RenewalNeeds;
  #media: Media | undefined;
  #reinvite: PhoneReinvite | undefined;
  #times = 0;
  #disarm: () => void = () => {};

  constructor(needs: RenewalNeeds) {
    this.#needs = needs;
  }

  get fork(): Fork {
    return this.#needs.fork;
  }

  /** Whether the user has answered. */
  get isAnswered(): boolean {
    return this.#media !== undefined;
  }

  /** The user's answer is the relay's to read; what that makes of it goes to the phone. */
  answer(media: Media): void {
    this.#media = media;
    this.#send(media);
  }

  answered(fork: Fork, response: Response): void {
    fork.learn(response);
    this.#needs.timer.restart(timerOf(response));
    this.#settled();
  }

  refused(response: Response): void {
    const seconds = retryAfter(response);
    const mayCome = response.status === 491 || (seconds !== undefined && seconds <= LONGEST_PAUSE);
    if (!mayCome || ++this.#times >= MOST_TIMES) return this.#failed(response.status, response.phrase);
    const pause = Math.max(PAUSE, (seconds ?? 0) * 1_000);
    this.#disarm = this.#needs.line.chart.after(pause, () => this.#media && this.#send(this.#media));
  }

  unanswered({ status, phrase, isUnrelayed }: ReturnType<Invite["withoutResponse"]>): void {
    if (isUnrelayed) this.#settled();
    else this.#failed(status, phrase);
  }

  /** The call is over, or the user has not answered. */
  giveUp(): void {
    this.#disarm();
    this.#reinvite?.giveUp();
    this.#needs.over();
  }

  #send(media: Media): void {
    const { line, timer, description, fork } = this.#needs;
    const announced = line.announced({ recvInfo: true });
    const body = description.write(media, true);
    const request = fork.next("INVITE", [...announced, ...timerHeaders(timer.timer), SDP_TYPE], body);
    this.#reinvite = new PhoneReinvite(line, fork, timer, { request }, this);
  }

  /** The user hears of the relay's transport once more: a client that has begun ICE anew itself meanwhile waits for an answer. */
  #settled(): void {
    const { over, line } = this.#needs;
    over();
    line.chart.deliver({ type: "sip.ack.answer", media: line.chart.remote });
  }

  #failed(status: number, phrase: string): void {
    const text = `the phone has not taken the relay's new address: ${status} ${phrase}`;
    this.#needs.over();
    this.#needs.line.chart.deliver({ type: "sip.answer.unusable", text });
  }
}
