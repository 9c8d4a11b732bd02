/**
 * One re-INVITE of ours: its ACK, its retries, and its time-out.
 *
 * RFC 3261 §14.1, §12.2, §22, RFC 4028 §7.4. Rules: a 2xx refreshes the dialog's target, and each copy of it gets its ACK, whatever
 * the state of the call (§13.2.2.4); the ACK has the credentials of its INVITE (§22.1). A re-INVITE with only provisional responses
 * is cancelled after 64*T1 and counts as 408; one that is given up is cancelled as soon as it has had a response (§9.1).
 * offers.ts reads the answer.
 */
import { T1 } from "../../machines/transactions/transaction.ts";
import type { Field, Request, Response } from "../../protocol/sip/message.ts";
import { timerHeaders } from "../../protocol/sip/session-timer.ts";
import type { NoResponse } from "../sip/user.ts";
import { MOST_TRIES } from "./ask.ts";
import type { Fork } from "./fork.ts";
import { type Attempt, Invite, type Inviting } from "./invite.ts";
import type { Line } from "./line.ts";
import type { SavedOurs } from "./saved.ts";
import type { PhoneTimer } from "./session-refresh.ts";

/** Milliseconds. */
const PATIENCE = 64 * T1;

/** Callbacks for the outcome: one is called, once, unless the re-INVITE is given up. */
export interface ReinviteOutcome {
  answered(fork: Fork, response: Response): void;
  refused(response: Response): void;
  /** No response. */
  unanswered(counts: ReturnType<Invite["withoutResponse"]>): void;
}

export class PhoneReinvite implements Inviting {
  readonly #line: Line;
  readonly fork: Fork;
  readonly #timer: PhoneTimer;
  readonly #on: ReinviteOutcome;
  #now: Invite;
  #over = false;
  #stopWaiting: (() => void) | undefined;

  /** Sends the request; with its branch from another process, as a retransmission. */
  constructor(
    line: Line,
    fork: Fork,
    timer: PhoneTimer,
    { request, left = MOST_TRIES, branch }: { request: Request; left?: number; branch?: string },
    on: ReinviteOutcome,
  ) {
    this.#line = line;
    this.fork = fork;
    this.#timer = timer;
    this.#on = on;
    this.#now = this.#send({ request, left }, branch);
  }

  /** Its saved state until the final response. */
  save(): SavedOurs | undefined {
    return this.#over ? undefined : this.#now.save();
  }

  /** No outcome is reported any more; a 2xx that crosses the CANCEL still gets its ACK. */
  giveUp(): void {
    this.#end();
    this.#now.cancel(this.#line);
  }

  #send(attempt: Attempt, branch?: string): Invite {
    const invite = new Invite(this, attempt);
    invite.send(this.#line, undefined, branch);
    return invite;
  }

  /** A response to one of the tries. */
  responded(invite: Invite, response: Response): void {
    if (response.status < 200) return this.#proceed(invite);
    if (response.status < 300) return this.#acknowledge(invite, response);
    const again = this.#again(invite, response);
    if (!again) return void (this.#end() && this.#on.refused(response));
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.#now = this.#send(again);
    this.#line.chart.changed();
  }

  /** No response to one of them. */
  failed(invite: Invite, why: NoResponse): void {
    if (this.#end()) this.#on.unanswered(invite.withoutResponse(why));
  }

  #proceed(invite: Invite): void {
    invite.heard = true;
    if (this.#over) return invite.cancel(this.#line);
    this.#stopWaiting ??= this.#line.chart.after(PATIENCE, () => {
      invite.cancel(this.#line);
      this.failed(invite, "timeout");
    });
  }

  #acknowledge({ acks, request }: Invite, response: Response): void {
    const { tag } = this.fork;
    const before = acks.get(tag);
    if (!before) this.fork.refresh(response);
    const ack = before ?? this.#line.ackOf(this.fork, request);
    acks.set(tag, ack);
    this.#line.acknowledge(ack);
    if (!before && this.#end()) this.#on.answered(this.fork, response);
  }

  /** The next try, with the next CSeq number: with credentials, or with the session interval that a 422 asks for. */
  #again(invite: Invite, response: Response): Attempt | undefined {
    if (this.#over || this.#line.chart.userLeft) return undefined;
    const fields = (least: number): Field[] => timerHeaders(this.#timer.timer, least);
    return this.fork.retry((number) => invite.again(this.#line, response, number, fields));
  }

  /** Marks the end; true the first time. */
  #end(): boolean {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    const ends = !this.#over;
    this.#over = true;
    return ends;
  }
}
