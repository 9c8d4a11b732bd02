/**
 * The head of a stanza: sender, receiver, type, id. RFC 6120 §8.1.
 *
 * Rules: read once, on arrival; a stanza without a valid `from`, or with an invalid `to`, cannot be answered and has no
 * head.
 */
import type { Element } from "@xmpp/xml";
import { type Jid, readJid } from "./jid.ts";

/** A stanza with its head. */
export interface Stanza {
  readonly from: string;
  /** Undefined: the component itself. */
  readonly to: string | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
  /** `from` and `to`, parsed. */
  readonly sender: Jid;
  readonly receiver: Jid | undefined;
  readonly element: Element;
}

/** Reads the head of a stanza; undefined if its addresses are invalid. */
export function readHead(element: Element): Stanza | undefined {
  const { from, to, id, type }: Readonly<Record<string, string | undefined>> = element.attrs;
  const sender = from === undefined ? undefined : readJid(from);
  const receiver = to === undefined ? undefined : readJid(to);
  if (from === undefined || !sender || (to !== undefined && !receiver)) return undefined;
  return { from, to, id, type, sender, receiver, element };
}
