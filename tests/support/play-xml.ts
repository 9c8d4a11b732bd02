/** Whether an element is what a play wants: what the play names must be there, in its order; the rest is free but for `<nothing-else/>`. */
import type { Element } from "@xmpp/xml";
import { type Bindings, fits } from "./play-script.ts";

export function fitsElement(wanted: Element, heard: Element, bound: Bindings): boolean {
  if (wanted.getName() !== heard.getName()) return false;
  for (const [name, value] of Object.entries(wanted.attrs as Record<string, string>)) {
    if (name === "xmlns" ? heard.getNS() !== value : !fits(value, String(heard.attrs[name] ?? ""), bound)) return false;
  }
  const text = wanted.getText().trim();
  if (text !== "" && !fits(text, heard.getText().trim(), bound)) return false;
  let at = 0;
  const children = heard.getChildElements();
  for (const child of wanted.getChildElements()) {
    if (child.getName() === "nothing-else")
      return at === children.length && (text !== "" || heard.getText().trim() === "");
    while (at < children.length && !fitsElement(child, children[at] as Element, bound)) at++;
    if (at++ >= children.length) return false;
  }
  return true;
}
