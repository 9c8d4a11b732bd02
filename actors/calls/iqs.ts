/**
 * Jingle IQs: finds the call of each, and sends its one answer.
 *
 * XEP-0166 §6.2, §7.2. Rules: only users of our domains may call; a session is identified by its sid and its XMPP party; an
 * unmappable request is acknowledged, then the session is terminated with the reason. jingle.ts turns an action into an event.
 */
import type { Element } from "@xmpp/xml";
import { type AddressRules, isServed } from "../../protocol/address.ts";
import { jingleElement, readReason, reasonElement } from "../../protocol/jingle/jingle.ts";
import { attempt, Refusal } from "../../protocol/refusal.ts";
import { owned } from "../../protocol/text.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { iqError, iqResult } from "../../protocol/xmpp/iq.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { JINGLE } from "../../protocol/xmpp/namespaces.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import { advice } from "./advice.ts";
import { overloaded } from "./dialling.ts";
import { deliverJingle } from "./jingle.ts";
import type { JingleIq, OutgoingCalls } from "./outgoing.ts";
import type { RefusedCalls } from "./refused.ts";
import type { Registry } from "./registry.ts";
import { unknownSession } from "./said.ts";

/** The dependencies of Jingle IQs. */
export interface JingleIqDependencies {
  readonly registry: Registry;
  readonly outgoing: OutgoingCalls;
  readonly refused: RefusedCalls;
  readonly addresses: AddressRules;
  readonly xmpp: () => XmppComponent;
}

export class JingleIqs {
  readonly #dependencies: JingleIqDependencies;

  constructor(dependencies: JingleIqDependencies) {
    this.#dependencies = dependencies;
  }

  /** Handles a Jingle IQ; `reply` is called once with its answer. */
  take(iq: Stanza, reply: (answer: Element) => void): void {
    const jingle = iq.element.getChild("jingle", JINGLE);
    if (!jingle) return reply(iqError(iq.element, new Refusal("no jingle element", { status: 400 })));
    let isAccepted = false;
    const accepted = (): void => {
      if (!isAccepted) reply(iqResult(iq.element));
      isAccepted = true;
    };
    const refusal = attempt(() => this.#deliver(iq, jingle, accepted));
    if (!refusal) return;
    if (jingle.attrs.action === "session-initiate") this.#notInitiated(iq, String(jingle.attrs.sid), refusal);
    if (refusal.jingle.reason === undefined) return reply(iqError(iq.element, refusal));
    accepted();
    this.#turnDown(iq, jingle, refusal);
  }

  #notInitiated(iq: Stanza, sid: string, refusal: Refusal): void {
    const { registry, refused, addresses } = this.#dependencies;
    if (!isServed(iq.from, addresses)) refused.oneInitiate(iq, sid, refusal, advice.notServed);
    else if (registry.full || refusal === overloaded) refused.oneInitiate(iq, sid, refusal);
    else refused.initiate(iq, sid, refusal);
  }

  #deliver(iq: Stanza, jingle: Element, accepted: () => void): Refusal | undefined {
    const { registry, outgoing, addresses } = this.#dependencies;
    const from = owned(iq.from);
    const to = owned(String(iq.to));
    if (!isServed(from, addresses)) return stranger;
    const { action, sid } = jingle.attrs;
    const type = action === "existing-session-initiate" ? "get" : "set";
    if (iq.type !== type) return new Refusal(`${action} is an IQ ${type}`, { status: 400 });
    if (type === "get") return this.#existing({ from, to, jingle }, accepted);
    if (!sid || !action) return new Refusal("jingle needs action and sid", { status: 400 });
    if (action === "session-initiate") return outgoing.place({ from, to, jingle }, accepted);
    const call = registry.bySession({ sid, them: from, us: to });
    if (!call?.chart.devices.includes(from)) return unknownSession;
    const hasEnded = action === "session-terminate";
    if (hasEnded && call.user.offersLess(from, readReason(jingle), accepted)) return undefined;
    return deliverJingle({ chart: call.chart, jingle, device: from }, accepted);
  }

  /** Offers the user's unanswered calls, one by its sid or all, to the asking device, too. */
  #existing(iq: JingleIq, accepted: () => void): Refusal | undefined {
    const { sid } = iq.jingle.attrs;
    const mine = [...this.#dependencies.registry.ofUser(bareJid(iq.from))].filter(
      ({ chart }) => chart.isIncoming && chart.unanswered,
    );
    const asked = sid ? mine.filter((call) => call.user.side.sid === sid) : mine;
    if (asked.length === 0) return unknownSession;
    accepted();
    for (const call of asked) call.chart.deliver({ type: "jingle.existing-session-initiate", device: iq.from });
    return undefined;
  }

  #turnDown(iq: Stanza, jingle: Element, refusal: Refusal): void {
    const reason = reasonElement({ condition: refusal.jingle.reason ?? "general-error", text: refusal.message });
    const payload = jingleElement("session-terminate", String(jingle.attrs.sid), {}, [reason]);
    const [to, from] = [iq.from, String(iq.to)];
    this.#dependencies.xmpp().request({ to, from, payload }, () => {});
  }
}

const refusal = (text: string, status: number, condition: string, type: "cancel" | "wait") =>
  new Refusal(text, { status }, { condition, type });
const stranger = refusal("users of this domain may not call here", 403, "service-unavailable", "cancel");
