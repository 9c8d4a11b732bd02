/**
 * Server transactions: incoming requests, and the retransmissions, ACKs and CANCELs that belong to them.
 *
 * RFC 3261 §17.2, §9.2, §8.2.2.2, §13.3.1.4. Rules: the transaction user gets a request once; a second final response is not
 * sent; transactions are found by key; a request with a final response is stored without its body. Bounds:
 * `MOST_TRANSACTIONS` and `MOST_HELD`.
 */
import { inviteServer } from "../../machines/transactions/invite-server.ts";
import { requestServer } from "../../machines/transactions/request-server.ts";
import type { TransactionEffect } from "../../machines/transactions/transaction.ts";
import { responseTo, withToTag } from "../../protocol/sip/build.ts";
import { acknowledgedKeyOf, mergedKeyOf, serverKeyOf } from "../../protocol/sip/match.ts";
import type { Destination, Message, Request, Response } from "../../protocol/sip/message.ts";
import type { Clock } from "../clock.ts";
import type { Tally } from "../tally.ts";
import { MOST_TRANSACTIONS } from "./clients.ts";
import type { Flow } from "./flow.ts";
import { writeBy } from "./send.ts";
import { eventOf, TransactionRecord, Transactions } from "./transactions.ts";
import type { ServerTransaction, SipUser } from "./user.ts";

/** The maximum bytes held by all transactions, characters counted as bytes: 1.3 kB for each of the maximum number. */
export const MOST_HELD = 268_435_456;

export class ServerRecord extends TransactionRecord {
  readonly key: string;
  readonly mergedKey: string;
  transaction: ServerTransaction;
  /** The bytes of its request and its last response. */
  held = 0;
  readonly flow: Flow;
  /** The user's last response, and the bytes sent last. */
  response: Response | undefined = undefined;
  last: Uint8Array | undefined = undefined;
  acknowledgedKey: string | undefined = undefined;
  ack: Request | undefined = undefined;

  constructor(
    request: Request,
    { source, flow }: { readonly source: Destination; readonly flow: Flow },
    now: number,
    respond: (record: ServerRecord, response: Response) => void,
  ) {
    super(request.method === "INVITE" ? inviteServer : requestServer, flow.transport !== "udp", now);
    this.key = serverKeyOf(request);
    this.mergedKey = mergedKeyOf(request);
    this.transaction = { request, source, id: this.key, respond: (response) => respond(this, response) };
    this.flow = flow;
  }
}

export interface ServersNeeds {
  readonly clock: Clock;
  readonly user: SipUser;
  readonly mostHeld: number;
  readonly dropped: Tally;
  /** Calls the user, and catches its exceptions. */
  guard(run: () => void): void;
  /** The To tag for a response that has none. */
  toTag(message: Message): string;
}

export class SipServers {
  readonly #needs: ServersNeeds;
  readonly #transactions: Transactions<ServerRecord>;
  readonly #records = new Map<string, ServerRecord>();
  readonly #merged = new Map<string, ServerRecord>();
  readonly #accepted = new Map<string, ServerRecord>();
  #held = 0;

  constructor(needs: ServersNeeds) {
    this.#needs = needs;
    this.#transactions = new Transactions(needs.clock, {
      perform: (record, effect) => this.#perform(record, effect),
      over: (record) => this.#forget(record),
    });
  }

  /** Retransmitted responses, and repeated requests. */
  readonly repeats = { out: 0, in: 0 };

  get count(): number {
    return this.#records.size;
  }

  /** Whether there is no room for another transaction. */
  get full(): boolean {
    return this.#records.size >= MOST_TRANSACTIONS || this.#held >= this.#needs.mostHeld;
  }

  /** Whether there is a transaction with this key (serverKeyOf). */
  has(key: string): boolean {
    return this.#records.has(key);
  }

  /** Absorbs a retransmission; false if the request is new. */
  repeated(request: Request): boolean {
    const record = this.#records.get(serverKeyOf(request));
    if (record === undefined) return false;
    this.repeats.in++;
    this.#transactions.tell(record, "request");
    return true;
  }

  /** Passes on an ACK: to a 300-699 by its branch (§17.2.3), to a 2xx by its dialog (§13.3.1.4); false if none matches. */
  acknowledged(ack: Request): boolean {
    const record = this.#records.get(serverKeyOf(ack, "INVITE")) ?? this.#accepted.get(acknowledgedKeyOf(ack));
    if (record === undefined) return false;
    record.ack = ack;
    // once the refusal is acknowledged, the same request may come again on another path, to another target (RFC 3261 §16.7, §8.2.2.2)
    if ((record.response?.status ?? 0) >= 300) this.#forgetMerged(record);
    this.#transactions.tell(record, "ack");
    return true;
  }

  /** The INVITE transaction that a CANCEL is for (§9.2). */
  cancelled(cancel: Request): ServerRecord | undefined {
    return this.#records.get(serverKeyOf(cancel, "INVITE"));
  }

  /** Whether the same request has already come on another path (§8.2.2.2). */
  isMerged(request: Request): boolean {
    return this.#merged.has(mergedKeyOf(request));
  }

  /** Begins the transaction of a new request. */
  begin(request: Request, source: Destination, flow: Flow): ServerRecord {
    const record = new ServerRecord(request, { source, flow }, this.#needs.clock.now(), this.#respond);
    this.#records.set(record.key, record);
    if (!this.#merged.has(record.mergedKey)) this.#merged.set(record.mergedKey, record);
    this.#weigh(record);
    this.#transactions.begin(record);
    return record;
  }

  stop(): void {
    this.#transactions.stop();
    for (const table of [this.#records, this.#merged, this.#accepted]) table.clear();
    this.#held = 0;
  }

  readonly #respond = (record: ServerRecord, response: Response): void => {
    record.response = withToTag(response, () => this.#needs.toTag(record.transaction.request));
    this.#transactions.tell(record, eventOf(response.status));
    if (response.status >= 200) this.#lighten(record);
  };

  /** Drops the bodies: after the final response only the header fields are needed. */
  #lighten(record: ServerRecord): void {
    const { transaction, response } = record;
    record.transaction = { ...transaction, request: { ...transaction.request, body: "" } };
    if (response !== undefined) record.response = { ...response, body: "" };
    this.#weigh(record);
  }

  /** Updates the count of held bytes. */
  #weigh(record: ServerRecord, held = weightOf(record)): void {
    this.#held += held - record.held;
    record.held = held;
  }

  #perform(record: ServerRecord, effect: TransactionEffect): void {
    const { transaction, response, ack } = record;
    const { user, guard } = this.#needs;
    if (effect === "send 100 Trying") this.#send(record, responseTo(transaction.request, 100));
    else if (effect === "send the response" && response) this.#sendResponse(record, response);
    else if (effect === "send the last response") this.#sendAgain(record);
    else if (effect === "tell the user (ACK)" && ack) guard(() => user.acknowledged(transaction, ack));
    else if (effect === "tell the user (no ACK)") guard(() => user.unacknowledged(transaction));
  }

  #sendResponse(record: ServerRecord, response: Response): void {
    if (record.state === "accepted") {
      record.acknowledgedKey = acknowledgedKeyOf(response);
      this.#accepted.set(record.acknowledgedKey, record);
    }
    this.#send(record, response);
  }

  #send(record: ServerRecord, response: Response): void {
    record.last = writeBy(response, record.flow);
    this.#sendLast(record);
  }

  #sendAgain(record: ServerRecord): void {
    this.repeats.out++;
    this.#sendLast(record);
  }

  #sendLast(record: ServerRecord): void {
    const failed = (): void => this.#needs.dropped.add("response could not be sent", record.transaction.source);
    if (record.last !== undefined) record.flow.send(record.last, failed);
  }

  #forgetMerged(record: ServerRecord): void {
    if (this.#merged.get(record.mergedKey) === record) this.#merged.delete(record.mergedKey);
  }

  #forget(record: ServerRecord): void {
    this.#records.delete(record.key);
    this.#weigh(record, 0);
    this.#forgetMerged(record);
    const key = record.acknowledgedKey;
    if (key !== undefined && this.#accepted.get(key) === record) this.#accepted.delete(key);
  }
}

/** Whether an INVITE has no final response yet. */
export function isOpen(record: ServerRecord): boolean {
  return record.chart.id === inviteServer.id && (record.state === "trying" || record.state === "proceeding");
}

function weightOf({ transaction, last }: ServerRecord): number {
  const { uri, headers, body } = transaction.request;
  const fields = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return uri.length + fields + body.length + (last?.length ?? 0);
}
