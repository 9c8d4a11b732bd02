/**
 * A message in a few words, as it stands on the ladder: `INVITE ·sdp`, `200 OK ·sdp`, `session-info (ringing)`, `✓ session-initiate`.
 *
 * Rules: read from the text alone, and never fails: what came may be anything. An answer to an IQ is named after what was
 * asked, which the caller remembers.
 */
import type { Element } from "ltx/lib/ltx.js";

export interface Label {
  readonly label: string;
  readonly kind: "ask" | "ok" | "bad";
}

/** Methods that a response need not name, since it is most often theirs. */
const USUAL = "INVITE";

/** The words for a SIP message. */
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

/** What a stanza asks: the Jingle action, the message of XEP-0353, or the name of what is in it. */
export function askedBy(stanza: Element): string {
  const [inside] = stanza.getChildElements();
  const action = String(inside?.attrs.action ?? inside?.name ?? stanza.name);
  const [word] = (action === "session-info" ? inside : inside?.getChild("reason"))?.getChildElements() ?? [];
  return word === undefined ? action : `${action} (${word.name})`;
}

/** The words for a stanza; `asked` is what it answers. */
export function labelOfStanza(stanza: Element, asked: string | undefined): Label {
  const { type } = stanza.attrs;
  if (type === "result") return { label: `✓ ${asked ?? "result"}`, kind: "ok" };
  if (type !== "error") return { label: askedBy(stanza), kind: "ask" };
  const [condition] = stanza.getChild("error")?.getChildElements() ?? [];
  return { label: `✗ ${asked ?? "error"}${condition ? ` (${condition.name})` : ""}`, kind: "bad" };
}
