/**
 * A stored message for people: label, addresses, and full text.
 *
 * Rules: secrets in the text are hidden; an answer to an IQ is named after the request, found by id and sender.
 */
import { type Element, parse } from "ltx/lib/ltx.js";
import type { WireEntry } from "./entries.ts";
import { askedBy, labelOfSip, labelOfStanza } from "./labels.ts";
import { pretty } from "./pretty.ts";
import { hideSecrets } from "./secrets.ts";
import type { MessageView } from "./view.ts";
import { unwrapped } from "./wrapped.ts";

const decoder = new TextDecoder();
const latin1 = new TextDecoder("latin1");

/** A message; `asked` maps pending IQs to the names of their requests. */
export function messageOf(
  entry: WireEntry,
  place: Pick<MessageView, "n" | "at" | "step">,
  asked: Map<string, string>,
): MessageView {
  const { wire, out, transport, host, port, again } = entry;
  const peer = wire === "sip" ? `${transport} ${host}:${port}` : "xmpp";
  const about = { ...place, wire, out, peer, again: again.length };
  if (wire === "sip") {
    const text = readable(entry.bytes);
    return { ...about, ...labelOfSip(text), text: hideSecrets(text.replaceAll("\r\n", "\n")) };
  }
  const text = decoder.decode(entry.bytes);
  const stanza = parse(text); // written by us, from a parsed stanza
  return {
    ...about,
    ...labelOfStanza(unwrapped(stanza), answered(stanza, out, asked)),
    text: hideSecrets(pretty(stanza)),
  };
}

/** The text of SIP: UTF-8 if valid, else each byte as a character. */
function readable(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes("\ufffd") ? latin1.decode(bytes) : text;
}

/** Remembers the name of an IQ request, or returns the name of the request that an answer answers, by id and sender. */
function answered(stanza: Element, out: boolean, asked: Map<string, string>): string | undefined {
  const { id, type } = stanza.attrs as Record<string, string | undefined>;
  const key = (byUs: boolean): string => `${byUs} ${id}`;
  if (type !== "result" && type !== "error") asked.set(key(out), askedBy(unwrapped(stanza)));
  return asked.get(key(!out));
}
