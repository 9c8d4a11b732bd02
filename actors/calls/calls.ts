/**
 * The supervisor of calls: decides who may call whom, finds or creates the call that a message belongs to, delivers it.
 *
 * RFC 3261 §12.2.2, XEP-0166 §6-7. Rules: a dialog is known by Call-ID and both tags, a session by sid and its XMPP party
 * (a call that comes back through a plain proxy has one Call-ID on two legs); nothing is stored for what is refused; a
 * call that has ended leaves nothing behind. How a call is made is outgoing.ts and incoming.ts; what a Jingle
 * action means to it is jingle.ts, what a message about it means messages.ts.
 */
import type { Element } from "@xmpp/xml";
import type { CallInput } from "../../machines/call/context.ts";
import { isServed } from "../../protocol/address.ts";
import { jingleElement, reasonElement } from "../../protocol/jingle/jingle.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { responseTo } from "../../protocol/sip/build.ts";
import { capabilities, RETRY_AFTER } from "../../protocol/sip/capabilities.ts";
import { header, tagOf } from "../../protocol/sip/fields.ts";
import type { Request } from "../../protocol/sip/message.ts";
import { ownText } from "../../protocol/text.ts";
import { iqError, iqResult } from "../../protocol/xmpp/iq.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { JINGLE } from "../../protocol/xmpp/namespaces.ts";
import { chartClock } from "../clock.ts";
import { type Guard, guardedClock, guardedSip } from "../guard.ts";
import { CallsAwaiting } from "../phone/awaiting.ts";
import type { Phone, PhoneNeeds } from "../phone/phone.ts";
import type { ServerTransaction, SipUser } from "../sip/user.ts";
import type { XmppUser } from "../xmpp/component.ts";
import { Outbox } from "../xmpp/outbox.ts";
import { Call } from "./call.ts";
import { placeIncoming } from "./incoming.ts";
import { deliverJingle, unknownSession } from "./jingle.ts";
import { takeMessage } from "./messages.ts";
import type { CallsConfig, CallsNeeds } from "./needs.ts";
import { type JingleIq, placeOutgoing } from "./outgoing.ts";
import { phoneNeeds } from "./phone.ts";
import { Proposals } from "./proposals.ts";
import { RefusedCalls } from "./refused.ts";
import { Registry } from "./registry.ts";
import { User, type UserSide } from "./user.ts";

export class Calls implements SipUser, XmppUser {
  readonly registry = new Registry();
  readonly needs: CallsNeeds;
  readonly proposals: Proposals;
  readonly #outbox: Outbox;
  readonly #chartClock: ReturnType<typeof chartClock>;
  readonly awaiting = new CallsAwaiting();
  readonly refused: RefusedCalls;
  #draining = false;

  constructor(needs: CallsNeeds) {
    this.needs = needs;
    this.#outbox = new Outbox(needs.log);
    this.refused = new RefusedCalls(needs.clock, needs.log);
    this.proposals = new Proposals(needs.clock, needs.config.jmiTimeout);
    this.#chartClock = chartClock(needs.clock);
  }

  get config(): CallsConfig {
    return this.needs.config;
  }

  // What the SIP sockets bring

  dialogOf(request: Request): Call | undefined {
    const ourTag = tagOf(request, "To");
    return ourTag === undefined ? undefined : this.registry.byDialog(header(request, "Call-ID") ?? "", ourTag);
  }

  request(request: Request, transaction: ServerTransaction): void {
    // OPTIONS answers as an INVITE would, so that dispatchers move on (signalling §7)
    if (this.full || !this.needs.xmpp().online) return this.#tooMuch(transaction);
    if (request.method === "INVITE") return this.#invited(transaction);
    const known = request.method === "OPTIONS";
    const headers = known ? capabilities(undefined, { accept: true }) : [];
    transaction.respond(responseTo(request, known ? 200 : 481, { headers }));
  }

  #tooMuch(transaction: ServerTransaction): void {
    const { request } = transaction;
    transaction.respond(responseTo(request, 503, { headers: [RETRY_AFTER] }));
    const why = this.full ? "no more calls now" : "there is no XMPP stream";
    if (request.method === "INVITE") this.refused.oneOfMany(why, { callId: header(request, "Call-ID") });
  }

  #invited(transaction: ServerTransaction): void {
    try {
      placeIncoming(this, transaction);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      transaction.respond(responseTo(transaction.request, error.sip.status));
      this.refused.invite(transaction, error.sip.status);
    }
  }

  cancelled(transaction: ServerTransaction): void {
    this.awaiting.cancelled(transaction);
  }

  acknowledged(transaction: ServerTransaction, ack: Request): void {
    this.awaiting.acknowledged(transaction, ack);
  }

  unacknowledged(transaction: ServerTransaction): void {
    this.awaiting.unacknowledged(transaction);
  }

  // What the XMPP stream brings

  jingle(iq: Element, reply: (answer: Element) => void): void {
    const jingle = iq.getChild("jingle", JINGLE);
    if (!jingle) return reply(iqError(iq, new Refusal("no jingle element", { status: 400 })));
    let isAccepted = false;
    const accepted = (): void => {
      if (!isAccepted) reply(iqResult(iq));
      isAccepted = true;
    };
    const refusal = this.#tried(() => this.#jingle(iq, jingle, accepted));
    if (!refusal) return;
    if (jingle.attrs.action === "session-initiate") this.#notInitiated(iq, String(jingle.attrs.sid), refusal);
    if (refusal.jingle.reason === undefined) return reply(iqError(iq, refusal));
    accepted();
    this.#turnDown(iq, jingle, refusal);
  }

  #notInitiated(iq: Element, sid: string, refusal: Refusal): void {
    const isOneOfMany = this.full || !isServed(String(iq.attrs.from), this.config.addresses);
    if (isOneOfMany) this.refused.oneOfMany(refusal.message, { sid, from: iq.attrs.from });
    else this.refused.initiate(iq, sid, refusal);
  }

  message(message: Element): Element | undefined {
    return takeMessage(this, message);
  }

  unproposed(session: { sid: string; us: string; them: string }, condition: string): void {
    this.registry.bySession(session)?.deliver({ type: "jmi.failure", condition });
  }

  isCalling(session: { us: string; them: string }): boolean {
    const us = bareJid(session.us);
    const calls = [...this.registry.ofUser(bareJid(session.them))];
    return calls.some((call) => bareJid(call.user.side.us) === us) || this.proposals.between(session);
  }

  online(): void {
    this.#outbox.flush(this.needs.xmpp());
  }

  offline(why: string): void {
    if (this.registry.size > 0)
      this.needs.log({ level: "warn", event: "calls.offline", why, calls: this.registry.size });
  }

  /** A device of the user's came that is called directly: it hears of what still waits for a proposal to be taken. */
  came(device: string): void {
    for (const call of this.registry.ofUser(bareJid(device))) call.available(device);
  }

  left(device: string): void {
    for (const call of this.registry.ofUser(bareJid(device))) call.unavailable(device);
  }

  // The calls

  /** Makes a call and registers it; it lives once it is started. */
  create(
    input: Pick<CallInput, "direction" | "offer" | "devices" | "isOnline" | "peerTrickles" | "messages">,
    side: UserSide,
    dialog: { callId: string; localTag: string; contactUser: string },
    phone: (needs: PhoneNeeds) => Phone,
  ): Call {
    const { config, clock, log } = this.needs;
    const { profile, retryAudioOnly, ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout } = config;
    const to = input.direction === "outgoing" ? side.us : side.them;
    // our tag is the one name that no other call has, and it is on the wire
    const about = { call: dialog.localTag, sid: side.sid, callId: dialog.callId, from: side.initiator, to };
    const callLog: typeof log = (event) => log({ ...about, ...event });
    const guard: Guard = (work) => call.guard(work);
    const call: Call = new Call(
      { ...input, profile, retryAudioOnly, ringTimeout, gatherTimeout, renegotiateTimeout, jmiTimeout },
      {
        phone: phone({
          ...phoneNeeds(this.needs, dialog.contactUser),
          log: callLog,
          sip: guardedSip(this.needs.sip(), guard),
          clock: guardedClock(clock, guard),
          wanted: () => !call.userLeft,
          tell: (event) => call.deliver(event),
          offer: () => call.offer,
          local: () => call.local,
          remote: () => call.remote,
          heard: () => call.heard,
          expectAck: (transaction, it) => this.awaiting.add(call, transaction, it),
        }),
        user: new User(side, {
          xmpp: this.needs.xmpp(),
          outbox: this.#outbox,
          clock: guardedClock(clock, guard),
          log: callLog,
          devices: () => call.devices,
          tell: (event) => call.deliver(event),
        }),
      },
      { clock: this.#chartClock, log: callLog, ended: () => this.#ended(call) },
    );
    this.registry.add(call, dialog);
    callLog({ level: "info", event: "call.started", direction: input.direction });
    return call;
  }

  /** No new calls from now on; `idle` is told when the last one has ended. */
  drain(): void {
    this.#draining = true;
  }

  /** Ends what still runs, on both sides. */
  end(): void {
    for (const call of this.registry.all()) call.abandon({ condition: "gone", text: "the gateway is stopping" });
  }

  #ended(call: Call): void {
    this.registry.remove(call);
    this.awaiting.ended(call);
    if (this.#draining && this.registry.size === 0) this.needs.idle();
  }

  /** Whether there are no more calls now. */
  get full(): boolean {
    return this.#draining || this.registry.size >= this.config.maxCalls;
  }

  #jingle(iq: Element, jingle: Element, accepted: () => void): Refusal | undefined {
    const from = ownText(String(iq.attrs.from));
    const to = ownText(String(iq.attrs.to));
    if (!isServed(from, this.config.addresses)) return stranger;
    const { action, sid } = jingle.attrs;
    const type = action === "existing-session-initiate" ? "get" : "set";
    if (iq.attrs.type !== type) return new Refusal(`${action} is an IQ ${type}`, { status: 400 });
    if (type === "get") return this.#existing({ from, to, jingle }, accepted);
    if (!sid || !action) return new Refusal("jingle needs action and sid", { status: 400 });
    if (action === "session-initiate")
      return this.full ? overloaded : placeOutgoing(this, { from, to, jingle }, accepted);
    const call = this.registry.bySession({ sid, them: from, us: to });
    if (!call?.devices.includes(from)) return unknownSession;
    return deliverJingle(call, jingle, from, accepted);
  }

  /** The unanswered calls of the asking user, one by its sid or all, are offered to the asking device too. */
  #existing(iq: JingleIq, accepted: () => void): Refusal | undefined {
    const { sid } = iq.jingle.attrs;
    const mine = [...this.registry.ofUser(bareJid(iq.from))].filter((call) => call.isIncoming && call.unanswered);
    const asked = sid ? mine.filter((call) => call.user.side.sid === sid) : mine;
    if (asked.length === 0) return unknownSession;
    accepted();
    for (const call of asked) call.deliver({ type: "jingle.existing-session-initiate", device: iq.from });
    return undefined;
  }

  /** A fault while reading one user's stanza is that stanza's alone. */
  #tried(work: () => Refusal | undefined): Refusal | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** XEP-0166 §6.2: a session-initiate that cannot be served is acknowledged, then terminated with the reason. */
  #turnDown(iq: Element, jingle: Element, refusal: Refusal): void {
    const reason = reasonElement({ condition: refusal.jingle.reason ?? "general-error", text: refusal.message });
    const payload = jingleElement("session-terminate", String(jingle.attrs.sid), {}, [reason]);
    const [to, from] = [String(iq.attrs.from), String(iq.attrs.to)];
    this.needs.xmpp().request({ to, from, payload }, () => {});
  }
}

const refusal = (text: string, status: number, condition: string, type: "cancel" | "wait") =>
  new Refusal(text, { status }, { condition, type });
const stranger = refusal("users of this domain may not call here", 403, "service-unavailable", "cancel");
const overloaded = refusal("no more calls now", 503, "resource-constraint", "wait");
