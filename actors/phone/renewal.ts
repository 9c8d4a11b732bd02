/**
 * An offer in the phone's place: the media relay has lost the call, and recreated it from the phone's last SDP.
 *
 * RFC 3264 §8, RFC 8839 §4.4. The user answers it as an ICE restart by the phone; the phone gets the relay's new address in a
 * re-INVITE of ours. Rules: the re-INVITE is repeated after 491 or Retry-After, up to `MOST_TIMES`; if the relay fails, it is
 * asked again later; a phone that refuses the re-INVITE, or does not answer it, would have no audio: the call ends.
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
/** Milliseconds, and the longest Retry-After in seconds. */
const PAUSE = 2_000;
const LONGEST_PAUSE = 10;

export interface RenewalNeeds {
  readonly line: Line;
  readonly timer: PhoneTimer;
  readonly description: Description;
  readonly fork: Fork;
  /** The offer is closed; called once. */
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

  /** The user's answer; the relay rewrites it for the phone. */
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

  /** Sends the relay's transport to the user once more: a client that has restarted ICE itself meanwhile waits for an answer. */
  #settled(): void {
    const { over, line } = this.#needs;
    over();
    line.chart.deliver({ type: "sip.ack.answer", media: line.chart.remote });
  }

  #failed(status: number, phrase: string): void {
    const text = `the phone has not accepted the relay's new address: ${status} ${phrase}`;
    this.#needs.over();
    this.#needs.line.chart.deliver({ type: "sip.answer.unusable", text });
  }
}
