/**
 * The head of a stanza: who sends what to whom. RFC 6120 §8.1.
 *
 * Rules: it is read once, where the stanza comes in; a stanza without a proper `from`, or with a `to` that is no JID, cannot
 * be answered and has none.
 */
import type { Element } from "@xmpp/xml";
import { type Jid, readJid } from "./jid.ts";

/** A stanza whose head has been read. */
export interface Stanza {
  readonly from: string;
  /** Undefined: to the component itself. */
  readonly to: string | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
  /** `from` and `to`, taken apart. */
  readonly sender: Jid;
  readonly receiver: Jid | undefined;
  readonly element: Element;
}

/** Reads the head of a stanza; undefined when its addresses are none. */
export function readHead(element: Element): Stanza | undefined {
  const { from, to, id, type }: Readonly<Record<string, string | undefined>> = element.attrs;
  const sender = from === undefined ? undefined : readJid(from);
  const receiver = to === undefined ? undefined : readJid(to);
  if (from === undefined || !sender || (to !== undefined && !receiver)) return undefined;
  return { from, to, id, type, sender, receiver, element };
}
