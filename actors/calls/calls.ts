/**
 * The supervisor of calls: passes each message of the SIP stack and of the XMPP stream to its call, or creates one.
 *
 * RFC 3261 §12.2.2, XEP-0166 §6-7. Rules: a dialog is identified by Call-ID and both tags, a session by sid and its XMPP party
 * (a call that comes back through a plain proxy has one Call-ID on two legs); nothing is stored for a refused call; a
 * call that has ended leaves no state. maker.ts makes calls, for incoming.ts and outgoing.ts; iqs.ts handles Jingle IQs,
 * messages.ts Jingle Messages.
 */

import type { Element } from "@xmpp/xml";
import type { Numbering } from "../../protocol/number.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { capabilities, RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { header } from "../../protocol/sip/fields.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { Destination, Request, Response } from "../../protocol/sip/message.ts";
import { refusalTo } from "../../protocol/sip/warning.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { InvitesAwaiting } from "../phone/awaiting.ts";
import type { ServerTransaction, SipUser } from "../sip/user.ts";
import type { Saved } from "../store/store.ts";
import { Outbox } from "../xmpp/outbox.ts";
import type { XmppUser } from "../xmpp/user.ts";
import { advice } from "./advice.ts";
import type { Call } from "./call.ts";
import { Dialling, overloaded } from "./dialling.ts";
import { IncomingCalls } from "./incoming.ts";
import { JingleIqs } from "./iqs.ts";
import { CallMaker } from "./maker.ts";
import { CallMessages } from "./messages.ts";
import type { CallsNeeds } from "./needs.ts";
import { OutgoingCalls } from "./outgoing.ts";
import { Proposals } from "./proposals.ts";
import { RefusedCalls, type Why } from "./refused.ts";
import { Registry } from "./registry.ts";
import { Restoring } from "./restoring.ts";
import { Shares } from "./shares.ts";

/** The log's reason for an INVITE that the stack refused, by its status. */
const WHY: Readonly<Record<number, Why>> = {
  403: { why: "source not allowed", advice: advice.notAllowed },
  503: { why: overloaded.message, advice: advice.overloaded },
};

export class Calls implements SipUser, XmppUser {
  readonly registry: Registry;
  readonly #needs: CallsNeeds;
  readonly #proposals: Proposals;
  readonly #outbox: Outbox;
  readonly #awaiting = new InvitesAwaiting();
  readonly #refused: RefusedCalls;
  readonly #incoming: IncomingCalls;
  readonly #iqs: JingleIqs;
  readonly #messages: CallMessages;
  readonly #dialling: Dialling;
  readonly #restoring: Restoring | undefined;

  constructor(needs: CallsNeeds) {
    const { config, clock, log, load, xmpp, random, reach, trunks } = needs;
    const { addresses } = config;
    const registry = new Registry(() => config.maxCalls);
    const proposals = new Proposals(clock, config.jmiTimeout);
    const refused = new RefusedCalls(clock, log, needs.watch);
    const { saver } = needs;
    const outbox = new Outbox(log, saver);
    const awaiting = this.#awaiting;
    const maker = new CallMaker(needs, { registry, awaiting, outbox, saver });
    this.#restoring = saver && new Restoring({ ...needs, maker, outbox, saver });
    const shares = new Shares({ config, registry, clock });
    const dialling = new Dialling({ config, registry, shares, trunks, clock, log, load });
    const outgoing = new OutgoingCalls({ maker, registry, proposals, dialling, config, random });
    const isTrusted = (source: Destination): boolean => config.trusted && reach.isPassedOn(source);
    const numbering = (): Numbering | undefined => config.dial;
    this.registry = registry;
    this.#needs = needs;
    this.#proposals = proposals;
    this.#outbox = outbox;
    this.#refused = refused;
    this.#dialling = dialling;
    this.#incoming = new IncomingCalls({
      ...{ maker, registry, shares, refused, addresses, isTrusted, xmpp, random, reach, trunks, numbering },
      relay: needs.relay,
      codecs: config.codecs,
    });
    this.#iqs = new JingleIqs({ registry, outgoing, refused, addresses, xmpp });
    this.#messages = new CallMessages({ registry, proposals, dialling, refused, addresses, xmpp });
  }

  // From the SIP stack

  dialogOf(request: Request): Call | undefined {
    const localTag = tagOf(request, "To");
    const callId = header(request, "Call-ID") ?? "";
    return localTag === undefined ? undefined : this.registry.byDialog({ callId, localTag });
  }

  request(request: Request, transaction: ServerTransaction): void {
    // OPTIONS is answered as an INVITE would be, so that dispatchers choose another gateway (RFC 3261 §11.2)
    if (this.registry.full || !this.#needs.xmpp().online) return this.#unavailable(transaction);
    if (request.method === "INVITE") return this.#invited(transaction);
    const known = request.method === "OPTIONS";
    const headers = known ? capabilities(undefined, { accept: true }) : [];
    transaction.respond(responseTo(request, known ? 200 : 481, { headers }));
  }

  refused(request: Request, source: Destination, { status, phrase }: Response): void {
    this.#refused.oneInvite({ request, source }, status, WHY[status] ?? { why: `${status} ${phrase}` });
  }

  #unavailable(transaction: ServerTransaction): void {
    const { request } = transaction;
    transaction.respond(responseTo(request, 503, { headers: [RETRY_AFTER] }));
    const why = this.registry.full ? "no more calls now" : "there is no XMPP stream";
    if (request.method === "INVITE") this.#refused.oneInvite(transaction, 503, { why });
  }

  #invited(transaction: ServerTransaction): void {
    const refusal = attempt(() => this.#incoming.place(transaction));
    if (!(refusal instanceof Refusal)) return;
    transaction.respond(refusalTo(transaction.request, refusal));
    this.#refused.invite(transaction, refusal.sip.status, { why: refusal.message });
  }

  cancelled(transaction: ServerTransaction): void {
    if (!this.#incoming.cancelled(transaction)) this.#awaiting.cancelled(transaction);
  }

  acknowledged(transaction: ServerTransaction, ack: Request): void {
    this.#awaiting.acknowledged(transaction, ack);
  }

  unacknowledged(transaction: ServerTransaction): void {
    this.#awaiting.unacknowledged(transaction);
  }

  // From the XMPP component

  get isOverloaded(): boolean {
    return !this.#needs.load.admits;
  }

  isRefusedForOverload({ us, them }: { us: string; them: string }): boolean {
    return this.#dialling.isRefusedForOverload({ caller: bareJid(them), callee: bareJid(us) });
  }

  jingle(iq: Stanza, reply: (answer: Element) => void): void {
    this.#iqs.take(iq, reply);
  }

  message(message: Element): Element | undefined {
    return this.#messages.take(message);
  }

  unproposed(session: { sid: string; us: string; them: string }, condition: string): void {
    this.registry.bySession(session)?.chart.deliver({ type: "jmi.failure", condition });
  }

  isCalling(session: { us: string; them: string }): boolean {
    const us = bareJid(session.us);
    const calls = [...this.registry.ofUser(bareJid(session.them))];
    return calls.some((call) => bareJid(call.user.side.us) === us) || this.#proposals.between(session);
  }

  online(): void {
    this.#outbox.flush(this.#needs.xmpp());
    this.#restoring?.online();
  }

  offline(why: string): void {
    if (this.registry.size > 0)
      this.#needs.log({ level: "warn", event: "calls.offline", why, calls: this.registry.size });
  }

  /** A device came online that can be called directly: it is offered the calls whose proposal no device has answered yet. */
  came(device: string): void {
    for (const call of this.registry.ofUser(bareJid(device))) call.available(device);
  }

  left(device: string): void {
    for (const call of this.registry.ofUser(bareJid(device))) call.unavailable(device);
  }

  // The calls

  /** Restores the calls saved by an earlier gateway, before there are sockets. */
  restore(saved: readonly Saved[]): void {
    this.#restoring?.restore(saved);
  }

  /** Continues the restored calls, once there are sockets. */
  goOn(): void {
    this.#restoring?.goOn();
  }

  /** No new calls from now on; `idle` is called when the last one has ended. */
  drain(): void {
    this.registry.close();
  }

  /** Hangs a call up on both sides, by its id (our tag); false if there is none. */
  hangUp(id: string): boolean {
    const call = [...this.registry.all()].find(({ dialog }) => dialog.localTag === id);
    call?.hangUp();
    return call !== undefined;
  }

  /** Ends the remaining calls on both sides. */
  end(): void {
    for (const call of this.registry.all())
      call.abandon("gateway.stops", { condition: "gone", text: "the gateway is stopping" });
  }
}
