/**
 * One re-INVITE of ours: its ACK, its retries, and its time-out.
 *
 * RFC 3261 §14.1, §12.2, §22, RFC 4028 §7.4. Rules: a 2xx refreshes the dialog's target, and each copy of it gets its ACK, whatever has
 * become of the call (§13.2.2.4); the ACK has the credentials of its INVITE (§22.1). A re-INVITE with only provisional responses
 * is cancelled after 64*T1 and counts as 408; one that nobody waits for any more is cancelled as soon as it has had a response
 * (§9.1). offers.ts reads the answer.
 */
import { T1 } from "../../machines/transactions/transaction.ts";
import type { Request, Response } from "../../protocol/sip/message.ts";
import { timerHeaders } from "../../protocol/sip/session-timer.ts";
import type { ClientHandlers, ClientTransaction } from "../sip/user.ts";
import { MOST_TRIES, statusWithoutResponse, withLongerSession } from "./ask.ts";
import type { Fork } from "./fork.ts";
import type { Line } from "./line.ts";
import type { PhoneTimer } from "./session-refresh.ts";

/** In milliseconds. */
const PATIENCE = 64 * T1;

/** What came of it: told once, unless it is given up. */
export interface ReinviteOutcome {
  answered(fork: Fork, response: Response): void;
  refused(response: Response): void;
  /** No response; `timer` is what ran out, if it was time. */
  unanswered(status: number, phrase: string, timer: "Timer B" | "64*T1" | undefined): void;
}

export class PhoneReinvite {
  readonly #line: Line;
  readonly #fork: Fork;
  readonly #timer: PhoneTimer;
  readonly #on: ReinviteOutcome;
  #now: Try;
  #over = false;
  #stopWaiting: (() => void) | undefined;

  constructor(line: Line, fork: Fork, timer: PhoneTimer, request: Request, on: ReinviteOutcome) {
    this.#line = line;
    this.#fork = fork;
    this.#timer = timer;
    this.#on = on;
    this.#now = this.#try(request, MOST_TRIES);
  }

  /** Nobody waits for it any more; a 2xx that crosses the CANCEL is still acknowledged. */
  giveUp(): void {
    this.#end();
    this.#cancel(this.#now);
  }

  #try(request: Request, left: number): Try {
    const it = new Try(this, request, left);
    it.transaction = this.#line.send(request, it);
    return it;
  }

  /** A response to one of the tries. */
  responded(it: Try, response: Response): void {
    if (response.status < 200) return this.#proceed(it);
    if (response.status < 300) return this.#acknowledge(it, response);
    const retry = this.#retry(it, response);
    if (!retry) return void (this.#end() && this.#on.refused(response));
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#now = this.#try(retry, it.left - 1);
  }

  /** No response to one of them. */
  failed(why: "timeout" | "unreachable"): void {
    if (!this.#end()) return;
    const [status, phrase] = statusWithoutResponse(why);
    this.#on.unanswered(status, phrase, why === "unreachable" ? undefined : this.#now.heard ? "64*T1" : "Timer B");
  }

  #proceed(it: Try): void {
    it.heard = true;
    if (this.#over) return this.#cancel(it);
    this.#stopWaiting ??= this.#line.chart.after(PATIENCE, () => {
      this.#cancel(it);
      this.failed("timeout");
    });
  }

  #acknowledge(it: Try, response: Response): void {
    const isNew = it.ack === undefined;
    if (isNew) this.#fork.refresh(response);
    it.ack ??= this.#line.ackOf(this.#fork, it.request);
    this.#line.acknowledge(it.ack);
    if (isNew && this.#end()) this.#on.answered(this.#fork, response);
  }

  /** The same again, with the next number: with credentials, or with the session interval that a 422 asks for. */
  #retry({ request, left }: Try, response: Response): Request | undefined {
    if (this.#over || left === 0 || this.#line.chart.userLeft) return undefined;
    return this.#fork.retry(
      (number) =>
        this.#line.authenticate(request, response, number) ??
        withLongerSession(request, response, number, (least) => timerHeaders(this.#timer.timer, least)),
    );
  }

  #cancel({ heard, transaction }: Try): void {
    if (heard && transaction) this.#line.cancel(transaction);
  }

  /** Whether it ends now: it does so once. */
  #end(): boolean {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const ends = !this.#over;
    this.#over = true;
    return ends;
  }
}

/** One of its tries. */
class Try implements ClientHandlers {
  readonly #reinvite: PhoneReinvite;
  readonly request: Request;
  /** How many more may follow. */
  readonly left: number;
  transaction: ClientTransaction | undefined;
  ack: Request | undefined;
  /** Whether a response has come, so that it may be cancelled (§9.1). */
  heard = false;

  constructor(reinvite: PhoneReinvite, request: Request, left: number) {
    this.#reinvite = reinvite;
    this.request = request;
    this.left = left;
  }

  response(response: Response): void {
    this.#reinvite.responded(this, response);
  }

  failed(why: "timeout" | "unreachable"): void {
    this.#reinvite.failed(why);
  }
}
