/**
 * Labels of messages, as shown on the ladder: `INVITE ·sdp`, `200 OK ·sdp`, `session-info (ringing)`, `✓ session-initiate`.
 *
 * Rules: derived from the text alone, never throws: peers may send anything. An answer to an IQ is named after the request,
 * which the caller remembers.
 */
import type { Element } from "ltx/lib/ltx.js";

export interface Label {
  readonly label: string;
  readonly kind: "ask" | "ok" | "bad";
}

/** The method that a label of a response omits, as the most frequent one. */
const USUAL = "INVITE";

/** The label of a SIP message. */
export function labelOfSip(text: string): Label {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? "" : text.slice(end + 4);
  const [start = ""] = head.split("\r\n", 1);
  const method = /^CSeq[ \t]*:[ \t]*\d+[ \t]+(\S+)/im.exec(head)?.[1] ?? "";
  const sdp = /^v=0\r?$/m.test(body) ? " ·sdp" : "";
  const [, status, phrase = ""] = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(start) ?? [];
  if (status === undefined) return { label: `${start.split(" ", 1)[0] ?? ""}${sdp}`, kind: "ask" };
  const of = method === USUAL || method === "" ? "" : ` (${method})`;
  return { label: `${status} ${phrase}${of}${sdp}`, kind: Number(status) >= 300 ? "bad" : "ok" };
}

/** The name of a request: the Jingle action, the XEP-0353 message, or the name of the payload. */
export function askedBy(stanza: Element): string {
  const [inside] = stanza.getChildElements();
  const action = String(inside?.attrs.action ?? inside?.name ?? stanza.name);
  const [word] = (action === "session-info" ? inside : inside?.getChild("reason"))?.getChildElements() ?? [];
  return word === undefined ? action : `${action} (${word.name})`;
}

/** The label of a stanza; `asked` is the name of the request that it answers. */
export function labelOfStanza(stanza: Element, asked: string | undefined): Label {
  const { type } = stanza.attrs;
  if (type === "result") return { label: `✓ ${asked ?? "result"}`, kind: "ok" };
  if (type !== "error") return { label: askedBy(stanza), kind: "ask" };
  const [condition] = stanza.getChild("error")?.getChildElements() ?? [];
  return { label: `✗ ${asked ?? "error"}${condition ? ` (${condition.name})` : ""}`, kind: "bad" };
}
