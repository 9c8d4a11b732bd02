/**
 * IQ results and errors: RFC 6120 §8.2.3, §8.3, with Jingle's own conditions (XEP-0166 §10).
 *
 * Rule: an answer has the id of the request, with the addresses swapped.
 */
import type { Element } from "@xmpp/xml";
import type { Refusal } from "../refusal.ts";
import { xml } from "./element.ts";
import { JINGLE_ERRORS } from "./namespaces.ts";

const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

const back = ({ attrs: { id, from, to } }: Element) => ({ id, from: to, to: from });

/** The result of an IQ. */
export function iqResult(iq: Element, ...children: Element[]): Element {
  return xml("iq", { type: "result", ...back(iq) }, ...children);
}

/** Conditions whose reason is sent to the user: a rule or a limit of the operator's. */
const SAID = new Set(["not-allowed", "resource-constraint"]);

/** The error that refuses an IQ; it has a text if the sender can correct the request, or the user should see the reason. */
export function iqError(iq: Element, { jingle, message }: Refusal): Element {
  const { condition = "bad-request", type = "modify", detail } = jingle;
  const text = (type === "modify" || SAID.has(condition)) && detail === undefined ? [errorText(message)] : [];
  const own = detail === undefined ? [] : [xml(detail, { xmlns: JINGLE_ERRORS })];
  return stanzaError(iq, type, condition, [...text, ...own]);
}

/** The human-readable text of an error (RFC 6120 §8.3.2). */
export const errorText = (text: string): Element => xml("text", { xmlns: STANZAS }, text);

/** The error stanza that answers an IQ or message. */
export function stanzaError(stanza: Element, type: string, condition: string, more: readonly Element[] = []): Element {
  const error = xml("error", { type }, xml(condition, { xmlns: STANZAS }), ...more);
  return xml(stanza.getName(), { type: "error", ...back(stanza) }, error);
}

/** The defined condition of an error stanza. */
export function conditionOf(stanza: Element): string {
  const error = stanza.getChild("error");
  const conditions = error
    ?.getChildElements()
    .filter((child) => child.getNS() === STANZAS && child.getName() !== "text");
  return conditions?.[0]?.getName() ?? "undefined-condition";
}
