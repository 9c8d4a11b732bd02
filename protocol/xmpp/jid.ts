/**
 * XMPP addresses: RFC 7622, XEP-0106 (characters that a local part may not hold).
 *
 * Rules: compared in lower case, which is what PRECIS does to what real servers have; a text that is no JID is none, and
 * @xmpp/jid, which takes `a@b@c`, is not asked. Left out on purpose: the tables of PRECIS.
 */

export interface Jid {
  /** "" for a domain's own address. */
  readonly local: string;
  readonly domain: string;
  /** "" in a bare JID. */
  readonly resource: string;
}

const jid =
  /^(?:([^@/"&':<>\s\0-\x1f\x7f]{1,1023})@)?([^@/"&'<>\s\0-\x1f\x7f]{1,1023})(?:\/([^\0-\x1f\x7f]{1,1023}))?$/u;

/** Reads a JID; undefined for what is none. */
export function readJid(text: string): Jid | undefined {
  const [, local = "", domain, resource = ""] = jid.exec(text) ?? [];
  return domain === undefined ? undefined : { local: local.toLowerCase(), domain: domain.toLowerCase(), resource };
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

/** A text as a local part: XEP-0106 §4.2, where a backslash is escaped only when it would read as an escape. */
export function escapeLocal(text: string): string {
  return text
    .replace(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/gi, "\\5c")
    .replace(/[ "&'/:<>@]/g, (character) => ESCAPED[character] ?? "")
    .replace(/[\0-\x1f\x7f]/g, "");
}

/** The text of a local part (XEP-0106 §4.3). */
export function unescapeLocal(local: string): string {
  return local.replace(/\\(20|22|26|27|2f|3a|3c|3e|40|5c)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
