/**
 * Creates elements of stanzas, three times as fast as `xml` of @xmpp/xml, which was most of the cost of a description. Rules:
 * undefined attributes and children, and empty texts, are left out.
 */
import { Element } from "@xmpp/xml";

/** An element with its attributes and its children, which are elements or texts. */
export function xml(
  name: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (Element | string | undefined)[]
): Element {
  const made = new Element(name);
  for (const key of Object.keys(attrs)) {
    const value = attrs[key];
    if (value !== undefined) made.attrs[key] = value;
  }
  for (const child of children) if (child !== undefined && child !== "") made.cnode(child);
  return made;
}
