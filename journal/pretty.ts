/** A stanza formatted for people: one element a line, children indented; text stays on the line of its element. */
import type { Element } from "ltx/lib/ltx.js";
import { writeStanza } from "../protocol/xmpp/write.ts";

export function pretty(element: Element, indent = ""): string {
  const inside = element.getChildElements();
  const whole = writeStanza(element);
  if (inside.length === 0) return `${indent}${whole}`;
  const opening = whole.slice(0, /^<(?:"[^"]*"|'[^']*'|[^">'])*>/.exec(whole)?.[0].length);
  const lines = inside.map((each) => pretty(each, `${indent}  `));
  return [`${indent}${opening}`, ...lines, `${indent}</${element.name}>`].join("\n");
}
