/**
 * Builds the elements of a stream from the events of ltx.
 *
 * Replaces the `Parser` of @xmpp/xml, which copies all attributes and reports each tag through two emitters. Rules: an end tag must
 * match the innermost open element; invalid XML throws. Left out on purpose: what XMPP forbids, and limits (stanza.ts).
 */
import type { Element } from "@xmpp/xml";
import SaxLtx from "ltx/lib/parsers/ltx.js";
import { StanzaElement } from "./element.ts";

/** Callbacks for complete parts. */
export interface TreeHandlers {
  /** The stream's start tag. */
  opened(stream: Element): void;
  stanza(element: Element): void;
  /** The stream's end tag. */
  ended(): void;
}

export class TreeParser extends SaxLtx {
  readonly #handlers: TreeHandlers;
  #root: Element | undefined;
  /** The innermost open element. */
  #open: Element | undefined;

  constructor(handlers: TreeHandlers) {
    super();
    this.#handlers = handlers;
  }

  get isOpen(): boolean {
    return this.#root !== undefined;
  }

  /** Drops the open stanza and returns its open elements, innermost first. */
  abandon(): Element[] {
    const open: Element[] = [];
    for (let each = this.#open; each && each !== this.#root; each = each.parent ?? undefined) open.push(each);
    const stanza = open.at(-1);
    if (stanza) stanza.parent = this.#root ?? null;
    this.#open = this.#root;
    return open;
  }

  /** Receives the events of ltx, under its own names. */
  override emit(found: "startElement" | "endElement" | "text", text: string, attrs?: Element["attrs"]): boolean {
    if (found === "startElement") this.#start(text, attrs);
    else if (found === "endElement") this.#end(text);
    else if (this.#open) this.#open.children.push(text);
    else throw new Error("text before the stream");
    return true;
  }

  #start(name: string, attrs: Element["attrs"] = {}): void {
    const element = new StanzaElement(name, attrs);
    if (this.#root === undefined) {
      this.#root = element;
      this.#handlers.opened(element);
    } else if (this.#open !== this.#root) this.#open?.cnode(element);
    this.#open = element;
  }

  #end(name: string): void {
    const element = this.#open;
    if (element === undefined || element.name !== name) throw new Error(`${element?.name} must be closed.`);
    if (element === this.#root) return this.#handlers.ended();
    if (element.parent) this.#open = element.parent;
    else {
      element.parent = this.#root ?? null;
      this.#open = this.#root;
      this.#handlers.stanza(element);
    }
  }
}
