/** Compares elements with a play: everything in the play must be present, in order; the rest is free unless `<nothing-else/>` is given. */
import type { Element } from "@xmpp/xml";
import { type Bindings, fits } from "./script.ts";

/** Whether two elements match, ignoring their children. */
function fitsAlone(wanted: Element, heard: Element, bound: Bindings): boolean {
  if (wanted.getName() !== heard.getName()) return false;
  for (const [name, value] of Object.entries(wanted.attrs as Record<string, string>)) {
    if (name === "xmlns" ? heard.getNS() !== value : !fits(value, String(heard.attrs[name] ?? ""), bound)) return false;
  }
  const text = wanted.getText().trim();
  return text === "" || fits(text, heard.getText().trim(), bound);
}

export function fitsElement(wanted: Element, heard: Element, bound: Bindings): boolean {
  if (!fitsAlone(wanted, heard, bound)) return false;
  const text = wanted.getText().trim();
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

const attributesOf = ({ attrs }: Element): string =>
  Object.keys(attrs)
    .filter((name) => name !== "xmlns")
    .toSorted()
    .join();

/** Whether an element matches the play, without any other attribute, text or child. */
export function isElement(wanted: Element, heard: Element, bound: Bindings): boolean {
  if (!fitsAlone(wanted, heard, bound) || attributesOf(wanted) !== attributesOf(heard)) return false;
  if (wanted.getText().trim() === "" && heard.getText().trim() !== "") return false;
  const [ours, theirs] = [wanted.getChildElements(), heard.getChildElements()];
  return ours.length === theirs.length && ours.every((child, at) => isElement(child, theirs[at] as Element, bound));
}
