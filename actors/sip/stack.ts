/**
 * The SIP stack put together: what comes from the wire finds its transaction or its refusal, and the user hears the rest.
 *
 * RFC 3261 §8.2 (what is refused, in that section's order), §9.2 (CANCEL), §17, §18. Rules: nothing from the network
 * throws out of here; what is new and refused is refused without state, with a To tag that is the same for each copy
 * (§8.2.7); what belongs to nothing is counted and dropped. Whoever may not begin calls fills no table: from him only what
 * is of a dialog or an INVITE that there is, is taken up. Bounds: `MOST_TRANSACTIONS` in each direction and the bytes
 * that the servers hold, past them 503.
 */
import { createHmac } from "node:crypto";
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo, withToTag } from "../../protocol/sip/build.ts";
import { RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { header, tagOf, topVia, values } from "../../protocol/sip/fields.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import { judge, withoutForeignBody } from "../../protocol/sip/rules.ts";
import type { Connect, Listen, OpenDatagrams } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import { SipClients } from "./clients.ts";
import { writeBy } from "./flow.ts";
import type { Resolve } from "./hosts.ts";
import { isOpen, MOST_HELD, SipServers } from "./servers.ts";
import { type Flow, SipTransport } from "./transport.ts";

/** A request asked of us. */
export interface ServerTransaction {
  readonly request: Request;
  readonly source: Destination;
  readonly id: string;
  respond(response: Response): void;
}

/** What becomes of a request of ours. */
export interface ClientHandlers {
  /** Every provisional, every 2xx with its retransmissions and forks, and one other final response. */
  response(response: Response): void;
  failed(why: "timeout" | "unreachable"): void;
}

/** A request of ours. */
export interface ClientTransaction {
  /** Its branch. */
  readonly id: string;
  readonly request: Request;
}

/** Who waits for what becomes of an INVITE that was answered. */
export interface Awaiting {
  /** Whether a BYE waits for the ACK, or for the end of its time: then it is told even after the end of the call. */
  readonly holdsBye: boolean;
  acknowledged(ack: Request): void;
  unacknowledged(): void;
  cancelled(): void;
}

/** Who uses the stack: the owner of the calls. */
export interface SipUser {
  /** Whether a request with a To tag is of a dialog that there is; any other is 481, and the user does not hear of it. */
  knows(request: Request): boolean;
  /** A new request that has passed the checks of RFC 3261 §8.2; never ACK or CANCEL. */
  request(request: Request, transaction: ServerTransaction): void;
  /** A CANCEL, answered already, for an INVITE that has no final response yet. */
  cancelled(transaction: ServerTransaction, cancel: Request): void;
  /** The ACK to our 2xx, told once; the request of a transaction that has its final answer has no body any more. */
  acknowledged(transaction: ServerTransaction, ack: Request): void;
  /** 64*T1 have passed without the ACK to our 2xx. */
  unacknowledged(transaction: ServerTransaction): void;
}

export interface Sip {
  start(): Promise<void>;
  /** The port that is really bound. */
  readonly port: number;
  readonly up: boolean;
  /** Transactions alive, in both directions. */
  readonly transactions: number;
  /** How often each reason to drop a message was counted. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Asks a request, to which the Via is added here. */
  send(request: Request, to: Destination, on: ClientHandlers): ClientTransaction;
  /** Cancels an INVITE; the caller waits for a provisional response first (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void;
  /** Sends the ACK to a 2xx, as often as that comes (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination): void;
  stop(): Promise<void>;
}

export interface SipNeeds {
  readonly clock: Clock;
  /** A fresh token of letters and digits that nobody can guess. */
  readonly random: () => string;
  readonly open: { readonly udp: OpenDatagrams; readonly listen: Listen; readonly connect: Connect };
  readonly resolve: Resolve;
  /** The addresses to listen on, and to send from. */
  readonly bind: readonly string[];
  readonly port: number;
  /** Our name in Via. */
  readonly localHost: string;
  readonly log: Log;
  /** The most characters and bytes that all requests asked of us hold together; 256 MB when not said. */
  readonly mostHeld?: number;
  /** Whether a source may send requests outside dialogs. */
  allow(source: Destination): boolean;
  /** A socket cannot be had any more, however often it was tried. */
  broken(why: string): void;
  readonly user: SipUser;
}

/** Makes a SIP stack that is not started yet. */
export function createSip(needs: SipNeeds): Sip {
  return new SipStack(needs);
}

class SipStack implements Sip {
  readonly #needs: SipNeeds;
  readonly #dropped: Tally;
  readonly #transport: SipTransport;
  readonly #clients: SipClients;
  readonly #servers: SipServers;
  /** Makes To tags of refusals that nobody else can foretell. */
  readonly #secret: string;

  constructor(needs: SipNeeds) {
    const { clock, random, user } = needs;
    this.#needs = needs;
    this.#secret = random();
    this.#dropped = new Tally(clock, needs.log, "sip.dropped");
    const guard = (run: () => void): void => void this.#guard(run);
    this.#transport = new SipTransport({
      ...needs,
      dropped: this.#dropped,
      received: (message, source, flow) => this.#received(message, source, flow),
      toTag: (message) => this.#toTag(message),
    });
    this.#clients = new SipClients({ clock, random, transport: this.#transport, guard });
    this.#servers = new SipServers({
      clock,
      user,
      mostHeld: needs.mostHeld ?? MOST_HELD,
      dropped: this.#dropped,
      guard,
      toTag: (message) => this.#toTag(message),
    });
  }

  get port(): number {
    return this.#transport.port;
  }

  get up(): boolean {
    return this.#transport.up;
  }

  get transactions(): number {
    return this.#clients.count + this.#servers.count;
  }

  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped.counts;
  }

  start(): Promise<void> {
    return this.#transport.start();
  }

  async stop(): Promise<void> {
    this.#clients.stop();
    this.#servers.stop();
    await this.#transport.stop();
  }

  send(request: Request, to: Destination, on: ClientHandlers): ClientTransaction {
    return this.#clients.send(request, to, on);
  }

  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void {
    this.#clients.cancel(transaction, fields);
  }

  acknowledge(ack: Request, to: Destination): void {
    this.#clients.acknowledge(ack, to, () => this.#dropped.add("an ACK that could not be sent", to));
  }

  #received(message: Message, source: Destination, flow: Flow): void {
    try {
      if (message.kind === "response") this.#response(message, source);
      else this.#request(message, source, flow);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#dropped.add("a message with unreadable fields", { source: source.host, text: error.message });
    }
  }

  #response(response: Response, source: Destination): void {
    const { host, port } = topVia(response);
    // RFC 3261 §18.1.2: a response whose top Via is not ours was not meant for us.
    const ours = host.toLowerCase() === this.#needs.localHost.toLowerCase() && (port ?? 5060) === this.port;
    // §8.1.3.3: one with more than ours was misrouted
    if (values(response, "Via").length > 1)
      this.#dropped.add("a response with more than one Via", { source: source.host });
    else if (!ours) this.#dropped.add("a response to somebody else", { source: source.host });
    else if (!this.#clients.receive(response))
      this.#dropped.add("a response to nothing we asked", { source: source.host });
  }

  #request(request: Request, source: Destination, flow: Flow): void {
    if (request.method === "ACK") {
      if (!this.#servers.acknowledged(request)) this.#dropped.add("an ACK to nothing we said", { source: source.host });
      return;
    }
    if (this.#servers.repeated(request)) return;
    const refusal = this.#refusal(request, source);
    if (refusal !== undefined) this.#refuse(request, flow, refusal);
    else if (request.method === "CANCEL") this.#cancel(request, source, flow);
    else this.#new(request, source, flow);
  }

  /** What is wrong with a request that is new, in the order of RFC 3261 §8.2. */
  #refusal(request: Request, source: Destination): Response | undefined {
    const tagged = tagOf(request, "To") !== undefined;
    const { user, allow } = this.#needs;
    const isCancel = request.method === "CANCEL";
    const known = isCancel ? this.#servers.cancelled(request) !== undefined : tagged && user.knows(request);
    const unknown = (tagged || isCancel) && !known ? responseTo(request, 481) : undefined;
    if (!known && !allow(source)) {
      this.#dropped.add("a request from a source that is not allowed", { source: source.host });
      return unknown ?? responseTo(request, 403);
    }
    if (this.#servers.full) {
      this.#dropped.add("too many transactions", { source: source.host });
      return responseTo(request, 503, { headers: [RETRY_AFTER] });
    }
    const refusal = judge(request) ?? unknown;
    if (refusal !== undefined || tagged || isCancel) return refusal;
    return this.#servers.isMerged(request) ? responseTo(request, 482) : undefined;
  }

  /** Answers without state: each copy of the request is answered alike (RFC 3261 §8.2.7). */
  #refuse(request: Request, flow: Flow, response: Response): void {
    const failed = (): void => this.#dropped.add("a response that could not be sent");
    const bytes = writeBy(withToTag(response, this.#toTag(request)), flow.transport);
    flow.send(bytes, failed);
  }

  /** The To tag of a response that has no dialog: the same for each copy of a request, and nobody else's guess. */
  #toTag(message: Message): string {
    const parts = ["Call-ID", "From", "CSeq"].map((name) => header(message, name) ?? "");
    return createHmac("sha256", this.#secret).update(parts.join("\n")).digest("hex").slice(0, 16);
  }

  /** RFC 3261 §9.2: CANCEL is answered for itself; what it means for the INVITE is the user's to say. */
  #cancel(cancel: Request, source: Destination, flow: Flow): void {
    const invite = this.#servers.cancelled(cancel);
    const { transaction } = this.#servers.begin(cancel, source, flow);
    if (invite === undefined) return;
    const tagOfAnswer = (): string | undefined => tagOf(invite.answer ?? invite.transaction.request, "To");
    const answer = (toTag = tagOfAnswer()): void =>
      transaction.respond(responseTo(cancel, 200, toTag === undefined ? {} : { toTag }));
    // its To tag is that of what the INVITE is answered; where there is none yet, that comes first
    const isTagged = tagOfAnswer() !== undefined;
    if (isTagged) answer();
    if (isOpen(invite)) this.#guard(() => this.#needs.user.cancelled(invite.transaction, cancel));
    if (!isTagged) answer();
  }

  #new(asked: Request, source: Destination, flow: Flow): void {
    const request = withoutForeignBody(asked);
    const { transaction } = this.#servers.begin(request, source, flow);
    if (!this.#guard(() => this.#needs.user.request(request, transaction))) {
      transaction.respond(responseTo(request, 500));
    }
  }

  /** Runs what is the user's; false when that threw. */
  #guard(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#needs.log({ level: "error", event: "sip.user.fault", error: String(error), stack });
      return false;
    }
  }
}
