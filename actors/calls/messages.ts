/**
 * Jingle Messages (XEP-0353 0.8) as events of calls: docs/mapping.md table P.
 *
 * Rules: a user's propose is answered by ringing and proceed at once, to the device that sent it, since SIP has no call without a
 * description: the INVITE follows the session-initiate. A late message about a call to the user changes nothing; only a late
 * proceed is answered, by retract. A finish is ignored: the session-terminate ends the call.
 */
import type { Element } from "@xmpp/xml";
import { type AddressRules, isServed, phoneDevice } from "../../protocol/address.ts";
import {
  type JingleMessage,
  type Propose,
  type Response,
  type Retract,
  readJingleMessage,
} from "../../protocol/jingle/messages.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { stanzaError } from "../../protocol/xmpp/iq.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import { type Dialling, overloaded } from "./dialling.ts";
import type { Proposals } from "./proposals.ts";
import type { RefusedCalls } from "./refused.ts";
import type { Registry } from "./registry.ts";

const MEDIA = new Set(["audio", "video"]);

/** The reason of a reject, by the condition that a session-initiate would get; XEP-0166 §7.4 has none for forbidden calls. */
const REASONS: Readonly<Record<string, string>> = { "item-not-found": "gone", "resource-constraint": "busy" };

/** Sender and recipient of a message: a device, and a phone of ours. */
interface Parties {
  readonly from: string;
  readonly to: string;
}

/** The dependencies of Jingle Messages. */
export interface MessageDependencies {
  readonly registry: Registry;
  readonly proposals: Proposals;
  readonly dialling: Dialling;
  readonly refused: RefusedCalls;
  readonly addresses: AddressRules;
  readonly xmpp: () => XmppComponent;
}

export class CallMessages {
  readonly #dependencies: MessageDependencies;

  constructor(dependencies: MessageDependencies) {
    this.#dependencies = dependencies;
  }

  /** Handles a message; returns an error stanza to answer it with, if any. */
  take(stanza: Element): Element | undefined {
    const parties = { from: String(stanza.attrs.from), to: String(stanza.attrs.to ?? "") };
    const message = readJingleMessage(stanza);
    if (!isServed(parties.from, this.#dependencies.addresses))
      return stanzaError(stanza, "cancel", "service-unavailable");
    if (!message || !readJid(parties.from)?.resource) return stanzaError(stanza, "modify", "bad-request");
    if (message.type === "propose") this.#answer(parties, message);
    else if (message.type === "retract") this.#retract(parties, message);
    else if (message.type !== "finish") this.#respond(parties, message);
    return undefined;
  }

  #answer({ from, to }: Parties, message: Propose): void {
    const { registry, proposals, dialling, refused, xmpp } = this.#dependencies;
    const { id, media } = message;
    const parties = { from: phoneDevice(to), to: from };
    const say = (answer: JingleMessage): void => void xmpp().say(parties, answer);
    const reject = (condition: string, text: string): void => say({ type: "reject", id, reason: { condition, text } });
    if (!media.some((each) => MEDIA.has(each)))
      return reject("unsupported-applications", "phones support audio and video only");
    const judged = dialling.judge({ caller: bareJid(from), callee: bareJid(to) });
    if (judged instanceof Refusal) {
      if (registry.full || judged === overloaded) refused.oneInitiate({ from, to }, id, judged);
      else refused.initiate({ from, to }, id, judged);
      return reject(REASONS[judged.jingle.condition ?? ""] ?? "decline", judged.message);
    }
    if (!proposals.add({ sid: id, them: from, us: to })) return reject("busy", "too many calls are proposed");
    say({ type: "ringing", id });
    say({ type: "proceed", id });
  }

  /** COMPAT Dino 0.4: retracts a call that has proceeded and rings already, for which XEP-0353 §3.3 has a session-terminate. */
  #retract({ from, to }: Parties, message: Retract): void {
    const { id, reason } = message;
    const session = { sid: id, them: from, us: to };
    this.#dependencies.proposals.take(session);
    const chart = this.#dependencies.registry.bySession(session)?.chart;
    if (chart?.devices.includes(from) && chart.unanswered && !chart.isIncoming)
      chart.deliver({ type: "jingle.session-terminate", device: from, reason });
  }

  #respond({ from, to }: Parties, message: Response): void {
    const { type, id } = message;
    const chart = this.#dependencies.registry.bySession({ sid: id, them: from, us: to })?.chart;
    const event =
      message.type === "reject"
        ? ({ type: "jmi.reject", device: from, reason: message.reason } as const)
        : ({ type: `jmi.${message.type}`, device: from } as const);
    const isTaken = chart?.isIncoming && !chart.deliver(event);
    if (isTaken || type !== "proceed") return;
    const retract = { type: "retract", id, reason: { condition: "cancel" } } as const;
    this.#dependencies.xmpp().say({ from: phoneDevice(to), to: from }, retract);
  }
}
