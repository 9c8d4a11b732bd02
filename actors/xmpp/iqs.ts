/**
 * Incoming IQs: Jingle goes to the calls, all others are answered here.
 *
 * RFC 6120 §8.2.3. Rules: every get and set is answered exactly once, whatever happens; results and errors are never
 * answered. A user's IQ handed over by a server (intercept mode, protocol/xmpp/delegation.ts) is answered in the same wrapper; the
 * server itself routes IQs that are not for a call, and sessions between devices of one user.
 */
import type { Element } from "@xmpp/xml";
import { isPhoneDevice } from "../../protocol/address.ts";
import { answerHandedOver, handedOver, isDelegation } from "../../protocol/xmpp/delegation.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { errorText, stanzaError } from "../../protocol/xmpp/iq.ts";
import { bareJid } from "../../protocol/xmpp/jid.ts";
import { DISCO_INFO, JINGLE } from "../../protocol/xmpp/namespaces.ts";
import { type Service, serviceAnswer } from "../../protocol/xmpp/service.ts";
import type { Tally } from "../tally.ts";
import type { XmppRequests } from "./requests.ts";
import type { Reply, XmppUser } from "./user.ts";

export interface IncomingIqDependencies {
  readonly user: XmppUser;
  readonly requests: XmppRequests;
  readonly service: Service;
  readonly dropped: Tally;
  /** Whether a JID is a user's server, which may hand over stanzas: never in gateway mode. */
  readonly mayHandOver: (jid: string) => boolean;
  readonly intercepts: boolean;
  readonly send: (element: Element) => unknown;
}

export class IncomingIqs {
  readonly #dependencies: IncomingIqDependencies;

  constructor(dependencies: IncomingIqDependencies) {
    this.#dependencies = dependencies;
  }

  take(iq: Stanza): void {
    const { requests, dropped, send } = this.#dependencies;
    if (iq.type === "result" || iq.type === "error") {
      if (!requests.answer(iq) && iq.id !== "ping") dropped.add("unsolicited IQ response");
    } else if (iq.id === undefined) dropped.add("IQ without an id");
    else if (iq.type === "get" || iq.type === "set") this.#answer(iq);
    else send(stanzaError(iq.element, "modify", "bad-request"));
  }

  /** The head of an IQ beyond the limits: answers its sender with an error, or the user of the server that handed it over. */
  oversized(iq: Stanza, why: string): void {
    if (iq.type === "result" || iq.type === "error") this.#dependencies.requests.oversized(iq);
    if (iq.id === undefined || (iq.type !== "get" && iq.type !== "set")) return;
    const inner = this.#handedOver(iq);
    const error = stanzaError((inner ?? iq).element, "modify", "policy-violation", [errorText(why)]);
    this.#dependencies.send(inner ? answerHandedOver(iq, error) : error);
  }

  /** The IQ that a server hands over in this one; otherwise this one. */
  inner(iq: Stanza): Stanza {
    return (this.#dependencies.intercepts ? this.#handedOver(iq) : undefined) ?? iq;
  }

  #answer(iq: Stanza): void {
    const { user, service, intercepts, send } = this.#dependencies;
    let isAnswered = false;
    const reply = (answer: Element): void => {
      if (!isAnswered) send(answer);
      isAnswered = true;
    };
    try {
      if (iq.element.getChild("jingle", JINGLE)) user.jingle(iq, reply);
      else if (intercepts && isDelegation(iq.element)) this.#takeHandedOver(iq, reply);
      else reply(serviceAnswer(iq, service));
    } catch (error) {
      reply(stanzaError(iq.element, "wait", "internal-server-error"));
      throw error;
    }
  }

  #handedOver(iq: Stanza): Stanza | undefined {
    return this.#dependencies.mayHandOver(iq.from) ? handedOver(iq) : undefined;
  }

  #takeHandedOver(iq: Stanza, reply: Reply): void {
    const inner = this.#handedOver(iq);
    if (!inner) return reply(stanzaError(iq.element, "auth", "forbidden"));
    const answered = (answer: Element): void => reply(answerHandedOver(iq, answer));
    if (this.#asksPhone(inner)) return answered(serviceAnswer(inner, this.#dependencies.service));
    if (!isForCalls(inner)) return reply(stanzaError(iq.element, "cancel", "feature-not-implemented"));
    this.#dependencies.user.jingle(inner, answered);
  }

  /**
   * COMPAT Dino 0.4: before it starts a session it sends disco#info to the device that has proceeded, and gives up without an answer.
   * Any client, also in a room, may have a resource of that name: without a call it is not a phone's device.
   */
  #asksPhone({ from, to = "", type, element }: Stanza): boolean {
    const isInfo = type === "get" && element.getChild("query", DISCO_INFO) !== undefined;
    return isInfo && isPhoneDevice(to) && this.#dependencies.user.isCalling({ us: to, them: from });
  }
}

/** Whether it is Jingle, and not the start of a session between devices of one user. */
function isForCalls({ from, to = "", element }: Stanza): boolean {
  const jingle = element.getChild("jingle", JINGLE);
  return jingle !== undefined && (bareJid(from) !== bareJid(to) || jingle.attrs.action !== "session-initiate");
}
