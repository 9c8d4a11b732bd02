/**
 * The SIP stack as calls see it through the relay: our requests to the phone, and the responses.
 *
 * Rules: a request waits until those before it are sent; an INVITE that is no longer wanted when the relay has answered is not
 * sent; our offers are in INVITEs only (an UPDATE of ours only refreshes), and in the 200 to a re-INVITE without one.
 * Beyond the bound of a queue provisional responses and 2xx to INVITEs are dropped: these are repeated (RFC 3261 §13.3.1.4).
 */
import { sdpOf } from "../../protocol/sip/body.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import type { ClientHandlers, ClientTransaction, Named, NoResponse, ServerTransaction, SipPort } from "../sip/user.ts";
import type { RelayedCall } from "./relayed-call.ts";

type Find = (tag: string | undefined) => RelayedCall | undefined;

export class OutwardPort implements SipPort {
  readonly #sip: () => SipPort;
  readonly #find: Find;
  /** The stack's transaction of an INVITE that had to wait. */
  readonly #sent = new WeakMap<ClientTransaction, ClientTransaction>();

  constructor(sip: () => SipPort, find: Find) {
    this.#sip = sip;
    this.#find = find;
  }

  get port(): number {
    return this.#sip().port;
  }

  isOpen(to: Destination): boolean {
    return this.#sip().isOpen(to);
  }

  /** A relayed request gets a new branch, not that of an earlier gateway: the relay may return another SDP. */
  send(request: Request, to: Destination, on: ClientHandlers, named?: Named, branch?: string): ClientTransaction {
    const call = this.#find(tagOf(request, "From"));
    if (!call) return this.#sip().send(request, to, on, named, branch);
    const transaction: ClientTransaction = { id: `${call.tag} ${request.method}`, request };
    const heard = new Heard(call, request, on);
    const go = (ready: Request): void => {
      this.#sent.set(transaction, this.#sip().send(ready, to, heard, named));
    };
    call.outward.add(() => {
      heard.isAnew = call.isAnew;
      return this.#goes(call, request, on, go);
    });
    return transaction;
  }

  #goes(call: RelayedCall, request: Request, on: ClientHandlers, go: (ready: Request) => void): void | Promise<void> {
    // failures are never reported before `send` has returned
    if (call.isRefused) return Promise.resolve().then(() => on.failed("unreachable"));
    if (!isOffer(request)) return go(request);
    const wanted = (ready: Request): void => (on.isWanted === false ? on.failed("unrelayed") : go(ready));
    return call
      .rewritten(request, tagOf(request, "To"), { to: "phone", command: call.isAnew ? "answer" : "offer" })
      .then(wanted, () => on.failed("unrelayed"));
  }

  takeUp(request: Request, source: Destination): ServerTransaction {
    return this.#sip().takeUp(request, source);
  }

  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void {
    this.#sip().cancel(this.#sent.get(transaction) ?? transaction, fields);
  }

  acknowledge(ack: Request, to: Destination, named?: Named): void {
    const call = this.#find(tagOf(ack, "From"));
    if (call) call.outward.add(() => this.#sip().acknowledge(ack, to, named));
    else this.#sip().acknowledge(ack, to, named);
  }
}

const isOffer = (request: Request): boolean => request.method === "INVITE" && sdpOf(request) !== "";

/** The handlers of a request, with responses passed through the relay. */
class Heard implements ClientHandlers {
  readonly #call: RelayedCall;
  readonly #isInvite: boolean;
  readonly #on: ClientHandlers;
  /** Whether its SDP is the answer to the offer that the relay made in the phone's place. */
  isAnew = false;

  constructor(call: RelayedCall, request: Request, on: ClientHandlers) {
    this.#call = call;
    this.#isInvite = request.method === "INVITE";
    this.#on = on;
  }

  response(response: Response, source: Destination): void {
    const { inward } = this.#call;
    if (inward.isFull && this.#isInvite && response.status < 300) return;
    inward.add(() => {
      if (!this.#isInvite || response.status >= 300 || sdpOf(response) === "")
        return this.#on.response(response, source);
      if (this.isAnew) return this.#answeredAnew(response, source);
      return this.#call.rewritten(response, tagOf(response, "To"), { to: "user", command: "answer" }, source).then(
        (ready) => this.#on.response(ready, source),
        () => this.#on.response({ ...response, body: "" }, source),
      );
    });
  }

  /** The phone's response to such an answer; the user has answered already, so it gets no SDP. */
  async #answeredAnew(response: Response, source: Destination): Promise<void> {
    // a relay that fails has forgotten the call once more, which is seen at the next look
    if (response.status >= 200)
      await this.#call.heardAnew(sdpOf(response), tagOf(response, "To"), source).catch(() => {});
    this.#on.response({ ...response, body: "" }, source);
  }

  failed(why: NoResponse, words?: string): void {
    this.#call.inward.add(() => this.#on.failed(why, words));
  }
}
