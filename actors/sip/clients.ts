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
import { eventOf, newRecord, type TransactionRecord, Transactions } from "./transactions.ts";
import type { SipTransport } from "./transport.ts";
import type { ClientHandlers, ClientTransaction, Named } from "./user.ts";

/** In one direction. Each lingers for 32 s: enough for 6,000 a second. */
export const MOST_TRANSACTIONS = 200_000;

interface ClientRecord extends TransactionRecord {
  readonly key: string;
  readonly branch: string;
  /** As sent, with our Via. */
  request: Request;
  bytes: Uint8Array;
  on: ClientHandlers;
  readonly flow: Flow;
  readonly forget: () => void;
  response?: Response;
  /** The source of the last response. */
  source?: Destination;
  isSent: boolean;
  /** The reason why its flow was lost. */
  why?: string | undefined;
}

export interface ClientsNeeds {
  readonly clock: Clock;
  readonly random: () => string;
  readonly transport: SipTransport;
  /** Calls the user, and catches its exceptions. */
  guard(run: () => void): void;
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
    const begin = (routed: RoutedRequest | undefined, why?: string): void => {
      if (routed === undefined) this.#needs.guard(() => on.failed("unreachable", why));
      else this.#begin(branch, routed, on);
    };
    if (this.#records.size >= MOST_TRANSACTIONS) queueMicrotask(() => begin(undefined));
    else {
      const use = (routed: RoutedRequest | undefined, why?: string): void => {
        if (routed === undefined && !returned) queueMicrotask(() => begin(undefined, why));
        else begin(routed, why);
      };
      this.#needs.transport.route(request, branch, to, use, named);
    }
    returned = true;
    return { id: branch, request };
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

  #begin(branch: string, { request, bytes, flow }: RoutedRequest, on: ClientHandlers): void {
    const chart = request.method === "INVITE" ? inviteClient : requestClient;
    const key = clientKey(branch, request.method);
    const record: ClientRecord = {
      ...newRecord(chart, flow.transport !== "udp", this.#needs.clock.now()),
      key,
      branch,
      request,
      bytes,
      flow,
      on,
      isSent: false,
      // RFC 3261 §17.1.4: a lost connection is a transport error, for a request without a response yet
      forget: flow.whenLost((why) => {
        record.why = why;
        if (record.state !== "proceeding") this.#transactions.tell(record, "unreachable");
      }),
    };
    this.#records.set(key, record);
    this.#transactions.begin(record);
  }

  #sendRequest(record: ClientRecord, failed: () => void): void {
    if (record.isSent) this.repeats.out++;
    record.isSent = true;
    record.flow.send(record.bytes, failed);
  }

  #perform(record: ClientRecord, effect: TransactionEffect): void {
    const { request, response, source, flow, on } = record;
    const failed = (): void => this.#transactions.tell(record, "unreachable");
    if (effect === "send the request") this.#sendRequest(record, failed);
    else if (effect === "tell the user (timeout)") this.#needs.guard(() => on.failed("timeout"));
    else if (effect === "tell the user (unreachable)") this.#needs.guard(() => on.failed("unreachable", record.why));
    else if (response === undefined || source === undefined) return;
    else if (effect === "send ACK") flow.send(writeBy(ackToRefusal(request, response), flow), failed);
    else if (effect === "tell the user") this.#needs.guard(() => on.response(response, source));
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
