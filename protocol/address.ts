/**
 * Addresses of users and phones: JIDs, SIP URIs and numbers. RFC 7247 §4-6.
 *
 * Rules: no resource goes into a SIP header; user parts are compared unescaped and re-escaped for their destination; the
 * component's own domain is never a served domain, or calls would loop. `username_to_phone` replaces a user's name by a number
 * toward SIP, and the number by the name toward XMPP.
 */

import { escapeUser, readUri, type SipUri, writeHost } from "./sip/uri.ts";
import { param, quoteDisplay } from "./sip/values.ts";
import { bareJid, escapeLocal, readJid, unescapeLocal } from "./xmpp/jid.ts";

export interface AddressRules {
  /** The domains whose users may call and be called. */
  readonly hosts: readonly string[];
  /** The component's domain. */
  readonly component: string;
  /** The hosts of SIP URIs that stand for this gateway: `local_host` and the addresses it listens on. */
  readonly ours: readonly string[];
  readonly proxyHost: string;
  readonly proxyPort: number;
  /** Intercept mode: the caller's JID is the one its SIP address spells, if the users' server lets us send as that JID. */
  readonly intercept: boolean;
  /** Further domains, besides `hosts` and our own, that the server lets us send as. */
  readonly speaksAs: readonly string[];
  readonly usernameToPhone: readonly { readonly username: string; readonly phone: string }[];
}

/** Whether a JID belongs to a served domain. */
export function isServed(jid: string, { hosts, component }: AddressRules): boolean {
  const domain = readJid(jid)?.domain;
  return domain !== undefined && !isSame(domain, component) && hosts.some((host) => isSame(host, domain));
}

/** Whether a JID belongs to this domain. */
export function isOf(jid: string, domain: string): boolean {
  const own = readJid(jid)?.domain;
  return own !== undefined && isSame(own, domain);
}

/** Whether two domains are the same, in U-labels or A-labels. */
const isSame = (one: string, other: string): boolean =>
  one === other || (hostOf(one) ?? one) === (hostOf(other) ?? other);

/** The JID domain for the host of a SIP URI: an equal domain in our spelling, else the host itself. */
const domainOf = (host: string, { hosts, component }: AddressRules): string =>
  [component, ...hosts].find((each) => isSame(each, host)) ?? host;

/** Caller and callee in the header fields of an INVITE. */
export interface Dialled {
  readonly requestUri: string;
  /** Header values, without tags. */
  readonly from: string;
  readonly to: string;
  /** The user part of our Contact, escaped. */
  readonly contactUser: string;
}

/** The name or number dialled when a JID is called: the user's number, else the local part; undefined if there is none. */
export function dialledName(callee: string, rules: AddressRules): string | undefined {
  const local = readJid(callee)?.local;
  if (!local) return undefined;
  const name = unescapeLocal(local);
  return rules.usernameToPhone.find(({ username }) => username.toLowerCase() === name)?.phone ?? name;
}

/** Addresses of a call from one bare JID to another, with the dialled name or number; undefined if SIP cannot express one of them. */
export function dialled(
  call: { caller: string; callee: string; name: string },
  rules: AddressRules,
): Dialled | undefined {
  const [caller, callee] = [readJid(call.caller), readJid(call.callee)];
  const [from, to] = [caller, callee].map((jid) => jid && hostOf(jid.domain));
  if (!caller?.local || !callee?.local || !from || !to) return undefined;
  const own = unescapeLocal(caller.local);
  const [user, contactUser] = [escapeUser(call.name), escapeUser(own)];
  return {
    requestUri: `sip:${user}@${writeHost(rules.proxyHost)}:${rules.proxyPort}`,
    from: `${quoteDisplay(own)} <sip:${contactUser}@${from}>`,
    to: `<sip:${user}@${to}>`,
    contactUser,
  };
}

/**
 * A domain as the host of a SIP URI, internationalized names by IDNA; undefined if it is no valid host: the excess would become
 * parameters and header fields of the URI.
 */
function hostOf(domain: string): string | undefined {
  if (HOST.test(domain)) return domain;
  if (/[\0-\x2c/:-@[-^`{-\x7f]/.test(domain) || !URL.canParse(`http://${domain}`)) return undefined;
  const { hostname } = new URL(`http://${domain}`);
  return HOST.test(hostname) ? hostname : undefined;
}

const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i;

/**
 * The bare JID of the user that an INVITE is for: from the Request-URI, else from To; undefined if neither refers to a user. An
 * address of ours, or a bare number, is a user of the first served domain.
 */
export function calledUser(uris: { requestUri: string; to: string }, rules: AddressRules): string | undefined {
  const target = readUri(uris.requestUri);
  const isUsers = ({ host }: SipUri): boolean => isServed(host, rules);
  if (isUsers(target)) return userJid(target, domainOf(target.host, rules), rules);
  const to = SCHEMES.test(uris.to) ? readUri(uris.to) : undefined; // other schemes are ignored
  if (to && isUsers(to)) return userJid(to, domainOf(to.host, rules), rules);
  const meansUs = target.scheme === "tel" || rules.ours.includes(target.host);
  const [first] = rules.hosts;
  return meansUs && first !== undefined ? userJid(target, first, rules) : undefined;
}

/** The resource of a phone as a device; the server modules (integrations/) use the same one. */
const PHONE = "sip";

/** The JID of a phone as a device of its user. */
export const phoneDevice = (jid: string): string => `${bareJid(jid)}/${PHONE}`;
export const isPhoneDevice = (jid: string): boolean => readJid(jid)?.resource === PHONE;

const SCHEMES = /^(?:sips?|tel):/i;

function userJid(uri: SipUri, host: string, { usernameToPhone }: AddressRules): string | undefined {
  const user = bareUser(uri);
  const isSame = ({ phone }: { phone: string }): boolean => phone === user || withoutSeparators(phone) === user;
  const mapped = /^[+*]/.test(user) ? usernameToPhone.find(isSame)?.username : undefined;
  const local = escapeLocal(mapped ?? user).toLowerCase();
  return local === "" || readJid(`${local}@${host}`) === undefined ? undefined : `${local}@${host}`;
}

/**
 * The JID of a calling phone toward the user. Intercept mode: the bare JID that its address spells, if we may send as that JID.
 * Otherwise `carol@<component>/sip` for a number or an address of the component's domain, the proxy or the gateway; for any
 * other address, the whole address, escaped (XEP-0106).
 */
export function callerJid(from: string, rules: AddressRules, isTrusted: boolean): string | undefined {
  const uri = readUri(from);
  const own = rules.intercept ? spelled(uri, rules) : undefined;
  if (rules.intercept && (own === undefined || maySpeakAs(own, rules, isTrusted))) return own;
  const nearby = [rules.proxyHost.toLowerCase(), ...rules.ours];
  const near = isSame(uri.host, rules.component) || nearby.includes(uri.host) || isNumber(uri);
  const user = bareUser(uri);
  const name = user === "" ? uri.host : near ? user : `${user}@${uri.host}`;
  const jid = `${escapeLocal(name).toLowerCase()}@${rules.component}/${PHONE}`;
  return readJid(jid) === undefined ? undefined : jid;
}

/** A JID of a served domain only if From is trusted; otherwise a JID of our own domain or of `speaksAs`. */
function maySpeakAs(jid: string, rules: AddressRules, isTrusted: boolean): boolean {
  if (isServed(jid, rules)) return isTrusted && readJid(jid)?.local !== "";
  const domain = readJid(jid)?.domain ?? "";
  return [rules.component, ...rules.speaksAs].some((each) => isSame(each, domain));
}

/** A mapped number is that user; any other number belongs to the component's domain. */
function spelled(uri: SipUri, rules: AddressRules): string | undefined {
  const host = uri.scheme === "tel" ? rules.component : domainOf(uri.host, rules);
  if (uri.user !== "") return userJid(uri, host, rules);
  return readJid(host) === undefined ? undefined : host;
}

const NUMBER = /^\+?[0-9*#().-]{2,}(?=;|$)/;
const isNumber = ({ scheme, user }: SipUri): boolean => scheme === "tel" || NUMBER.test(user);

/**
 * The user part of a URI: a number without its parameters (`;npdi`, RFC 3261 §19.1.1, RFC 3966 §3) and, if it is certainly a
 * number, without visual separators, which carry no meaning (RFC 3966 §5.1.1, RFC 3261 §19.1.6).
 */
function bareUser({ scheme, user, params }: SipUri): string {
  const number = scheme === "tel" ? user : NUMBER.exec(user)?.[0];
  if (number === undefined) return user;
  const isSure = scheme === "tel" || number.startsWith("+") || param(params, "user")?.toLowerCase() === "phone";
  return isSure ? withoutSeparators(number) : number;
}

const withoutSeparators = (number: string): string => number.replace(/[-.()]/g, "");

/** The URI of our Contact; the transport parameter is added by the sender. */
export function contactUri(user: string, localHost: string, port: number): string {
  return `sip:${user === "" ? "" : `${user}@`}${writeHost(localHost)}:${port}`;
}

/** The user part of our Contact toward a caller: the name of the callee. */
export function contactUserOf(jid: string): string {
  return escapeUser(unescapeLocal(readJid(bareJid(jid))?.local ?? ""));
}
