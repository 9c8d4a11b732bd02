/**
 * The requests we ask: client transactions, and the responses that belong to them.
 *
 * RFC 3261 §17.1, §9.1 (CANCEL). Rules: the transaction begins when its way is known, so that its timers are those of
 * the transport it really takes; a failure is never told before `send` has returned; a user that throws harms itself
 * only. Bound: `MOST_TRANSACTIONS`, past which a request is unreachable.
 */
import { inviteClient } from "../../machines/transactions/invite-client.ts";
import { requestClient } from "../../machines/transactions/request-client.ts";
import type { TransactionEffect, TransactionEvent } from "../../machines/transactions/transaction.ts";
import { ackToRefusal, cancelOf } from "../../protocol/sip/hop.ts";
import { clientKey, clientKeyOf, MAGIC_COOKIE } from "../../protocol/sip/match.ts";
import type { Destination, Field, Request, Response } from "../../protocol/sip/message.ts";
import type { Clock } from "../clock.ts";
import type { Flow, Way } from "./flow.ts";
import { writeBy } from "./outgoing.ts";
import { newRecord, type TransactionRecord, Transactions } from "./transactions.ts";
import type { SipTransport } from "./transport.ts";
import type { ClientHandlers, ClientTransaction } from "./user.ts";

/** A server lingers 32 s with each: this is 6,000 a second. */
export const MOST_TRANSACTIONS = 200_000;

interface ClientRecord extends TransactionRecord {
  readonly key: string;
  readonly branch: string;
  /** As it went out, with our Via. */
  request: Request;
  bytes: Uint8Array;
  on: ClientHandlers;
  readonly flow: Flow;
  readonly forget: () => void;
  response?: Response;
}

export interface ClientsNeeds {
  readonly clock: Clock;
  readonly random: () => string;
  readonly transport: SipTransport;
  /** Calls a user's function, whatever it does. */
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

  get count(): number {
    return this.#records.size;
  }

  /** Asks a request of the other side. */
  send(request: Request, to: Destination, on: ClientHandlers): ClientTransaction {
    const branch = MAGIC_COOKIE + this.#needs.random();
    let returned = false;
    const begin = (way: Way | undefined): void => {
      if (way === undefined) this.#needs.guard(() => on.failed("unreachable"));
      else this.#begin(branch, way, on);
    };
    if (this.#records.size >= MOST_TRANSACTIONS) queueMicrotask(() => begin(undefined));
    else
      this.#needs.transport.route(request, branch, to, (way) => {
        if (way === undefined && !returned) queueMicrotask(() => begin(undefined));
        else begin(way);
      });
    returned = true;
    return { id: branch, request };
  }

  /** Cancels an INVITE that has no final response yet: by its own way, with its own branch (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields: readonly Field[] = []): void {
    const invite = this.#records.get(clientKey(transaction.id, "INVITE"));
    if (invite === undefined || (invite.state !== "calling" && invite.state !== "proceeding")) return;
    this.#transactions.tell(invite, "cancel");
    const request = cancelOf(invite.request, fields);
    const bytes = writeBy(request, invite.flow.transport);
    this.#begin(invite.branch, { request, bytes, flow: invite.flow }, nobody);
  }

  /** Sends an ACK to a 2xx: no transaction, the user sends it again with each 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination, failed: () => void): void {
    this.#needs.transport.route(ack, MAGIC_COOKIE + this.#needs.random(), to, (way) => {
      if (way === undefined) failed();
      else way.flow.send(way.bytes, failed);
    });
  }

  /** Takes a response; false when it belongs to nothing. */
  receive(response: Response): boolean {
    const record = this.#records.get(clientKeyOf(response));
    if (record === undefined) return false;
    record.response = response;
    this.#transactions.tell(record, eventOf(response));
    if (response.status >= 200) lighten(record, response);
    return true;
  }

  stop(): void {
    this.#transactions.stop();
    for (const record of this.#records.values()) record.forget();
    this.#records.clear();
  }

  #begin(branch: string, { request, bytes, flow }: Way, on: ClientHandlers): void {
    const chart = request.method === "INVITE" ? inviteClient : requestClient;
    const key = clientKey(branch, request.method);
    const record: ClientRecord = {
      ...newRecord(chart, flow.transport === "tcp", this.#needs.clock.now()),
      key,
      branch,
      request,
      bytes,
      flow,
      on,
      // RFC 3261 §17.1.4: a connection that is lost is a transport error to what waits for its first response on it
      forget: flow.whenLost(() => record.state !== "proceeding" && this.#transactions.tell(record, "unreachable")),
    };
    this.#records.set(key, record);
    this.#transactions.begin(record);
  }

  #perform(record: ClientRecord, effect: TransactionEffect): void {
    const { request, response, flow, on } = record;
    const failed = (): void => this.#transactions.tell(record, "unreachable");
    if (effect === "send the request") flow.send(record.bytes, failed);
    else if (effect === "tell the user (timeout)") this.#needs.guard(() => on.failed("timeout"));
    else if (effect === "tell the user (unreachable)") this.#needs.guard(() => on.failed("unreachable"));
    else if (response === undefined) return;
    else if (effect === "send ACK") flow.send(writeBy(ackToRefusal(request, response), flow.transport), failed);
    else if (effect === "tell the user") this.#needs.guard(() => on.response(response));
  }
}

/** Who asks nothing more, or never wanted to know. */
const nobody: ClientHandlers = { response: () => {}, failed: () => {} };
const nothing = new Uint8Array();

/** What was asked has its answer: for as long as copies of that may come, only what an ACK needs is kept, and who takes a 2xx. */
function lighten(record: ClientRecord, response: Response): void {
  record.response = { ...response, body: "" };
  record.request = { ...record.request, body: "" };
  record.bytes = nothing;
  if (record.state !== "accepted") record.on = nobody;
}

function eventOf(response: Response): TransactionEvent {
  if (response.status < 200) return "response.provisional";
  return response.status < 300 ? "response.success" : "response.failure";
}
