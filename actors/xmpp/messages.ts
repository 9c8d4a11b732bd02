/**
 * Incoming messages: Jingle Messages (XEP-0353) go to the calls, privileges (XEP-0356) to the rosters; others are refused or dropped.
 *
 * Rules: an error to a propose of ours goes to its call; a message with a body is refused, so that its sender is notified; all
 * others are dropped and counted. In intercept mode the users' server wraps both (protocol/xmpp/delegation.ts).
 */
import type { Element } from "@xmpp/xml";
import { isJingleMessage, refusedProposal } from "../../protocol/jingle/messages.ts";
import { errorInside, handedOver, isDelegation } from "../../protocol/xmpp/delegation.ts";
import type { Stanza } from "../../protocol/xmpp/head.ts";
import { conditionOf, stanzaError } from "../../protocol/xmpp/iq.ts";
import type { Tally } from "../tally.ts";
import type { XmppUser } from "./user.ts";

export interface IncomingMessageDependencies {
  readonly user: XmppUser;
  readonly dropped: Tally;
  /** Whether a JID is a user's server, which may hand over stanzas: never in gateway mode. */
  readonly mayHandOver: (jid: string) => boolean;
  readonly intercepts: boolean;
  /** Takes a message that grants privileges; false if it is none. */
  readonly granted: (message: Stanza) => boolean;
  readonly send: (element: Element) => unknown;
}

export class IncomingMessages {
  readonly #dependencies: IncomingMessageDependencies;

  constructor(dependencies: IncomingMessageDependencies) {
    this.#dependencies = dependencies;
  }

  take(message: Stanza): void {
    const { user, dropped, send, intercepts, granted } = this.#dependencies;
    const { type, element } = message;
    const error = this.#errorOf(message);
    const sid = error && refusedProposal(error.element);
    if (error && sid !== undefined) {
      const session = { sid, us: String(error.to), them: error.from };
      return user.unproposed(session, conditionOf(error.element));
    }
    if (intercepts && isDelegation(element)) return this.#takeHandedOver(message);
    if (type !== "error" && isJingleMessage(element)) return this.#tell(element);
    if (type !== "error" && granted(message)) return;
    if (type === "error" || type === "groupchat" || element.getChild("body") === undefined)
      return dropped.add("message that needs no answer");
    send(stanzaError(element, "cancel", "service-unavailable"));
  }

  /** The message if it is an error, or the error that a user's server hands over. */
  #errorOf(message: Stanza): Stanza | undefined {
    if (this.#dependencies.mayHandOver(message.from)) return errorInside(message);
    return message.type === "error" ? message : undefined;
  }

  #tell(message: Element): void {
    const error = this.#dependencies.user.message(message);
    if (error) this.#dependencies.send(error);
  }

  #takeHandedOver(message: Stanza): void {
    const inner = this.#dependencies.mayHandOver(message.from) ? handedOver(message) : undefined;
    const isOurs = inner !== undefined && inner.type !== "error" && isJingleMessage(inner.element);
    if (!isOurs || this.#dependencies.user.message(inner.element))
      this.#dependencies.dropped.add("invalid message from a server module", { from: message.from });
  }
}
