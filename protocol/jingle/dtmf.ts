/** DTMF in Jingle: the `<dtmf/>` of a session-info (XEP-0181). The keys themselves are in ../dtmf.ts. */
import type { Element } from "@xmpp/xml";
import { isKey, type Tone, toneOf } from "../dtmf.ts";
import { unreadable } from "../refusal.ts";
import { xml } from "../xmpp/element.ts";
import { DTMF } from "../xmpp/namespaces.ts";
import { numberOf, wordOf } from "./values.ts";

/** Reads a `<dtmf/>`. Throws `Refusal` (bad-request). */
export function readDtmfElement(dtmf: Element): Tone {
  const code = wordOf(dtmf, "code").toUpperCase();
  if (!isKey(code)) throw unreadable(`${JSON.stringify(code)} is no key of a phone`);
  return toneOf(code, numberOf(dtmf, "duration"));
}

/** Writes a `<dtmf/>`. */
export function writeDtmfElement({ code, duration }: Tone): Element {
  return xml("dtmf", { xmlns: DTMF, code, duration: `${duration}` });
}
