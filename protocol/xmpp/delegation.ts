/**
 * How a server hands its users' Jingle over, and lets us speak as them: the wrappers of our server modules (integrations/).
 *
 * In the shapes of XEP-0355 (delegation) and XEP-0356 (privileged entity), for full JIDs too, which those do not have:
 *
 *   server ──▶ us   iq set from HOST: delegation/forwarded/iq       answered by a result with the answer inside, or by the
 *                                                                   error feature-not-implemented: "not mine, route it"
 *   us ──▶ server   iq set to HOST: privileged_iq/iq                answered by a result with the device's answer inside
 *   server ──▶ us   message from HOST: delegation/forwarded/message
 *   us ──▶ server   message to HOST: privilege/forwarded/message    (both for Jingle Message Initiation, XEP-0353)
 *   server ──▶ us   message from HOST: privilege/forwarded/message  the error that answers such a one
 *
 * Rules: only a domain that is served may hand over, and only what its own users have sent.
 */
import xml, { type Element } from "@xmpp/xml";
import { readHead, type Stanza } from "./head.ts";
import { type Jid, readJid } from "./jid.ts";

const DELEGATION = "urn:xmpp:delegation:2";
const PRIVILEGE = "urn:xmpp:privilege:2";
const FORWARD = "urn:xmpp:forward:0";
const CLIENT = "jabber:client";

/** The IQ or message that a server hands over; undefined when there is none, or it is not that server's to hand over. */
export function handedOver({ sender: host, element }: Stanza): Stanza | undefined {
  const forwarded = element.getChild("delegation", DELEGATION)?.getChild("forwarded", FORWARD);
  const inside = forwarded?.getChild(element.getName(), CLIENT);
  const inner = inside && readHead(inside);
  if (!isHost(host) || !inner?.receiver) return undefined;
  const { sender } = inner;
  const isIts = sender.domain === host.domain && sender.local !== "" && sender.resource !== "";
  const canBeAnswered = element.is("message") || inner.id !== undefined;
  return isIts && canBeAnswered ? inner : undefined;
}

const isHost = ({ local, resource }: Jid): boolean => local === "" && resource === "";

/** Whether a stanza is of this kind at all. */
export const isDelegation = (stanza: Element): boolean => stanza.getChild("delegation", DELEGATION) !== undefined;

/** The answer to an IQ that was handed over, as the server takes it. */
export function answerHandedOver({ id, from, to }: Stanza, answer: Element): Element {
  const inside = xml("forwarded", { xmlns: FORWARD }, asClient(answer));
  return xml("iq", { type: "result", id, from: to, to: from }, xml("delegation", { xmlns: DELEGATION }, inside));
}

/** An IQ that the server is to send as one of its users, to one of its users. */
export function asUser(iq: Element, by: { readonly id: string; readonly component: string }): Element {
  const host = readJid(String(iq.attrs.to))?.domain ?? "";
  const inside = xml("privileged_iq", { xmlns: PRIVILEGE }, asClient(iq));
  return xml("iq", { type: "set", id: by.id, from: by.component, to: host }, inside);
}

/** A message that the server is to send as one of its users, to one of its users. */
export function messageAsUser(message: Element, component: string): Element {
  const host = readJid(String(message.attrs.to))?.domain ?? "";
  const inside = xml("privilege", { xmlns: PRIVILEGE }, xml("forwarded", { xmlns: FORWARD }, asClient(message)));
  return xml("message", { id: message.attrs.id, from: component, to: host }, inside);
}

/** The device's answer in the server's; undefined when there is none inside. */
export function answerInside(iq: Element): Element | undefined {
  return iq.getChild("privilege", PRIVILEGE)?.getChild("forwarded", FORWARD)?.getChild("iq", CLIENT);
}

/** The error that answers a message sent as somebody, from a user of that server or for one; undefined when this is none. */
export function errorInside({ sender: host, element }: Stanza): Stanza | undefined {
  const inside = element.getChild("privilege", PRIVILEGE)?.getChild("forwarded", FORWARD)?.getChild("message", CLIENT);
  const inner = inside && readHead(inside);
  const isIts = host.local === "" && inner?.sender.domain === host.domain;
  return isIts && inner.type === "error" ? inner : undefined;
}

const asClient = (stanza: Element): Element =>
  xml(stanza.getName(), { ...stanza.attrs, xmlns: CLIENT }, ...stanza.getChildElements());
