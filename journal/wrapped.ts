/**
 * Stanzas that wrap another one, delegated by a server or sent on behalf of a user: protocol/xmpp/delegation.ts.
 *
 * Sender, session and label are those of the stanza inside; requests and answers are matched by the outer stanza.
 */
import type { Element } from "ltx/lib/ltx.js";

const WRAPPERS = new Set("delegation privilege privileged_iq forwarded".split(" "));

/** The innermost stanza, or the stanza itself if it wraps none. */
export function unwrapped(stanza: Element): Element {
  let at = stanza;
  for (let next = wrapperIn(at); next !== undefined; next = wrapperIn(at)) at = next;
  return at.is("iq") || at.is("message") ? at : stanza;
}

/** The first child that is an element. */
export function firstElement({ children }: Element): Element | undefined {
  for (const child of children) if (typeof child !== "string") return child;
  return undefined;
}

function wrapperIn(element: Element): Element | undefined {
  const inside = firstElement(element);
  if (inside === undefined) return undefined;
  const isStanza = WRAPPERS.has(element.name) && (inside.is("iq") || inside.is("message"));
  return isStanza || WRAPPERS.has(inside.name) ? inside : undefined;
}
