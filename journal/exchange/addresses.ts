/**
 * Pseudonyms for SIP URIs, name-addrs and JIDs: RFC 3261 §19.1 and §20.10, RFC 3966, RFC 7622, XEP-0106.
 *
 * Rules: a person has the same pseudonym in both networks, so user parts are unescaped first and re-escaped after; an address that
 * cannot be read is replaced word by word. The ports of the gateway and the phone become those of plays; URI parameters about
 * reaching a target stay, others are treated as ids.
 */

import { attempt, Refusal } from "../../protocol/refusal.ts";
import { readNameAddr } from "../../protocol/sip/fields.ts";
import { escapeUser, readUri, writeHost } from "../../protocol/sip/uri.ts";
import { type Param, quoteDisplay } from "../../protocol/sip/values.ts";
import { escapeLocal, readJid, unescapeLocal } from "../../protocol/xmpp/jid.ts";
import type { Others } from "./others.ts";

/** The ports that change in plays, by `host port` with the play's host. */
export type Ports = ReadonlyMap<string, number>;

const KEPT = new Set(
  "transport lr user ob ttl method q expires reg-id cause reason methods text rport +sip.ice audio video".split(" "),
);
const HOSTS = new Set(["maddr", "received"]);

export function exchangeUri(text: string, others: Others, ports: Ports): string {
  const uri = attempt(() => readUri(text));
  if (uri instanceof Refusal) return text.replace(/[\p{L}\p{N}.+-]{4,}/gu, (word) => others.person(word));
  const params = exchangeParams(uri.params, others);
  if (uri.scheme === "tel") return `tel:${others.person(uri.user)}${params}`;
  const host = others.host(uri.host);
  const port = ports.get(`${host} ${uri.port ?? 5_060}`) ?? uri.port;
  const user = uri.user === "" ? "" : `${escapeUser(userOf(uri.user, others))}@`;
  return `${uri.scheme}:${user}${writeHost(host)}${port === undefined ? "" : `:${port}`}${params}`;
}

/** A user part may contain parameters of a number (RFC 3261 §19.1.6). */
function userOf(user: string, others: Others): string {
  const [number = "", ...params] = user.split(";");
  return [
    others.person(number),
    ...params.map((each) => each.replace(/=(.*)$/, (_, v) => `=${others.person(v)}`)),
  ].join(";");
}

function exchangeParams(params: readonly Param[], others: Others): string {
  return params
    .map(([name, value]) => `;${name}${value === "" ? "" : `=${exchangeParam(name, value, others)}`}`)
    .join("");
}

function exchangeParam(name: string, value: string, others: Others): string {
  if (name === "tag") return others.id(value, "tag");
  if (HOSTS.has(name)) return others.host(value);
  if (KEPT.has(name)) return written(value);
  if (name === "phone-context") return value.startsWith("+") ? others.person(value) : others.host(value);
  return written(others.id(value, "param"));
}

const written = (value: string): string => (/^[\w.!%*+`'~{}-]+$/.test(value) ? value : quoteDisplay(value));

/** The value of From, To, Contact, Route, …; undefined if it cannot be read. */
export function exchangeNameAddr(value: string, others: Others, ports: Ports): string | undefined {
  if (value.trim() === "*") return "*";
  const read = attempt(() => readNameAddr(value));
  if (read instanceof Refusal) return undefined;
  const name = read.display === "" ? "" : `${quoteDisplay(others.person(read.display))} `;
  return `${name}<${exchangeUri(read.uri, others, ports)}>${exchangeParams(read.params, others)}`;
}

/** A JID, bare or full; text that is no JID is dropped. */
export function exchangeJid(text: string, others: Others): string {
  const jid = readJid(text);
  if (jid === undefined) return others.id(text, "jid");
  const local = jid.local === "" ? "" : `${escapeLocal(others.person(unescapeLocal(jid.local)))}@`;
  const bare = `${local}${others.host(jid.domain)}`;
  return jid.resource === "" ? bare : `${bare}/${others.device(bare, jid.resource)}`;
}
