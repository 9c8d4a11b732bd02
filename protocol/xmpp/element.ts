/**
 * Makes an element of a stanza, as `xml` of @xmpp/xml does, which takes three times as long: most of a description's cost was
 * there. Rules: an attribute or child that is undefined, and an empty text, are left out.
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
