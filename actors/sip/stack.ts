/**
 * The SIP stack: passes each message from the wire to its transaction, refuses it, or passes it up to the user.
 *
 * RFC 3261 §8.2, §17, §18. Rules: nothing from the network makes it throw; new requests that are refused
 * (checks.ts) are refused statelessly, each copy alike (§8.2.7); unsolicited messages, and those from a wrong source (senders.ts), are
 * counted and dropped. Bounds:
 * `MOST_TRANSACTIONS` in each direction and `MOST_HELD` bytes of server transactions, beyond them 503.
 */
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo, withToTag } from "../../protocol/sip/build.ts";
import { RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import type { TlsServerTerms } from "../../transports/transport.ts";
import { Tally } from "../tally.ts";
import { respondToCancel } from "./cancel.ts";
import { type ChecksNeeds, refusalOf } from "./checks.ts";
import { SipClients } from "./clients.ts";
import type { Flow } from "./flow.ts";
import { writeBy } from "./send.ts";
import { Senders } from "./senders.ts";
import { isOpen, MOST_HELD, type ServerRecord, SipServers } from "./servers.ts";
import type { SipNeeds } from "./stack-needs.ts";
import { type ToTag, toTagBy } from "./to-tag.ts";
import { SipTransport, type Sockets } from "./transport.ts";
import type {
  ClientHandlers,
  ClientTransaction,
  DialogUser,
  FlowPort,
  Kept,
  Named,
  ServerTransaction,
  SipPort,
} from "./user.ts";

/** A SIP stack, created but not started. */
export class SipStack implements SipPort, FlowPort {
  readonly #needs: SipNeeds;
  readonly #dropped: Tally;
  readonly #transport: SipTransport;
  readonly #clients: SipClients;
  readonly #servers: SipServers;
  readonly #checks: ChecksNeeds;
  readonly #toTag: ToTag;
  readonly #senders: Senders;

  constructor(needs: SipNeeds) {
    const { clock, random, user } = needs;
    this.#needs = needs;
    this.#toTag = toTagBy(random());
    this.#dropped = new Tally(clock, needs.log, "sip.dropped");
    const guard = (run: () => void): void => void this.#guard(run);
    this.#transport = new SipTransport({
      ...needs,
      dropped: this.#dropped,
      tried: (trunk, why) => needs.tried?.(trunk, why),
      received: (message, source, flow) => this.#received(message, source, flow),
      isKnown: (key) => this.#servers.has(key),
      refusedForOverload: (invite, source, flow, toTag) => this.#refuseForOverload(invite, source, flow, toTag),
      toTag: this.#toTag,
      mayAnswer: (source) => this.#senders.mayAnswer(source),
    });
    this.#clients = new SipClients({ clock, random, transport: this.#transport, fault: (error) => this.#fault(error) });
    this.#servers = new SipServers({
      clock,
      user,
      mostHeld: needs.mostHeld ?? MOST_HELD,
      dropped: this.#dropped,
      guard,
      toTag: this.#toTag,
    });
    const allow = (source: Destination): boolean => needs.allow(source);
    this.#senders = new Senders({
      clock,
      dropped: this.#dropped,
      localHost: needs.localHost,
      ports: () => this,
      strict: needs.strict,
      allow,
      isFromHop: (response, source) => this.#clients.isFromHop(response, source),
      takesAck: (ack, source) => user.dialogOf(ack)?.takesAck(ack, source),
    });
    this.#checks = { servers: this.#servers, dropped: this.#dropped, allow };
  }

  /** The actual port. */
  get port(): number {
    return this.#transport.port;
  }

  /** The actual TLS port, if any. */
  get tlsPort(): number | undefined {
    return this.#transport.tlsPort;
  }

  get up(): boolean {
    return this.#transport.up;
  }

  /** Live transactions, in both directions. */
  get transactions(): number {
    return this.#clients.count + this.#servers.count;
  }

  /** Retransmissions sent and received since the start. */
  get retransmissions(): { readonly out: number; readonly in: number } {
    const [clients, servers] = [this.#clients.repeats, this.#servers.repeats];
    return { out: clients.out + servers.out, in: clients.in + servers.in };
  }

  /** Whether the sockets of each transport are open; TLS only if we listen for it. */
  get sockets(): Sockets {
    return this.#transport.sockets;
  }

  /** The number of dropped messages, by reason. */
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

  /** Sends a request; the Via is added here. */
  send(request: Request, to: Destination, on: ClientHandlers, named?: Named, branch?: string): ClientTransaction {
    return this.#clients.send(request, to, on, named, branch);
  }

  /** Recreates the transaction of a request that an earlier gateway received; the user is not called for it. */
  takeUp(request: Request, source: Destination): ServerTransaction {
    return this.#servers.begin(request, source, this.#transport.back(request, source)).transaction;
  }

  /** Cancels an INVITE; the caller waits for a provisional response first (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void {
    this.#clients.cancel(transaction, fields);
  }

  /** Sends the ACK to a 2xx; call it for each copy of the 2xx (RFC 3261 §13.2.2.4). */
  acknowledge(ack: Request, to: Destination, named?: Named): void {
    this.#clients.acknowledge(ack, to, () => this.#dropped.add("ACK could not be sent", to), named);
  }

  /** Whether a destination can be reached: over a connection opened by the other side only as long as that is open. */
  isOpen(to: Destination): boolean {
    return this.#transport.isOpen(to);
  }

  /** Replaces our TLS parameters for new connections. */
  renew(terms: TlsServerTerms): void {
    this.#transport.renew(terms);
  }

  /** Keeps the flow of a registration alive. */
  keep(to: Destination, kept: Kept): () => void {
    return this.#transport.keep(to, kept);
  }

  #received(message: Message, source: Destination, flow: Flow): void {
    this.#needs.heard?.(source);
    try {
      if (message.kind === "response") this.#response(message, source);
      else this.#request(message, source, flow);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      this.#dropped.add("malformed header field", { source: source.host, text: fault.message });
    }
  }

  /** The same 503 to each copy, without a transaction. */
  #refuseForOverload(invite: Request, source: Destination, flow: Flow, toTag: string): void {
    this.#needs.heard?.(source);
    const response = responseTo(invite, 503, { toTag, headers: [RETRY_AFTER] });
    this.#refuse(invite, flow, response);
    this.#guard(() => this.#needs.user.refused(invite, source, response));
  }

  #response(response: Response, source: Destination): void {
    const why = this.#senders.unwanted(response, source);
    if (why !== undefined) this.#dropped.add(why, { source: source.host });
    else if (!this.#clients.receive(response, source))
      this.#dropped.add("unsolicited response", { source: source.host });
  }

  #request(request: Request, source: Destination, flow: Flow): void {
    if (request.method === "ACK") return this.#acknowledged(request, source);
    if (this.#servers.repeated(request)) return;
    const tagged = tagOf(request, "To") !== undefined;
    const isCancel = request.method === "CANCEL";
    const dialog = tagged && !isCancel ? this.#needs.user.dialogOf(request) : undefined;
    const invite = isCancel ? this.#servers.cancelled(request) : undefined;
    const refersTo = tagged || isCancel ? { target: dialog ?? invite } : undefined;
    const strays = invite !== undefined && !this.#senders.mayCancel(invite.transaction.source, source);
    const refusal = strays ? responseTo(request, 403) : refusalOf(request, source, refersTo, this.#checks);
    if (refusal !== undefined) {
      if (this.#senders.mayAnswer(source)) this.#refuse(request, flow, refusal);
      if (request.method === "INVITE" && !tagged) this.#guard(() => this.#needs.user.refused(request, source, refusal));
    } else if (isCancel) this.#cancel(request, source, flow, invite);
    else this.#new(request, source, flow, dialog ?? this.#needs.user);
  }

  #acknowledged(ack: Request, source: Destination): void {
    if (!this.#senders.mayAcknowledge(ack, source)) this.#dropped.add("ACK from another host", { source: source.host });
    else if (!this.#servers.acknowledged(ack)) this.#dropped.add("unsolicited ACK", { source: source.host });
  }

  /** Responds without state, alike to each copy of the request (RFC 3261 §8.2.7). */
  #refuse(request: Request, flow: Flow, response: Response): void {
    const failed = (): void => this.#dropped.add("response could not be sent");
    const bytes = writeBy(
      withToTag(response, () => this.#toTag(request)),
      flow,
    );
    flow.send(bytes, failed);
  }

  /** RFC 3261 §9.2: CANCEL has its own response; the user decides what it means for the INVITE. */
  #cancel(cancel: Request, source: Destination, flow: Flow, invite: ServerRecord | undefined): void {
    const { transaction } = this.#servers.begin(cancel, source, flow);
    if (invite === undefined) return;
    respondToCancel(transaction, invite, () => {
      if (isOpen(invite)) this.#guard(() => this.#needs.user.cancelled(invite.transaction, cancel));
    });
  }

  #new(request: Request, source: Destination, flow: Flow, user: Pick<DialogUser, "request">): void {
    const { transaction } = this.#servers.begin(request, source, flow);
    if (!this.#guard(() => user.request(request, transaction))) {
      transaction.respond(responseTo(request, 500));
    }
  }

  /** Calls the user; false if it threw. */
  #guard(run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      this.#fault(error);
      return false;
    }
  }

  #fault(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#needs.log({ level: "error", event: "sip.user.fault", error: String(error), stack });
  }
}
