/**
 * Client transactions: our requests, and the responses to them.
 *
 * RFC 3261 §17.1, §9.1 (CANCEL). Rules: a transaction starts once its flow is known, so its timers are those of the
 * transport actually used; `failed` is never called before `send` has returned; an exception of the user affects only that
 * user. Bound: `MOST_TRANSACTIONS`, beyond which a request fails as unreachable.
 */
import { inviteClient } from "../../machines/transactions/invite-client.ts";
import { requestClient } from "../../machines/transactions/request-client.ts";
import type { TransactionEffect } from "../../machines/transactions/transaction.ts";
import { ackToRefusal, cancelOf } from "../../protocol/sip/cancel-ack.ts";
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import { clientKey, clientKeyOf, MAGIC_COOKIE } from "../../protocol/sip/match.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import { normalAddress } from "../../protocol/special-address.ts";
import { owned } from "../../protocol/text.ts";
import type { Clock } from "../clock.ts";
import type { Flow, RoutedRequest } from "./flow.ts";
import { writeBy } from "./send.ts";
import { eventOf, TransactionRecord, Transactions } from "./transactions.ts";
import type { SipTransport } from "./transport.ts";
import type { ClientHandlers, ClientTransaction, Named } from "./user.ts";

const nothing = (): void => {};

/** In one direction. Each lingers for 32 s: enough for 6,000 a second. */
export const MOST_TRANSACTIONS = 200_000;

/** A class, as each request has one: made in one go. */
class ClientRecord extends TransactionRecord {
  readonly key: string;
  readonly branch: string;
  /** As sent, with our Via. */
  request: Request;
  bytes: Uint8Array;
  on: ClientHandlers;
  readonly flow: Flow;
  forget = nothing;
  response: Response | undefined = undefined;
  /** The source of the last response. */
  source: Destination | undefined = undefined;
  isSent = false;
  /** The reason why its flow was lost. */
  why: string | undefined = undefined;

  constructor(branch: string, { request, bytes, flow }: RoutedRequest, on: ClientHandlers, now: number) {
    super(request.method === "INVITE" ? inviteClient : requestClient, flow.transport !== "udp", now);
    this.key = clientKey(branch, request.method);
    this.branch = branch;
    this.request = request;
    this.bytes = bytes;
    this.on = on;
    this.flow = flow;
  }
}

export interface ClientsNeeds {
  readonly clock: Clock;
  readonly random: () => string;
  readonly transport: SipTransport;
  /** The user threw an exception. */
  fault(error: unknown): void;
}

export class SipClients {
  readonly #needs: ClientsNeeds;
  readonly #transactions: Transactions<ClientRecord>;
  readonly #records = new Map<string, ClientRecord>();

  constructor(needs: ClientsNeeds) {
    this.#needs = needs;
    this.#transactions = new Transactions(needs.clock, {
      perform: (record, effect) => this.#perform(record, effect),
      over: (record) => {
        this.#records.delete(record.key);
        record.forget();
      },
    });
  }

  /** Retransmitted requests and repeated final responses. */
  readonly repeats = { out: 0, in: 0 };

  get count(): number {
    return this.#records.size;
  }

  /** Sends a request. */
  send(
    request: Request,
    to: Destination,
    on: ClientHandlers,
    named?: Named,
    branch = MAGIC_COOKIE + this.#needs.random(),
  ): ClientTransaction {
    let returned = false;
    const use = (routed: RoutedRequest | undefined, why?: string): void => {
      if (routed !== undefined) this.#begin(branch, routed, on);
      else if (returned) this.#failed(on, "unreachable", why);
      else this.#unreachableSoon(on, why);
    };
    if (this.#records.size >= MOST_TRANSACTIONS) use(undefined);
    else this.#needs.transport.route(request, branch, to, use, named);
    returned = true;
    return { id: branch, request };
  }

  #unreachableSoon(on: ClientHandlers, why: string | undefined): void {
    queueMicrotask(() => this.#failed(on, "unreachable", why));
  }

  /** Cancels an INVITE that has no final response yet: over its flow, with its branch (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields: readonly Field[] = []): void {
    const invite = this.#records.get(clientKey(transaction.id, "INVITE"));
    if (invite === undefined || (invite.state !== "calling" && invite.state !== "proceeding")) return;
    this.#transactions.tell(invite, "cancel");
    const request = cancelOf(invite.request, fields);
    const bytes = writeBy(request, invite.flow);
    this.#begin(invite.branch, { request, bytes, flow: invite.flow }, ignore);
  }

  /** Sends an ACK to a 2xx, without a transaction: the user repeats it for each 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination, failed: () => void, named?: Named): void {
    const use = (routed: RoutedRequest | undefined): void => {
      if (routed === undefined) failed();
      else routed.flow.send(routed.bytes, failed);
    };
    this.#needs.transport.route(ack, MAGIC_COOKIE + this.#needs.random(), to, use, named);
  }

  /** Passes a response to its transaction; false if none matches. */
  receive(response: Response, source: Destination): boolean {
    const record = this.#records.get(clientKeyOf(response));
    // the response to a request over TLS must come over TLS from the same authenticated trunk
    if (record === undefined || record.flow.trunk !== source.trunk) return false;
    if (isAgain(record.response, response)) this.repeats.in++;
    record.response = response;
    record.source = source;
    this.#transactions.tell(record, eventOf(response.status));
    if (response.status >= 200) lighten(record, response);
    return true;
  }

  /** Whether a response comes from the address that its request was sent to. */
  isFromHop(response: Response, source: Destination): boolean {
    const record = this.#records.get(clientKeyOf(response));
    return record === undefined || normalAddress(record.flow.remote.host) === normalAddress(source.host);
  }

  stop(): void {
    this.#transactions.stop();
    for (const record of this.#records.values()) record.forget();
    this.#records.clear();
  }

  #begin(branch: string, routed: RoutedRequest, on: ClientHandlers): void {
    const record = new ClientRecord(branch, routed, on, this.#needs.clock.now());
    if (record.timing.reliable) record.forget = this.#watched(record);
    this.#records.set(record.key, record);
    this.#transactions.begin(record);
  }

  /** RFC 3261 §17.1.4: a lost connection is a transport error for a request without a response yet. */
  #watched(record: ClientRecord): () => void {
    return record.flow.whenLost((why) => {
      record.why = why;
      if (record.state !== "proceeding") this.#transactions.tell(record, "unreachable");
    });
  }

  #sendRequest(record: ClientRecord): void {
    if (record.isSent) this.repeats.out++;
    record.isSent = true;
    this.#send(record, record.bytes);
  }

  #send(record: ClientRecord, bytes: Uint8Array): void {
    record.flow.send(bytes, () => this.#transactions.tell(record, "unreachable"));
  }

  #perform(record: ClientRecord, effect: TransactionEffect): void {
    const { request, response, source, flow, on } = record;
    if (effect === "send the request") this.#sendRequest(record);
    else if (effect === "tell the user (timeout)") this.#failed(on, "timeout");
    else if (effect === "tell the user (unreachable)") this.#failed(on, "unreachable", record.why);
    else if (response === undefined || source === undefined) return;
    else if (effect === "send ACK") this.#send(record, writeBy(ackToRefusal(request, response), flow));
    else if (effect === "tell the user") this.#responded(on, response, source);
  }

  #responded(on: ClientHandlers, response: Response, source: Destination): void {
    try {
      on.response(response, source);
    } catch (error) {
      this.#needs.fault(error);
    }
  }

  #failed(on: ClientHandlers, why: "timeout" | "unreachable", words?: string): void {
    try {
      on.failed(why, words);
    } catch (error) {
      this.#needs.fault(error);
    }
  }
}

/** Whether a final response is a repetition; another fork's is not. */
const isAgain = (last: Response | undefined, response: Response): boolean =>
  last !== undefined &&
  last.status >= 200 &&
  last.status === response.status &&
  tagOf(last, "To") === tagOf(response, "To");

/** No callbacks (any more). */
const ignore: ClientHandlers = { response: () => {}, failed: () => {} };
const NO_BYTES = new Uint8Array();

const withoutBody = <M extends Message>(message: M): M => (message.body === "" ? message : { ...message, body: "" });

/**
 * After the final response, only what is still needed is stored: both headers for the ACK to a refusal; for further 2xx the callbacks
 * and To, as a copy, since a substring would keep the whole message in memory.
 */
function lighten(record: ClientRecord, response: Response): void {
  record.bytes = NO_BYTES;
  if (record.state === "accepted") {
    const to = header(response, "To");
    record.response = { ...response, headers: to === undefined ? [] : [["To", owned(to)]], body: "" };
    record.request = { ...record.request, headers: [], body: "" };
  } else {
    record.response = withoutBody(response);
    record.request = withoutBody(record.request);
    record.on = ignore;
  }
}
