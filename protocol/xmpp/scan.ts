/**
 * Finds the boundaries of the elements of an XML stream in its bytes, without parsing them.
 *
 * XML 1.0 §2.4, §3.1; RFC 6120 §11.1. Rules: what XMPP forbids is a fault (DTD, comment, CDATA, processing instruction). Each
 * byte is scanned once, however TCP splits the bytes, with a few numbers of state. UTF-8 is not decoded, since no byte of a
 * multi-byte character looks like markup. Left out on purpose: names, attributes and entities, which the parser checks
 * (stanza.ts).
 */

/** Where a scan stops. */
export type Mark =
  /** At the end of the bytes. */
  | "cut"
  /** After text between stanzas, or at the end of the bytes in it. */
  | "between"
  /** After the XML declaration. */
  | "declaration"
  /** After the stream's start tag. */
  | "opened"
  /** After a start tag preceded only by start tags in its stanza: its own, that of its first child, and so on. */
  | "head"
  /** After the last tag of a stanza. */
  | "stanza"
  /** After the stream's end tag. */
  | "ended"
  /** After a byte that is not allowed at that position. */
  | "malformed"
  /** After the first byte of a construct that XMPP forbids. */
  | "restricted";

type State = "text" | "markup" | "tag" | "value" | "declaration";

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;

export class Scanner {
  readonly #headLevels: number;
  #state: State = "text";
  /** Number of open elements, including the stream. */
  #depth = 0;
  #isEndTag = false;
  /** The previous byte in a tag. */
  #last = 0;
  /** The quote that ends the attribute value. */
  #quote = QUOTE;
  #mark: Mark = "cut";
  #elements = 0;
  #deepest = 0;
  #hasBegun = false;

  /** `headLevels`: the number of levels of a stanza that get the mark `head`. */
  constructor(headLevels: number) {
    this.#headLevels = headLevels;
  }

  /** The reason why the last scan stopped. */
  get mark(): Mark {
    return this.#mark;
  }

  /** Elements of the current stanza, or of the last complete one. */
  get elements(): number {
    return this.#elements;
  }

  /** Levels of the current stanza, or of the last complete one; 1 without children. */
  get deepest(): number {
    return this.#deepest;
  }

  /** Scans from an index to the next mark; returns the index after it. */
  next(bytes: Uint8Array, from: number): number {
    let at = from;
    this.#mark = "cut";
    while (at < bytes.length && this.#mark === "cut") at = this.#step(bytes, at);
    return at;
  }

  #step(bytes: Uint8Array, at: number): number {
    switch (this.#state) {
      case "text":
        return this.#text(bytes, at);
      case "markup":
        return this.#markup(bytes[at] ?? 0, at);
      case "tag":
        return this.#tag(bytes, at);
      case "value":
        return this.#value(bytes, at);
      case "declaration":
        return this.#declaration(bytes, at);
    }
  }

  #text(bytes: Uint8Array, at: number): number {
    const found = bytes.indexOf(LESS, at);
    const end = found === -1 ? bytes.length : found;
    if (this.#depth <= 1 && end > at) {
      this.#mark = "between";
      return end;
    }
    if (found === -1) return end;
    if (this.#depth === 1) this.#elements = this.#deepest = 0;
    this.#state = "markup";
    return end + 1;
  }

  /** The byte after `<`. */
  #markup(byte: number, at: number): number {
    this.#last = byte;
    this.#isEndTag = byte === SLASH;
    if (byte === EXCLAMATION || (byte === QUESTION && this.#hasBegun)) this.#mark = "restricted";
    else if (byte === QUESTION) this.#state = "declaration";
    else if (this.#isEndTag ? this.#depth === 0 : !isNameStart(byte)) this.#mark = "malformed";
    else this.#state = "tag";
    this.#hasBegun = true;
    return at + 1;
  }

  #declaration(bytes: Uint8Array, at: number): number {
    const found = bytes.indexOf(GREATER, at);
    if (found === -1) return bytes.length;
    this.#state = "text";
    this.#mark = "declaration";
    return found + 1;
  }

  /** Inside a tag, outside its attribute values. */
  #tag(bytes: Uint8Array, from: number): number {
    let last = this.#last;
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === GREATER) {
        this.#state = "text";
        this.#mark = this.#complete(last === SLASH);
        return at + 1;
      }
      if (byte === LESS) {
        this.#mark = "malformed";
        return at + 1;
      }
      if (byte === QUOTE || byte === APOSTROPHE) {
        const end = bytes.indexOf(byte, at + 1);
        if (end === -1) return this.#cutValue(bytes, byte);
        at = end;
      }
      last = byte;
    }
    this.#last = last;
    return bytes.length;
  }

  /** The bytes end inside an attribute value. */
  #cutValue(bytes: Uint8Array, quote: number): number {
    this.#state = "value";
    this.#quote = quote;
    return bytes.length;
  }

  /** The rest of an attribute value. */
  #value(bytes: Uint8Array, at: number): number {
    const found = bytes.indexOf(this.#quote, at);
    if (found === -1) return bytes.length;
    this.#state = "tag";
    this.#last = this.#quote;
    return found + 1;
  }

  /** A tag is complete. */
  #complete(isEmpty: boolean): Mark {
    if (this.#isEndTag) this.#depth--;
    else this.#enter(isEmpty);
    if (this.#depth === 0) return "ended";
    if (this.#depth === 1) return this.#isEndTag || (isEmpty && this.#elements > 0) ? "stanza" : "opened";
    const isHead = !this.#isEndTag && !isEmpty && this.#elements === this.#depth - 1;
    return isHead && this.#elements <= this.#headLevels ? "head" : "cut";
  }

  #enter(isEmpty: boolean): void {
    if (this.#depth > 0) this.#elements++;
    this.#deepest = Math.max(this.#deepest, this.#depth);
    if (!isEmpty) this.#depth++;
  }
}

/** An ASCII letter, `_`, `:`, or any byte beyond ASCII (XML 1.0 §2.3), which is not checked further. */
const isNameStart = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || byte === 0x3a || byte >= 0x80;
