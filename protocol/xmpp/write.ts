/**
 * Writes stanzas: RFC 6120 §4, §11.
 *
 * Rules: characters that XML 1.0 forbids are dropped, since one of them in a caller's name would close the stream for
 * everybody; line breaks and tabs are written as references, so that attributes preserve them; an invalid XML name throws.
 */
import type { Element } from "@xmpp/xml";

const FORBIDDEN =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const MOST_LEVELS = 200;

/** A name where an element or an attribute begins, and where an element ends. */
interface Marks {
  readonly opens: string;
  readonly sets: string;
  readonly closes: string;
}

/** Names known to be valid; they come from our own code, so there are few. */
const good = new Map<string, Marks>();
const MOST_NAMES = 1_000;

function marksOf(name: string): Marks {
  const known = good.get(name);
  if (known !== undefined) return known;
  if (!NAME.test(name)) throw new Error(`no XML name: ${name.slice(0, 40)}`);
  const marks = { opens: `<${name}`, sets: ` ${name}="`, closes: `</${name}>` };
  if (good.size < MOST_NAMES) good.set(name, marks);
  return marks;
}

/** The pieces of the current stanza, joined once: appending each to a string would allocate an object for each. */
const pieces: string[] = [];

/** An element as text. Throws for an invalid XML name or excessive depth: faults of ours. */
export function writeStanza(element: Element): string {
  try {
    write(element, 0);
    return pieces.join("");
  } finally {
    pieces.length = 0;
  }
}

function write({ name, attrs, children }: Element, level: number): void {
  if (level > MOST_LEVELS) throw new Error("a stanza that is too deep");
  const { opens, closes } = marksOf(name);
  pieces.push(opens);
  for (const key in attrs) {
    const value: unknown = attrs[key];
    if (value !== undefined && value !== null) pieces.push(marksOf(key).sets, escapeText(String(value)), '"');
  }
  if (children.length === 0) return void pieces.push("/>");
  pieces.push(">");
  for (const child of children)
    if (typeof child === "object") write(child as Element, level + 1);
    else pieces.push(escapeText(String(child)));
  pieces.push(closes);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\r": "&#13;",
  "\n": "&#10;",
};

/** Most texts have none of these and stay unchanged. */
const SPECIAL = /[\0-\x1f&<>"'\ud800-\udfff\ufffe\uffff]/;

const escapeText = (text: string): string => (SPECIAL.test(text) ? escaped(text) : text);

const escaped = (text: string): string =>
  text.replace(FORBIDDEN, "").replace(/[&<>"'\t\r\n]/g, (character) => ENTITIES[character] ?? "");
