/**
 * Delegation of users' Jingle by their server, and sending on their behalf: the wrappers of our server modules (integrations/).
 *
 * The elements are those of XEP-0355 (delegation) and XEP-0356 (privileged entity), but also used for full JIDs:
 *
 *   server ──▶ us   iq set from HOST: delegation/forwarded/iq       answered by a result with the answer inside, or by the
 *                                                                   error feature-not-implemented: "not mine, route it"
 *   us ──▶ server   iq set to HOST: privileged_iq/iq                answered by a result with the device's answer inside
 *   server ──▶ us   message from HOST: delegation/forwarded/message
 *   us ──▶ server   message to HOST: privilege/forwarded/message    (both for Jingle Message Initiation, XEP-0353)
 *   server ──▶ us   message from HOST: privilege/forwarded/message  an error response to such a message
 *
 * Rule: a server may forward only what its own users have sent.
 */
import type { Element } from "@xmpp/xml";
import { xml } from "./element.ts";
import { readHead, type Stanza } from "./head.ts";
import { type Jid, readJid } from "./jid.ts";

const DELEGATION = "urn:xmpp:delegation:2";
const PRIVILEGE = "urn:xmpp:privilege:2";
const FORWARD = "urn:xmpp:forward:0";
const CLIENT = "jabber:client";

/** The IQ or message forwarded by a server; undefined if there is none, or its sender is no user of that server. */
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

/** Whether a stanza is a delegation. */
export const isDelegation = (stanza: Element): boolean => stanza.getChild("delegation", DELEGATION) !== undefined;

/** Wraps the answer to a delegated IQ. */
export function answerHandedOver({ id, from, to }: Stanza, answer: Element): Element {
  const inside = xml("forwarded", { xmlns: FORWARD }, asClient(answer));
  return xml("iq", { type: "result", id, from: to, to: from }, xml("delegation", { xmlns: DELEGATION }, inside));
}

/** Wraps an IQ to a user, which the user's server sends on behalf of its `from`. */
export function asUser(iq: Element, by: { readonly id: string; readonly component: string }): Element {
  const host = readJid(String(iq.attrs.to))?.domain ?? "";
  const inside = xml("privileged_iq", { xmlns: PRIVILEGE }, asClient(iq));
  return xml("iq", { type: "set", id: by.id, from: by.component, to: host }, inside);
}

/** Wraps a message to a user, which the user's server sends on behalf of its `from`. */
export function messageAsUser(message: Element, component: string): Element {
  const host = readJid(String(message.attrs.to))?.domain ?? "";
  const inside = xml("privilege", { xmlns: PRIVILEGE }, xml("forwarded", { xmlns: FORWARD }, asClient(message)));
  return xml("message", { id: message.attrs.id, from: component, to: host }, inside);
}

/** The device's response inside the server's; undefined if there is none. */
export function answerInside(iq: Element): Element | undefined {
  return iq.getChild("privilege", PRIVILEGE)?.getChild("forwarded", FORWARD)?.getChild("iq", CLIENT);
}

/** The error response to a message that we sent on behalf of an address; undefined if there is none. */
export function errorInside({ sender: host, element }: Stanza): Stanza | undefined {
  const inside = element.getChild("privilege", PRIVILEGE)?.getChild("forwarded", FORWARD)?.getChild("message", CLIENT);
  const inner = inside && readHead(inside);
  const isIts = host.local === "" && inner?.sender.domain === host.domain;
  return isIts && inner.type === "error" ? inner : undefined;
}

const asClient = (stanza: Element): Element =>
  xml(stanza.getName(), { ...stanza.attrs, xmlns: CLIENT }, ...stanza.getChildElements());
