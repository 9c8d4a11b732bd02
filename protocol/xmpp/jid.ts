/**
 * XMPP addresses: RFC 7622, XEP-0106 (characters not allowed in a local part).
 *
 * Rules: local part and domain are compared in lower case, which is PRECIS as real servers implement it. Reading is strict;
 * @xmpp/jid, which accepts `a@b@c`, is not used. Left out on purpose: the tables of PRECIS.
 */

import { Known } from "../text.ts";

export interface Jid {
  /** "" for the address of a domain. */
  readonly local: string;
  readonly domain: string;
  /** "" in a bare JID. */
  readonly resource: string;
}

const jid =
  /^(?:([^@/"&':<>\s\0-\x1f\x7f]{1,1023})@)?([^@/"&'<>\s\0-\x1f\x7f]{1,1023})(?:\/([^\0-\x1f\x7f]{1,1023}))?$/u;

/** Cache of recent addresses: each stanza has two, a call about thirty. */
const known = new Known<Jid | null>(2_000);

/** Reads a JID; undefined if the text is no JID. */
export const readJid = (text: string): Jid | undefined => known.of(text, parse) ?? undefined;

function parse(text: string): Jid | null {
  const [, local = "", domain, resource = ""] = jid.exec(text) ?? [];
  return domain === undefined ? null : { local: local.toLowerCase(), domain: domain.toLowerCase(), resource };
}

/** A JID without its resource, in lower case. */
export function bareJid(text: string): string {
  const at = text.indexOf("/");
  return (at === -1 ? text : text.slice(0, at)).toLowerCase();
}

const ESCAPED: Readonly<Record<string, string>> = {
  " ": "\\20",
  '"': "\\22",
  "&": "\\26",
  "'": "\\27",
  "/": "\\2f",
  ":": "\\3a",
  "<": "\\3c",
  ">": "\\3e",
  "@": "\\40",
  "\\": "\\5c",
};

/** Escapes a text for a local part (XEP-0106 §4.2): a backslash only if it would be read as an escape. */
export function escapeLocal(text: string): string {
  return text
    .replace(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/gi, "\\5c")
    .replace(/[ "&'/:<>@]/g, (character) => ESCAPED[character] ?? "")
    .replace(/[\0-\x1f\x7f]/g, "");
}

/** The unescaped text of a local part (XEP-0106 §4.3). */
export function unescapeLocal(local: string): string {
  return local.replace(/\\(20|22|26|27|2f|3a|3c|3e|40|5c)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
