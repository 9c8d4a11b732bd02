/** One INVITE of ours and its state, while its transaction lives. */
import type { Request, Response } from "../../protocol/sip/message.ts";
import type { ClientHandlers, ClientTransaction } from "../sip/user.ts";

/** Told what becomes of the INVITEs of a call. */
export interface Inviting {
  responded(invite: Invite, response: Response): void;
  failed(invite: Invite, why: "timeout" | "unreachable"): void;
}

export class Invite implements ClientHandlers {
  readonly #inviting: Inviting;
  /** Without its body from the first final response on: what a fork that answers later needs of it. */
  request: Request;
  /** How many tries with credentials may follow. */
  readonly left: number;
  transaction: ClientTransaction | undefined;
  /** Whether a response has come, so that it may be cancelled (RFC 3261 §9.1). */
  heard = false;
  /** The ACK to each 2xx, by the tag of its fork, to be repeated with it (§13.2.2.4). */
  readonly acks = new Map<string, Request>();

  constructor(inviting: Inviting, request: Request, left: number) {
    this.#inviting = inviting;
    this.request = request;
    this.left = left;
  }

  response(response: Response): void {
    this.#inviting.responded(this, response);
    if (response.status >= 200) this.request = { ...this.request, body: "" };
  }

  failed(why: "timeout" | "unreachable"): void {
    this.#inviting.failed(this, why);
  }
}
