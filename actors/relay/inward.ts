/**
 * Calls as the SIP stack sees them through the relay: requests of the phone, and our responses.
 *
 * RFC 3261 §9.2, §13.3, §14.2. Rules: a request waits until those before it are handled; an offer that the call refuses because of
 * its source is not sent to the relay; a CANCEL overtakes the relay as long as an INVITE is not a call yet, and is too late once our
 * final response waits for the relay; a phone that sends more than a queue holds gets 503.
 */
import { sdpOf } from "../../protocol/sip/body.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import type { DialogUser, ServerTransaction, SipUser } from "../sip/user.ts";
import { UnfitMedia } from "./client.ts";
import type { RelayedCall } from "./relayed-call.ts";

/** Callbacks for an INVITE whose offer is at the relay; one is called, once. */
export interface Admission {
  /** The INVITE with the relay's SDP; its responses pass through the relay, and have this tag. */
  admitted(transaction: ServerTransaction, localTag: string): void;
  refused(status: number, why: string): void;
}

/** An INVITE of a relayed call, until its ACK. */
interface Open {
  readonly call: RelayedCall;
  /** Until it is a call. */
  cancel?: (() => void) | undefined;
  /** Whether our final response was given, even if it is still at the relay. */
  isFinal: boolean;
}

export interface InwardNeeds {
  readonly user: () => SipUser;
  readonly find: (tag: string | undefined) => RelayedCall | undefined;
  /** The INVITE that started a call was refused. */
  readonly refused: (call: RelayedCall) => void;
}

export class InwardUser implements SipUser {
  readonly #needs: InwardNeeds;
  readonly #open = new Map<string, Open>();

  constructor(needs: InwardNeeds) {
    this.#needs = needs;
  }

  dialogOf(request: Request): DialogUser | undefined {
    const dialog = this.#needs.user().dialogOf(request);
    const call = dialog && this.#needs.find(tagOf(request, "To"));
    if (!call) return dialog;
    return {
      request: (_, transaction) => this.#within(call, transaction, dialog),
      takesAck: (ack, source) => dialog.takesAck(ack, source),
      takesOffer: (offer, source) => dialog.takesOffer(offer, source),
    };
  }

  request(request: Request, transaction: ServerTransaction): void {
    this.#needs.user().request(request, transaction);
  }

  refused(request: Request, source: Destination, response: Response): void {
    this.#needs.user().refused(request, source, response);
  }

  cancelled(transaction: ServerTransaction, cancel: Request): void {
    const open = this.#open.get(transaction.id);
    if (open?.isFinal) return;
    if (open?.cancel) open.cancel();
    else if (open) open.call.inward.add(() => this.#needs.user().cancelled(transaction, cancel));
    else this.#needs.user().cancelled(transaction, cancel);
  }

  acknowledged(transaction: ServerTransaction, ack: Request): void {
    const call = this.#take(transaction);
    if (!call) return this.#needs.user().acknowledged(transaction, ack);
    const told = (ready: Request): void => this.#needs.user().acknowledged(transaction, ready);
    call.inward.add(() => {
      if (sdpOf(ack) === "") return told(ack);
      const purpose = { to: "user", command: "answer" } as const;
      return call
        .rewritten(ack, tagOf(ack, "From"), purpose, transaction.source)
        .then(told, () => told({ ...ack, body: "" }));
    });
  }

  unacknowledged(transaction: ServerTransaction): void {
    const call = this.#take(transaction);
    if (call) call.inward.add(() => this.#needs.user().unacknowledged(transaction));
    else this.#needs.user().unacknowledged(transaction);
  }

  /** The first INVITE of a call through the relay. */
  admit(call: RelayedCall, transaction: ServerTransaction, on: Admission): void {
    const { request, id, source } = transaction;
    const open: Open = { call, isFinal: false };
    const refused = (status: number, why: string): void => {
      if (!open.cancel) return;
      open.cancel = undefined;
      this.#open.delete(id);
      on.refused(status, why);
      this.#needs.refused(call);
    };
    open.cancel = () => refused(487, "cancelled before the relay has answered");
    this.#open.set(id, open);
    const admitted = (ready: Request): void => {
      if (!open.cancel) return;
      open.cancel = undefined;
      const wrapped = this.#wrapped(call, transaction, ready);
      try {
        on.admitted(wrapped, call.tag);
      } catch (fault) {
        wrapped.respond(responseTo(request, 500));
        throw fault;
      }
    };
    call.inward.add(() =>
      call
        .rewritten(request, tagOf(request, "From"), { to: "user", command: "offer" }, source)
        .then(admitted, (fault: Error) => refused(statusOf(fault), fault.message)),
    );
  }

  #within(call: RelayedCall, transaction: ServerTransaction, dialog: DialogUser): void {
    const { request, id, source } = transaction;
    const refused = (status = 503): void =>
      transaction.respond(responseTo(request, status, status === 503 ? { headers: [RETRY_AFTER] } : {}));
    if (call.inward.isFull) return refused();
    if (request.method === "INVITE") this.#open.set(id, { call, isFinal: false });
    const told = (ready: Request): void => dialog.request(ready, this.#wrapped(call, transaction, ready));
    call.inward.add(() => {
      const isOffer = mayOffer(request) && sdpOf(request) !== "";
      if (!isOffer || !dialog.takesOffer(request, source)) return told(request);
      const purpose = { to: "user", command: "offer" } as const;
      return call.rewritten(request, tagOf(request, "From"), purpose, source).then(told, (fault: Error) => {
        this.#open.delete(id);
        refused(statusOf(fault));
      });
    });
  }

  /** The transaction whose responses pass through the relay. */
  #wrapped(call: RelayedCall, transaction: ServerTransaction, request: Request): ServerTransaction {
    const command = mayOffer(request) && sdpOf(request) !== "" ? "answer" : "offer";
    return {
      request,
      source: transaction.source,
      id: transaction.id,
      respond: (response) => this.#respond(call, transaction, response, command),
    };
  }

  #respond(call: RelayedCall, transaction: ServerTransaction, response: Response, command: "offer" | "answer"): void {
    const { request, id } = transaction;
    const open = this.#open.get(id);
    const isRefusal = response.status >= 300;
    if (open && response.status >= 200) open.isFinal = true;
    if (isRefusal) this.#open.delete(id);
    call.outward.add(() => {
      if (isRefusal || sdpOf(response) === "") {
        transaction.respond(response);
        if (isRefusal && isFirst(request)) this.#needs.refused(call);
        return;
      }
      const said = (ready: Response): void => transaction.respond(ready);
      return call
        .rewritten(response, tagOf(request, "From"), { to: "phone", command })
        .then(said, ({ message }: Error) => this.#unanswered(call, transaction, message));
    });
  }

  /** Our 200 cannot be sent: the phone gets 503, and the call ends. */
  #unanswered(call: RelayedCall, transaction: ServerTransaction, text: string): void {
    const { request } = transaction;
    const first = isFirst(request);
    this.#open.delete(transaction.id);
    transaction.respond(responseTo(request, 503, first ? { toTag: call.tag } : {}));
    if (!first) return call.lost(text);
    call.isRefused = true;
    this.#needs.user().unacknowledged(transaction);
  }

  #take({ id }: ServerTransaction): RelayedCall | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    return open?.call;
  }
}

/** RFC 3261 §21.4.26, §21.5.4. */
const statusOf = (fault: Error): number => (fault instanceof UnfitMedia ? 488 : 503);
const mayOffer = ({ method }: Request): boolean => method === "INVITE" || method === "UPDATE";
/** Whether it starts a call. */
const isFirst = (request: Request): boolean => request.method === "INVITE" && tagOf(request, "To") === undefined;
