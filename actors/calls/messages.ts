/**
 * What the messages of Jingle Message Initiation mean to the calls: XEP-0353 0.8, signalling §9.
 *
 * Rules: a user's propose is answered by ringing and proceed at once, to the device that sent it, since SIP has no word for a
 * call without a description: the INVITE follows on the session-initiate. Of the messages about a call to the user, one that
 * comes too late changes nothing; only a proceed that has lost the race is told so, by retract. A finish says nothing that
 * the session's own end does not.
 */
import type { Element } from "@xmpp/xml";
import { dialled, isServed, phoneDevice } from "../../protocol/address.ts";
import {
  type JingleMessage,
  type Propose,
  type Response,
  type Retract,
  readJingleMessage,
} from "../../protocol/jingle/messages.ts";
import { stanzaError } from "../../protocol/xmpp/iq.ts";
import { bareJid, readJid } from "../../protocol/xmpp/jid.ts";
import type { Calls } from "./calls.ts";

const MEDIA = new Set(["audio", "video"]);

/** Who has sent a message to whom: a device, and a phone of ours. */
interface Way {
  readonly from: string;
  readonly to: string;
}

/** Takes a message; gives the error that answers it, if one does. */
export function takeMessage(calls: Calls, stanza: Element): Element | undefined {
  const way = { from: String(stanza.attrs.from), to: String(stanza.attrs.to ?? "") };
  const message = readJingleMessage(stanza);
  if (!isServed(way.from, calls.config.addresses)) return stanzaError(stanza, "cancel", "service-unavailable");
  if (!message || !readJid(way.from)?.resource) return stanzaError(stanza, "modify", "bad-request");
  if (message.type === "propose") answerPropose(calls, way, message);
  else if (message.type === "retract") retract(calls, way, message);
  else if (message.type !== "finish") respond(calls, way, message);
  return undefined;
}

function answerPropose(calls: Calls, { from, to }: Way, message: Propose): void {
  const { id, media } = message;
  const way = { from: phoneDevice(to), to: from };
  const say = (answer: JingleMessage): void => void calls.needs.xmpp().say(way, answer);
  const reject = (condition: string, text: string): void => say({ type: "reject", id, reason: { condition, text } });
  if (calls.full) return reject("busy", "no more calls now");
  if (!media.some((each) => MEDIA.has(each)))
    return reject("unsupported-applications", "a phone takes audio and video");
  if (!dialled({ caller: bareJid(from), callee: bareJid(to) }, calls.config.addresses))
    return reject("gone", "no phone has this address");
  calls.proposals.add({ sid: id, them: from, us: to });
  say({ type: "ringing", id });
  say({ type: "proceed", id });
}

/** COMPAT Dino 0.4: retracts what has proceeded and rings already, where XEP-0353 §3.3 has a session-terminate. */
function retract(calls: Calls, { from, to }: Way, message: Retract): void {
  const { id, reason } = message;
  calls.proposals.take({ sid: id, them: from, us: to });
  const call = calls.registry.bySession({ sid: id, them: from, us: to });
  if (call?.devices.includes(from) && call.unanswered && !call.isIncoming)
    call.deliver({ type: "jingle.session-terminate", device: from, reason });
}

function respond(calls: Calls, { from, to }: Way, message: Response): void {
  const { type, id } = message;
  const call = calls.registry.bySession({ sid: id, them: from, us: to });
  const event =
    message.type === "reject"
      ? ({ type: "jmi.reject", device: from, reason: message.reason } as const)
      : ({ type: `jmi.${message.type}`, device: from } as const);
  const isTaken = call?.isIncoming && !call.deliver(event);
  if (!isTaken && type === "proceed")
    calls.needs
      .xmpp()
      .say({ from: phoneDevice(to), to: from }, { type: "retract", id, reason: { condition: "cancel" } });
}
