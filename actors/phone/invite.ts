/**
 * One INVITE or re-INVITE of ours and its state, while its transaction lives: sending, cancelling and repeating it.
 *
 * RFC 3261 §9.1, §22.2, RFC 4028 §7.4. Rules: it is cancelled only after a response; it is repeated with credentials
 * at most `MOST_TRIES` times (ask.ts), and once with the session interval that a 422 asks for. The request URIs of redirections are
 * in uac.ts.
 */
import { header, withHeader } from "../../protocol/sip/fields.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import { leastOf } from "../../protocol/sip/session-timer.ts";
import type { ClientHandlers, ClientTransaction, NoResponse } from "../sip/user.ts";
import { statusWithoutResponse } from "./no-response.ts";
import type { SavedOurs } from "./saved.ts";

/** Callbacks for the outcome of a call's INVITEs. */
export interface Inviting {
  responded(invite: Invite, response: Response): void;
  failed(invite: Invite, why: NoResponse, words?: string): void;
}

/** The sender: the line of the call (line.ts). */
interface Sender {
  send(request: Request, on: ClientHandlers, to?: Destination, branch?: string): ClientTransaction;
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void;
  authenticate(request: Request, response: Response, number: number, to?: Destination): Request | undefined;
}

/** A request to send, and the number of tries with credentials left. */
export interface Attempt {
  readonly request: Request;
  readonly left: number;
}

export class Invite implements ClientHandlers {
  readonly #inviting: Inviting;
  /** Without its body after the first final response: a fork that answers later needs only the header. */
  request: Request;
  readonly #left: number;
  transaction: ClientTransaction | undefined;
  /** The destination, if it was not sent by its route. */
  hop: Destination | undefined;
  /** Whether a response has come, so that it may be cancelled (RFC 3261 §9.1). */
  heard = false;
  /** Whether it has had its final response. */
  isOver = false;
  /** Whether it was given up for another destination, since this one failed. */
  isGivenUp = false;
  /** The ACK to each 2xx, by the tag of its fork, repeated with the 2xx (§13.2.2.4). */
  readonly acks = new Map<string, Request>();

  constructor(inviting: Inviting, { request, left }: Attempt) {
    this.#inviting = inviting;
    this.request = request;
    this.#left = left;
  }

  /** Sends it; with its branch from another process, as a retransmission. */
  send(line: Sender, to?: Destination, branch?: string): void {
    this.hop = to;
    this.transaction = line.send(this.request, this, to, branch);
  }

  /** Its saved state until the final response. */
  save(): SavedOurs | undefined {
    const { request, transaction, hop, isOver } = this;
    return transaction && !isOver ? { request, branch: transaction.id, left: this.#left, hop } : undefined;
  }

  cancel(line: Sender, fields?: readonly Field[]): void {
    if (this.transaction && this.heard) line.cancel(this.transaction, fields);
  }

  /** The same INVITE with this CSeq number: with credentials, or with the session interval that a 422 asks for, from `fields`. */
  again(
    line: Sender,
    response: Response,
    number: number,
    fields: (least: number) => readonly Field[],
    to?: Destination,
  ): Attempt | undefined {
    const { request } = this;
    const left = this.#left;
    const authenticated = left > 0 ? line.authenticate(request, response, number, to) : undefined;
    if (authenticated) return { request: authenticated, left: left - 1 };
    const longer = withLongerSession(request, response, number, fields);
    return longer && { request: longer, left };
  }

  /** The status that a missing final response counts as, and the timer that fired, if one did. */
  withoutResponse(why: NoResponse, words?: string) {
    const [status, phrase] = statusWithoutResponse(why, words);
    const timer = this.heard ? "64*T1" : "Timer B";
    const isUnrelayed = why === "unrelayed" ? { isUnrelayed: true as const } : {};
    return { status, phrase, timer: why === "timeout" ? timer : undefined, ...isUnrelayed } as const;
  }

  response(response: Response): void {
    if (response.status >= 200) this.isOver = true;
    this.#inviting.responded(this, response);
    if (response.status >= 200) this.request = { ...this.request, body: "" };
  }

  failed(why: NoResponse, words?: string): void {
    this.#inviting.failed(this, why, words);
  }
}

/** The same request with the session interval that a 422 asks for, once. */
function withLongerSession(
  request: Request,
  response: Response,
  number: number,
  fields: (least: number) => readonly Field[],
): Request | undefined {
  const least = response.status === 422 ? leastOf(response) : undefined;
  if (least === undefined || header(request, "Min-SE") !== undefined) return undefined;
  const said = fields(least);
  if (said.length === 0) return undefined;
  return said.reduce(withHeader, renumbered(request, number));
}

/** The same request with another CSeq number. */
export const renumbered = (request: Request, number: number): Request =>
  withHeader(request, ["CSeq", `${number} ${request.method}`]);
