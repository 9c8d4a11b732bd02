/**
 * Incoming stanzas: the head of each is read once, then its kind decides who handles it.
 *
 * Rules: a stanza without a handler is dropped and counted. A stanza beyond the limits is only its sender's fault: an IQ is answered by
 * policy-violation, anything else is dropped (RFC 6120 §8.3.3.12, §13.12). Under overload a session-initiate
 * is refused by its head, since parsing a browser's offer costs as much as a third of a call.
 */
import type { Element } from "@xmpp/xml";
import { readHead } from "../../protocol/xmpp/head.ts";
import { JINGLE } from "../../protocol/xmpp/namespaces.ts";
import type { Excess } from "../../protocol/xmpp/stanza.ts";
import type { Tally } from "../tally.ts";
import type { IncomingIqs } from "./iqs.ts";
import type { IncomingMessages } from "./messages.ts";
import type { XmppPresence } from "./presence.ts";
import type { XmppUser } from "./user.ts";

export interface ReceiverDependencies {
  readonly user: XmppUser;
  readonly iqs: IncomingIqs;
  readonly messages: IncomingMessages;
  readonly presence: XmppPresence;
  readonly dropped: Tally;
}

export class XmppReceiver {
  readonly #to: ReceiverDependencies;

  constructor(to: ReceiverDependencies) {
    this.#to = to;
  }

  stanza(element: Element): void {
    const { iqs, messages, presence, dropped } = this.#to;
    const stanza = readHead(element);
    if (!stanza) dropped.add("stanza without valid addresses");
    else if (element.is("iq")) iqs.take(stanza);
    else if (element.is("message")) messages.take(stanza);
    else if (!element.is("presence"))
      dropped.add("element that is not a stanza", { name: element.getName().slice(0, 40) });
    else if (!presence.receive(stanza)) dropped.add("presence from a domain not served", { from: stanza.from });
  }

  /** Whether a stanza with this start may be refused by its head: a session-initiate under overload. */
  looksAtHead(start: string): boolean {
    return this.#to.user.isOverloaded && start.includes("session-initiate");
  }

  /** Refuses a call by the head of its session-initiate, without reading the offer; false if it must be read. */
  head(element: Element): boolean {
    const { user, iqs } = this.#to;
    const iq = element.is("iq") ? readHead(element) : undefined;
    const said = iq && iqs.inner(iq);
    const jingle = said?.type === "set" ? said.element.getChild("jingle", JINGLE) : undefined;
    if (iq === undefined || said?.to === undefined || jingle?.attrs.action !== "session-initiate") return false;
    if (!user.isRefusedForOverload({ us: said.to, them: said.from })) return false;
    iqs.take(iq);
    return true;
  }

  /** The head of a stanza beyond the limits, as far as it was read. */
  oversized(element: Element | undefined, excess: Excess): void {
    const head = element && readHead(element);
    const name = element?.getName().slice(0, 40);
    this.#to.dropped.add(`stanza ${excess}`, { name, from: head?.from, to: head?.to });
    if (head && name === "iq") this.#to.iqs.oversized(head, `stanza ${excess}`);
  }
}
