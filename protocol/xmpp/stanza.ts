/**
 * Reads XMPP stanzas: from the bytes of a stream to elements.
 *
 * RFC 6120 §4, §11, §13.12. This guards the parser (tree.ts). Rules: strict UTF-8; no DTD, comment, CDATA or processing
 * instruction (§11.1). A stanza past `STANZA_LIMITS` is its sender's fault, not the stream's: it is skipped to its end, and
 * only its head is passed on, however long it is; the same if the head is enough for the handler. These faults end
 * the stream: invalid XML or UTF-8, and what XMPP forbids. The result does not depend on how TCP splits the bytes: scan.ts
 * finds the end of each stanza, and the parser is given whole stanzas only, since unfinished input costs it quadratic time.
 * Handlers run after the parser has returned, so that their exceptions are not mistaken for faults of the peer. Left out on
 * purpose: checking a skipped stanza beyond its tags.
 */
import type { Element } from "@xmpp/xml";
import { Scanner } from "./scan.ts";
import { TreeParser } from "./tree.ts";

/** The limits of one stanza; `depth` counts the stanza as level one. */
export const STANZA_LIMITS = { bytes: 262_144, depth: 48, elements: 8_192 } as const;
/** Levels in the head of a skipped stanza: enough for the Jingle of an IQ inside a wrapper (delegation.ts). */
const HEAD_LEVELS = 5;

/** The stream error that answers a fault of the peer (RFC 6120 §4.9.3). */
export type StreamFault = "not-well-formed" | "restricted-xml" | "policy-violation";

/** The limit that a stanza exceeds. */
export type Excess = "too large" | "too deep" | "too many elements";

export interface StanzaHandlers {
  /** The stream's header. */
  opened(stream: Element): void;
  /** `text` is its source. */
  stanza(element: Element, text: string): void;
  /**
   * A stanza past the limits was skipped. Its head is its start tag, the first child, the first child of that, and so on, at
   * most five levels; undefined if the start tag alone exceeds the limits.
   */
  oversized(head: Element | undefined, excess: Excess): void;
  /** Whether the head of a stanza with this beginning may be enough: then `head` is called before the rest is parsed. */
  looksAtHead?(start: string): boolean;
  /** Handles a stanza by its head, as in `oversized`; returns false if the whole stanza must be parsed. */
  head?(head: Element): boolean;
  /** The peer has closed its stream. */
  ended(): void;
  /** Called once; nothing is read after it. */
  fault(condition: StreamFault, text: string): void;
}

/** The length of a head, and the number of its start tags. */
interface Head {
  readonly bytes: number;
  readonly levels: number;
}

const NO_HEAD: Head = { bytes: 0, levels: 0 };

/** Reads one stream. Nothing from the peer makes it throw. */
export class StanzaReader {
  readonly #handlers: StanzaHandlers;
  readonly #parser: TreeParser;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  readonly #scanner = new Scanner(HEAD_LEVELS);
  /** Handler calls postponed until the parser has returned. */
  readonly #events: (() => void)[] = [];
  /** The text of the current element so far; past the limits, only its head. */
  #text = "";
  /** The text that the parser is reading. */
  #parsing = "";
  #bytes = 0;
  #head: Head = NO_HEAD;
  /** Whether the current element already exceeds the limits. */
  #isOversized = false;
  #isOver = false;

  constructor(handlers: StanzaHandlers) {
    this.#handlers = handlers;
    this.#parser = new TreeParser({
      opened: (stream) => void this.#events.push(() => handlers.opened(stream)),
      stanza: (stanza) => {
        const text = this.#parsing;
        this.#events.push(() => handlers.stanza(stanza, text));
      },
      ended: () => {
        this.#isOver = true;
        this.#events.push(() => handlers.ended());
      },
    });
  }

  /** Accepts bytes, split anywhere. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#isOver; ) {
      at = this.#read(bytes, at);
      for (let tell = this.#events.shift(); tell !== undefined; tell = this.#events.shift()) tell();
    }
  }

  /** Reads to the next mark other than a head; returns the index after it. */
  #read(bytes: Uint8Array, from: number): number {
    const end = this.#scan(bytes, from);
    const text = this.#decode(from === 0 && end === bytes.length ? bytes : bytes.subarray(from, end));
    if (text === undefined) this.#fail("not-well-formed", "bytes that are no UTF-8, or a NUL");
    else if (this.#scanner.mark === "between") this.#between(text);
    else this.#take(text, end - from);
    return end;
  }

  /** Records the ends of a head's start tags and scans on: decoding costs more than scanning. */
  #scan(bytes: Uint8Array, from: number): number {
    const scanner = this.#scanner;
    let end = scanner.next(bytes, from);
    for (; scanner.mark === "head"; end = scanner.next(bytes, end)) {
      const length = this.#bytes + end - from;
      if (length <= STANZA_LIMITS.bytes) this.#head = { bytes: length, levels: scanner.elements };
    }
    return end;
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      const text = this.#utf8.decode(bytes, { stream: true });
      return text.includes("\0") ? undefined : text;
    } catch {
      return undefined;
    }
  }

  /** White space between stanzas is a keepalive, and dropped. */
  #between(text: string): void {
    if (!this.#parser.isOpen && text.trim() !== "") this.#fail("not-well-formed", "text before the stream");
  }

  #take(text: string, length: number): void {
    this.#bytes += length;
    const excess = this.#excess;
    if (!this.#isOversized) this.#text += text;
    if (excess && !this.#isOversized) this.#text = headOf(this.#text, this.#bytes, this.#head.bytes);
    this.#isOversized = excess !== undefined;
    switch (this.#scanner.mark) {
      case "cut":
        return;
      case "restricted":
        return this.#fail("restricted-xml", "a DTD, comment, CDATA or processing instruction");
      case "malformed":
        return this.#fail("not-well-formed", "markup that is none");
      default:
        return this.#complete(excess);
    }
  }

  /** The limit exceeded by the current stanza, if any. */
  get #excess(): Excess | undefined {
    if (this.#bytes > STANZA_LIMITS.bytes) return "too large";
    if (this.#scanner.deepest > STANZA_LIMITS.depth) return "too deep";
    return this.#scanner.elements > STANZA_LIMITS.elements ? "too many elements" : undefined;
  }

  /** An element of the stream is complete. */
  #complete(excess: Excess | undefined): void {
    const { mark } = this.#scanner;
    const [text, bytes, head] = [this.#text, this.#bytes, this.#head];
    this.#text = "";
    this.#bytes = 0;
    this.#head = NO_HEAD;
    this.#isOversized = false;
    if (mark === "declaration") this.#declaration(text);
    else if (!excess) this.#whole(text, bytes, head);
    else if (mark === "stanza") this.#oversized(text, head.levels, excess);
    else this.#fail("policy-violation", "a stream tag that is too large");
  }

  #declaration(text: string): void {
    if (!/^<\?xml\s[^?]*\?>$/.test(text)) this.#fail("restricted-xml", "a processing instruction");
  }

  /** A complete element within the limits: handled by its head, or parsed whole. */
  #whole(text: string, length: number, { bytes, levels }: Head): void {
    const start = levels > 0 && this.#handlers.looksAtHead ? headOf(text, length, bytes) : "";
    if (start === "" || !this.#handlers.looksAtHead?.(start)) return this.#parse(text);
    const head = this.#headOf(start, levels);
    if (head && !this.#handlers.head?.(head)) this.#parse(text);
  }

  /** Parses a complete element; the parser must report exactly one. */
  #parse(text: string): void {
    const before = this.#events.length;
    this.#parsing = text;
    if (this.#write(text) && this.#events.length !== before + 1) this.#fail("not-well-formed", "a tag that is none");
  }

  #oversized(text: string, levels: number, excess: Excess): void {
    const head = this.#headOf(text, levels);
    if (!this.#isOver) this.#events.push(() => this.#handlers.oversized(head, excess));
  }

  /** Parses the head of a stanza, given as start tags. */
  #headOf(text: string, levels: number): Element | undefined {
    if (!this.#write(text)) return undefined;
    const open = this.#parser.abandon();
    if (open.length !== levels) this.#fail("not-well-formed", "a tag that is none");
    return open.at(-1);
  }

  #write(text: string): boolean {
    try {
      this.#parser.write(text);
      return true;
    } catch (error) {
      this.#fail("not-well-formed", error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  #fail(condition: StreamFault, text: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.push(() => this.#handlers.fault(condition, text));
  }
}

/** The first `bytes` bytes (in UTF-8) of a text; `length` is its size in bytes, equal to its characters if it is ASCII. */
function headOf(text: string, length: number, bytes: number): string {
  if (text.length === length) return text.slice(0, bytes);
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, bytes));
}
