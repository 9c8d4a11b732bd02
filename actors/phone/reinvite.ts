/**
 * One re-INVITE of ours, from its first word to its last: its ACK, its second tries, and the end of our patience.
 *
 * RFC 3261 §14.1, §12.2, §22, RFC 4028 §7.4. Rules: a 2xx moves the dialog's target, and is acknowledged as often as it
 * comes, whatever has become of the call (§13.2.2.4); the ACK has the credentials of its INVITE (§22.1). One that is only
 * said to be on its way is cancelled after 64*T1 and counts as 408; one that nobody waits for any more is cancelled as soon
 * as it is heard of (§9.1). What an answer means is offers.ts.
 */
import { refreshTarget, requestIn } from "../../protocol/sip/dialog.ts";
import { header, withHeader } from "../../protocol/sip/fields.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import { leastOf, timerHeaders } from "../../protocol/sip/session-timer.ts";
import type { Clock } from "../clock.ts";
import type { CallSip } from "../guard.ts";
import type { ClientTransaction } from "../sip/user.ts";
import { type Authenticate, credentialsIn, MOST_TRIES } from "./credentials.ts";
import type { Fork } from "./info.ts";
import type { PhoneTimer } from "./session-timer.ts";

/** 64*T1, in milliseconds (RFC 3261 §17.1.1.1). */
const PATIENCE = 32_000;

export interface PhoneReinviteNeeds {
  readonly sip: CallSip;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  /** Whether the user is still in the call. */
  readonly wanted: () => boolean;
  readonly hop: (request: Request) => Destination;
  readonly timer: PhoneTimer;
}

/** What came of it: told once, unless it is given up. */
export interface ReinviteOutcome {
  answered(response: Response): void;
  refused(response: Response): void;
  failed(status: number, phrase: string): void;
}

/** One of its tries. */
interface Try {
  readonly request: Request;
  readonly left: number;
  transaction?: ClientTransaction;
  ack?: Request;
  heard: boolean;
}

export class PhoneReinvite {
  readonly #needs: PhoneReinviteNeeds;
  readonly #fork: Fork;
  readonly #on: ReinviteOutcome;
  #now: Try;
  #over = false;
  #stopWaiting: (() => void) | undefined;

  constructor(fork: Fork, request: Request, needs: PhoneReinviteNeeds, on: ReinviteOutcome) {
    this.#needs = needs;
    this.#fork = fork;
    this.#on = on;
    this.#now = this.#try(request, MOST_TRIES);
  }

  /** Nobody waits for it any more; a 2xx that crosses the CANCEL is still acknowledged. */
  giveUp(): void {
    this.#end(() => {});
    this.#cancel(this.#now);
  }

  #try(request: Request, left: number): Try {
    const { sip, hop } = this.#needs;
    const it: Try = { request, left, heard: false };
    it.transaction = sip.send(request, hop(request), {
      response: (response) => this.#responded(it, response),
      failed: (why) => this.#end(() => this.#on.failed(...failureOf(why))),
    });
    return it;
  }

  #responded(it: Try, response: Response): void {
    if (response.status < 200) return this.#proceed(it);
    if (response.status < 300) return this.#acknowledge(it, response);
    const retry = this.#retry(it, response);
    if (!retry) return this.#end(() => this.#on.refused(response));
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#now = this.#try(retry, it.left - 1);
  }

  #proceed(it: Try): void {
    it.heard = true;
    if (this.#over) return this.#cancel(it);
    this.#stopWaiting ??= this.#needs.clock.after(PATIENCE, () => {
      this.#cancel(it);
      this.#end(() => this.#on.failed(...failureOf("timeout")));
    });
  }

  #acknowledge(it: Try, response: Response): void {
    const { sip, hop } = this.#needs;
    const isNew = it.ack === undefined;
    if (isNew) this.#fork.dialog = refreshTarget(this.#fork.dialog, response);
    it.ack ??= requestIn(this.#fork.dialog, "ACK", { headers: credentialsIn(it.request), invite: it.request }).request;
    sip.acknowledge(it.ack, hop(it.ack));
    if (isNew) this.#end(() => this.#on.answered(response));
  }

  /** The same again, with the next number: with credentials, or with the session interval that a 422 asks for. */
  #retry({ request, left }: Try, response: Response): Request | undefined {
    if (this.#over || left === 0 || !this.#needs.wanted()) return undefined;
    const number = this.#fork.dialog.localSeq + 1;
    const retry = this.#needs.authenticate(request, response, number) ?? this.#slower(request, response, number);
    if (retry) this.#fork.dialog = { ...this.#fork.dialog, localSeq: number };
    return retry;
  }

  #slower(request: Request, response: Response, number: number): Request | undefined {
    const least = response.status === 422 ? leastOf(response) : undefined;
    if (least === undefined || header(request, "Min-SE") !== undefined) return undefined;
    const fields = timerHeaders(this.#needs.timer.timer, least);
    if (fields.length === 0) return undefined;
    return [...fields, ["CSeq", `${number} INVITE`] as const].reduce(withHeader, request);
  }

  #cancel({ heard, transaction }: Try): void {
    if (heard && transaction) this.#needs.sip.cancel(transaction);
  }

  #end(tell: () => void): void {
    this.#stopWaiting?.();
    if (this.#over) return;
    this.#over = true;
    tell();
  }
}

/** What a request that got no answer counts as (signalling: "no answer"). */
export function failureOf(why: "timeout" | "unreachable"): [status: number, phrase: string] {
  return why === "timeout" ? [408, "Request Timeout"] : [503, "Service Unavailable"];
}
