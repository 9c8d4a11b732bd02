/** One leg of a call through the B2BUA: the dialog with a gateway, and the messages in it. */
import type { SipStack } from "../../actors/sip/stack.ts";
import type { ClientTransaction, ServerTransaction } from "../../actors/sip/user.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import {
  acceptRequest,
  type Dialog,
  dialogFromRequest,
  dialogFromResponse,
  nextHop,
  requestIn,
} from "../../protocol/sip/dialog.ts";
import { header } from "../../protocol/sip/fields.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";

/** The parts of a request or response that are passed to the other leg. */
export interface Carried {
  readonly headers: readonly Field[];
  readonly body: string;
}

const CARRIED = ["Content-Type", "Info-Package", "Content-Disposition", "Reason"];

export function carried(message: Message): Carried {
  const headers = CARRIED.flatMap((name): Field[] => {
    const value = header(message, name);
    return value === undefined ? [] : [[name, value]];
  });
  return { headers, body: message.body };
}

export class Leg {
  /** The other leg; none if the B2BUA is the callee itself. */
  other: Leg | undefined;
  readonly #sip: SipStack;
  readonly #contact: Field;
  #dialog: Dialog | undefined;
  /** The INVITE of this leg until its final response: theirs, or ours. */
  #asked: ServerTransaction | undefined;
  #asking: ClientTransaction | undefined;
  #heard = false;
  #cancelled = false;

  constructor(sip: SipStack, contact: Field) {
    this.#sip = sip;
    this.#contact = contact;
  }

  /** Accepts a call with a provisional response, which fixes its tag. */
  take(transaction: ServerTransaction, tag: string, status: 180 | 183): void {
    this.#asked = transaction;
    this.#dialog = dialogFromRequest(transaction.request, tag);
    this.respond(transaction, status, tag);
  }

  /** Answers the INVITE, once. */
  answer(status: number, tag: string, brought?: Carried): void {
    const asked = this.#asked;
    if (status >= 200) this.#asked = undefined;
    if (asked) this.respond(asked, status, tag, brought);
  }

  respond(transaction: ServerTransaction, status: number, toTag: string, brought?: Carried): void {
    const { headers = [], body = "" } = brought ?? {};
    transaction.respond(responseTo(transaction.request, status, { toTag, headers: [this.#contact, ...headers], body }));
  }

  /** Places a call; `answered` is called once, with the final response. */
  place(invite: Request, to: Destination, answered: (response: Response) => void): void {
    const request = { ...invite, headers: [...invite.headers, this.#contact] };
    this.#asking = this.#sip.send(request, to, {
      response: (response) => {
        this.#heard = true;
        if (this.#cancelled && response.status < 200) this.#cancel();
        if (response.status < 200) return;
        if (response.status < 300) this.#acknowledge(dialogFromResponse(request, response), request);
        if (this.#asking) answered(response);
        this.#asking = undefined;
      },
      failed: () => answered(responseTo(request, 408)),
    });
  }

  /** Cancels the placed call: immediately, or as soon as permitted (RFC 3261 §9.1). */
  cancel(): void {
    this.#cancelled = true;
    if (this.#heard) this.#cancel();
  }

  #cancel(): void {
    if (this.#asking) this.#sip.cancel(this.#asking);
    this.#cancelled = false;
  }

  #acknowledge(dialog: Dialog, invite: Request): void {
    this.#dialog ??= dialog;
    const { request } = requestIn(dialog, "ACK", { headers: [], invite });
    this.#sip.acknowledge(request, nextHop(request));
  }

  /** Sends a request inside the dialog; `answered` is called with the final response. */
  ask(method: string, { headers, body }: Carried, answered: (response: Response) => void): void {
    if (!this.#dialog) throw new Error(`${method} before there is a dialog`);
    const { request, dialog } = requestIn(this.#dialog, method, { headers: [this.#contact, ...headers], body });
    this.#dialog = dialog;
    let isAnswered = false;
    this.#sip.send(request, nextHop(request), {
      response: (response) => {
        if (response.status < 200) return;
        if (method === "INVITE" && response.status < 300) this.#acknowledge(dialog, request);
        if (!isAnswered) answered(response);
        isAnswered = true;
      },
      failed: () => answered(responseTo(request, 408)),
    });
  }

  /** Forwards a request inside the dialog to the other leg, and its response back. */
  hear(transaction: ServerTransaction, tag: string, own: (request: Request) => Carried): void {
    const { request } = transaction;
    const dialog = this.#dialog && acceptRequest(this.#dialog, request);
    if (dialog === undefined || dialog instanceof Refusal) return this.respond(transaction, 500, tag);
    this.#dialog = dialog;
    if (!this.other) return this.respond(transaction, 200, tag, own(request));
    this.other.ask(request.method, carried(request), (response) =>
      this.respond(transaction, response.status, tag, carried(response)),
    );
  }
}
