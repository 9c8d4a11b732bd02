/**
 * XMPP stanzas: the bytes of a stream to elements, and elements to text.
 *
 * RFC 6120 §4, §11. @xmpp/xml's parser behind the guard it lacks: strict UTF-8 across chunks, limits on bytes, depth and
 * nodes, no DTD, comment, processing instruction or CDATA (§11.1); handlers run outside the parser, so that what they
 * throw is not taken for the peer's fault. Writing drops characters that XML 1.0 forbids, since one of them in a caller's
 * name would close the stream for everybody, and refuses names that are none.
 */
import { type Element, Parser } from "@xmpp/xml";

/** Of one stanza: characters, levels, elements. */
export const STANZA_LIMITS = { characters: 262_144, depth: 48, nodes: 8_192 } as const;

/** The stream error that a fault of the peer is (RFC 6120 §4.9.3). */
export type StreamFault = "not-well-formed" | "restricted-xml" | "policy-violation";

export interface StanzaHandlers {
  /** The stream's header. */
  opened(stream: Element): void;
  stanza(element: Element): void;
  /** The peer has closed its stream. */
  ended(): void;
  /** Told once; nothing is read after it. */
  fault(condition: StreamFault, text: string): void;
}

/** Reads one stream. Throws nothing that a peer could cause. */
export class StanzaReader {
  readonly #handlers: StanzaHandlers;
  readonly #parser = new Parser();
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  readonly #ready: Element[] = [];
  #opened: Element | undefined;
  #characters = 0;
  #depth = 0;
  #nodes = 0;
  #tail = "";
  #begun = false;
  #ended = false;
  #over = false;

  constructor(handlers: StanzaHandlers) {
    this.#handlers = handlers;
    const { parser } = this.#parser;
    parser.on("startElement", () => this.#enter());
    parser.on("endElement", () => void this.#depth--);
    this.#parser.on("start", (stream: Element) => {
      this.#opened = stream;
    });
    this.#parser.on("element", (element: Element) => this.#complete(element));
    this.#parser.on("end", () => {
      this.#ended = true;
    });
    this.#parser.on("error", (error: Error) => {
      throw error;
    });
  }

  /** Takes bytes as they come, cut anywhere. */
  push(bytes: Uint8Array): void {
    if (this.#over) return;
    const text = this.#decode(bytes);
    if (text === undefined) return this.#fail("not-well-formed", "bytes that are no UTF-8");
    const fault = this.#forbidden(text);
    if (fault !== undefined) return this.#fail(...fault);
    const before = this.#characters + text.length;
    this.#characters = before;
    const broken = this.#parse(text);
    this.#hand();
    if (broken !== undefined) this.#fail(broken.fault ?? "not-well-formed", broken.message);
    else if (this.#ended) this.#end();
    else if (this.#characters === before && before > STANZA_LIMITS.characters)
      this.#fail("policy-violation", "a stanza that is too large");
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#withoutDeclaration(this.#utf8.decode(bytes, { stream: true }));
    } catch {
      return undefined;
    }
  }

  /** Holds the first characters back until it is known whether they are an XML declaration, which is left out. */
  #withoutDeclaration(text: string): string {
    if (this.#begun) return text;
    const whole = this.#tail + text;
    const undecided = !/^\s*<[^?]/.test(whole) && !whole.includes("?>") && whole.length < 256;
    this.#begun = !undecided;
    this.#tail = undecided ? whole : "";
    return undecided ? "" : whole.replace(/^\s*<\?xml[^>]*\?>/, "");
  }

  #forbidden(text: string): [StreamFault, string] | undefined {
    if (!this.#begun) return undefined;
    const seen = this.#tail + text;
    this.#tail = text.slice(-1);
    if (seen.includes("<!") || seen.includes("<?")) return ["restricted-xml", "a DTD, comment, CDATA or instruction"];
    return seen.includes("\0") ? ["not-well-formed", "a NUL"] : undefined;
  }

  #parse(text: string): { fault?: StreamFault; message: string } | undefined {
    try {
      this.#parser.write(text);
      return undefined;
    } catch (error) {
      return error instanceof TooMuch
        ? { fault: "policy-violation", message: error.message }
        : { message: error instanceof Error ? error.message : String(error) };
    }
  }

  #enter(): void {
    this.#depth++;
    this.#nodes++;
    if (this.#depth > STANZA_LIMITS.depth + 1) throw new TooMuch("a stanza that is too deep");
    if (this.#nodes > STANZA_LIMITS.nodes) throw new TooMuch("a stanza of too many elements");
  }

  #complete(element: Element): void {
    this.#nodes = 0;
    this.#characters = 0;
    this.#ready.push(element);
  }

  /** The handlers run here, after the parser has returned. */
  #hand(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened) this.#handlers.opened(opened);
    for (let next = this.#ready.shift(); next !== undefined && !this.#over; next = this.#ready.shift())
      this.#handlers.stanza(next);
    // the parser collects the white space between stanzas, by which a server keeps the stream alive
    if (this.#parser.root && this.#parser.cursor === this.#parser.root) {
      this.#parser.root.children.length = 0;
      this.#characters = 0;
    }
  }

  #end(): void {
    this.#over = true;
    this.#handlers.ended();
  }

  #fail(condition: StreamFault, text: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#handlers.fault(condition, text);
  }
}

class TooMuch extends Error {}

const FORBIDDEN =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
const MOST_LEVELS = 200;

/** Names that have been looked at and are good; they come from our own code, and are few. */
const good = new Set<string>();
const MOST_NAMES = 1_000;

function nameOf(name: string): string {
  if (good.has(name)) return name;
  if (!NAME.test(name)) throw new Error(`no XML name: ${name.slice(0, 40)}`);
  if (good.size < MOST_NAMES) good.add(name);
  return name;
}

/** The text of an element. Throws for a name that is none, which is a fault of ours. */
export function writeStanza(element: Element, level = 0): string {
  if (level > MOST_LEVELS) throw new Error("a stanza that is too deep");
  const attrs: Readonly<Record<string, unknown>> = element.attrs;
  let text = `<${nameOf(element.name)}`;
  for (const name of Object.keys(attrs)) {
    const value = attrs[name];
    if (value !== undefined && value !== null) text += ` ${nameOf(name)}="${escapeText(String(value))}"`;
  }
  if (element.children.length === 0) return `${text}/>`;
  text += ">";
  for (const child of element.children)
    text += typeof child === "object" ? writeStanza(child as Element, level + 1) : escapeText(String(child));
  return `${text}</${element.name}>`;
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

/** Most texts hold nothing of these and stay as they are. */
const SPECIAL = /[\0-\x1f&<>"'\ud800-\udfff\ufffe\uffff]/;

const escapeText = (text: string): string =>
  SPECIAL.test(text)
    ? text.replace(FORBIDDEN, "").replace(/[&<>"'\t\r\n]/g, (character) => ENTITIES[character] ?? "")
    : text;
