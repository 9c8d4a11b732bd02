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
import { header, values } from "../../protocol/sip/fields.ts";
import { tagOf, topVia } from "../../protocol/sip/mandatory.ts";
import type { Destination, Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import { judge, withoutForeignBody } from "../../protocol/sip/rules.ts";
import type { Connect, Listen, OpenDatagrams } from "../../transports/transport.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Tally } from "../tally.ts";
import { SipClients } from "./clients.ts";
import type { Flow } from "./flow.ts";
import type { Resolve } from "./hosts.ts";
import { writeBy } from "./outgoing.ts";
import { isOpen, MOST_HELD, type ServerRecord, SipServers } from "./servers.ts";
import { SipTransport } from "./transport.ts";
import type { ClientHandlers, ClientTransaction, DialogUser, SipUser } from "./user.ts";

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

/** A SIP stack, made but not started. */
export class SipStack {
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

  /** The port that is really bound. */
  get port(): number {
    return this.#transport.port;
  }

  get up(): boolean {
    return this.#transport.up;
  }

  /** Transactions alive, in both directions. */
  get transactions(): number {
    return this.#clients.count + this.#servers.count;
  }

  /** How often each reason to drop a message was counted. */
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

  /** Sends a request, to which the Via is added here. */
  send(request: Request, to: Destination, on: ClientHandlers): ClientTransaction {
    return this.#clients.send(request, to, on);
  }

  /** Cancels an INVITE; the caller waits for a provisional response first (RFC 3261 §9.1). */
  cancel(transaction: ClientTransaction, fields?: readonly Field[]): void {
    this.#clients.cancel(transaction, fields);
  }

  /** Sends the ACK to a 2xx, as often as that comes (RFC 3261 §13.2.2.4). */
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
    const tagged = tagOf(request, "To") !== undefined;
    const isCancel = request.method === "CANCEL";
    const dialog = tagged && !isCancel ? this.#needs.user.dialogOf(request) : undefined;
    const invite = isCancel ? this.#servers.cancelled(request) : undefined;
    const refusal = this.#refusal(request, source, tagged || isCancel, dialog ?? invite);
    if (refusal !== undefined) this.#refuse(request, flow, refusal);
    else if (isCancel) this.#cancel(request, source, flow, invite);
    else this.#new(request, source, flow, dialog ?? this.#needs.user);
  }

  /**
   * What is wrong with a new request, in the order of RFC 3261 §8.2. `follows` is whether it is of a dialog or an INVITE,
   * `known` that dialog or INVITE.
   */
  #refusal(request: Request, source: Destination, follows: boolean, known: object | undefined): Response | undefined {
    const unknown = follows && known === undefined ? responseTo(request, 481) : undefined;
    if (known === undefined && !this.#needs.allow(source)) {
      this.#dropped.add("a request from a source that is not allowed", { source: source.host });
      return unknown ?? responseTo(request, 403);
    }
    if (this.#servers.full) {
      this.#dropped.add("too many transactions", { source: source.host });
      return responseTo(request, 503, { headers: [RETRY_AFTER] });
    }
    const refusal = judge(request) ?? unknown;
    if (refusal !== undefined || follows) return refusal;
    return this.#servers.isMerged(request) ? responseTo(request, 482) : undefined;
  }

  /** Answers without state: each copy of the request is answered alike (RFC 3261 §8.2.7). */
  #refuse(request: Request, flow: Flow, response: Response): void {
    const failed = (): void => this.#dropped.add("a response that could not be sent");
    const bytes = writeBy(
      withToTag(response, () => this.#toTag(request)),
      flow.transport,
    );
    flow.send(bytes, failed);
  }

  /** The To tag of a response that has no dialog: the same for each copy of a request, and nobody else's guess. */
  #toTag(message: Message): string {
    const parts = ["Call-ID", "From", "CSeq"].map((name) => header(message, name) ?? "");
    return createHmac("sha256", this.#secret).update(parts.join("\n")).digest("hex").slice(0, 16);
  }

  /** RFC 3261 §9.2: CANCEL is answered for itself; what it means for the INVITE is the user's to say. */
  #cancel(cancel: Request, source: Destination, flow: Flow, invite: ServerRecord | undefined): void {
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

  #new(asked: Request, source: Destination, flow: Flow, user: DialogUser): void {
    const request = withoutForeignBody(asked);
    const { transaction } = this.#servers.begin(request, source, flow);
    if (!this.#guard(() => user.request(request, transaction))) {
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
