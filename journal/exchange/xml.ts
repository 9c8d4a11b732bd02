/**
 * Pseudonyms in a stanza: XEP-0166, XEP-0167, XEP-0176, XEP-0320, XEP-0339, XEP-0353, RFC 6120 §8.
 *
 * Rule: each attribute and text is replaced according to its meaning; an element of an unknown namespace may contain anything: if
 * received it becomes `<unknown/>` in a namespace of its own, if sent it is left out.
 */
import { Element } from "ltx/lib/ltx.js";
import { exchangeJid } from "./addresses.ts";
import type { Others } from "./others.ts";

/** Replaces an attribute; `of` is the name of its element. */
type Exchange = (value: string, others: Others) => string;

const KNOWN =
  /^(?:jabber:(?:client|component:accept)|urn:xmpp:(?:jingle|hints|delay|carbons|delegation|privilege|forward)|urn:ietf:params:xml:ns:xmpp-stanzas|http:\/\/jabber\.org\/protocol\/(?:disco#info|caps|jinglenodes)|http:\/\/gultsch\.de\/xmpp\/drafts\/)/;

const jid: Exchange = (value, others) => exchangeJid(value, others);
const host: Exchange = (value, others) => others.host(value);
const token: Exchange = (value, others) => others.secret(value, "token");

const ATTRIBUTES: Readonly<Record<string, Exchange>> = {
  ...{ from: jid, to: jid, initiator: jid, responder: jid, by: jid, jid },
  ...{ ip: host, "rel-addr": host, host },
  ...{ ufrag: token, pwd: token },
  sid: (value, others) => others.id(value, "call"),
  foundation: (value, others) => others.foundation(value),
  "key-params": (value, others) =>
    value.replace(/inline:(‹[^›]*›|[^|]+)/gi, (_, key) => `inline:${others.secret(key, "base64")}`),
};

/** Elements whose `id` is an identifier; those of codecs and header extensions are numbers. */
const NAMED_BY_ID = new Set("iq message propose proceed reject retract accept finish ringing".split(" "));
/** Parameters of a source that are ids (XEP-0339). */
const SOURCE_IDS = new Set(["cname", "msid", "mslabel", "label"]);

/** The stanza, or an element in it, with pseudonyms; undefined if unknown. */
export function exchangeXml(element: Element, others: Others): Element | undefined {
  const namespace = element.getNS() ?? "jabber:client";
  if (!KNOWN.test(namespace)) return others.ours ? undefined : new Element("unknown", { xmlns: "urn:example:unknown" });
  const other = new Element(element.name, {});
  for (const [name, value] of Object.entries(element.attrs)) {
    if (value === undefined || value === null) continue;
    other.attrs[name] = attributeOf(element, name, String(value), others);
  }
  for (const child of element.children) {
    const inner = typeof child === "string" ? textOf(element, child, others) : exchangeXml(child as Element, others);
    if (typeof inner === "string") other.t(inner);
    else if (inner !== undefined) other.cnode(inner);
  }
  return other;
}

function attributeOf({ name: of, attrs }: Element, name: string, value: string, others: Others): string {
  if (name === "id" && NAMED_BY_ID.has(of)) return others.id(value, of === "iq" ? "iq" : "call");
  if (of === "parameter" && name === "value" && SOURCE_IDS.has(String(attrs.name))) return ids(value, others);
  if (of === "c" && name === "ver") return value;
  return ATTRIBUTES[name]?.(value, others) ?? value;
}

const ids = (value: string, others: Others): string =>
  value.replace(/\S+/g, (each) => (each === "-" ? each : others.id(each)));

/** The text of an element; white space between elements is dropped. */
function textOf({ name }: Element, text: string, others: Others): string | undefined {
  if (text.trim() === "") return undefined;
  if (name === "fingerprint") return others.secret(text.trim(), "octets");
  return others.words(text.trim());
}
