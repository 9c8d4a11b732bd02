/**
 * Host names and addresses as an operator may write them.
 *
 * RFC 1035 §2.3.4, RFC 5891, RFC 7622 §3.2. Rules: an internationalised name is accepted as U-labels (`bücher.example`) and as
 * A-labels (`xn--bcher-kva.example`) alike; DNS and SIP get A-labels, JIDs get U-labels in lower case. `_` is accepted, since
 * real networks use it.
 */
import { isIP } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";
import ipaddr from "ipaddr.js";

/** ASCII characters that are not allowed in a host name. */
const FOREIGN = /[\0-\x2c/:-@[-^`{-\x7f]/;
const LABELS = /^(?:(?!-)[\w-]{1,63}(?<!-)(?:\.|$))+$/;

/** A host name in A-labels; undefined if it is invalid, or too long for DNS. */
function asciiName(text: string): string | undefined {
  if (FOREIGN.test(text) || /^[\d.]+$/.test(text)) return undefined;
  const isPlain = !/[^\0-\x7f]|(?:^|\.)xn--/i.test(text);
  const name = isPlain ? text : domainToASCII(text.toLowerCase());
  return LABELS.test(name) && name.replace(/\.$/, "").length <= 253 ? name : undefined;
}

/** A host that we connect to or that others connect to: a name in A-labels, or an address. */
export function readHost(text: string): string | undefined {
  return isReachable(text) ? text : asciiName(text);
}

/** A host with a port, as in a URI: IPv6 in brackets. */
export function readEndpoint(text: string): string | undefined {
  const { host, port } = endpointOf(text);
  const known = readHost(host);
  if (known === undefined || port < 1 || port > 65_535) return undefined;
  return `${known.includes(":") ? `[${known}]` : known}:${port}`;
}

/** Splits a host with a port; port 0 if there is none. */
export function endpointOf(text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, plain = "", port] = /^(?:\[([^\]]*:[^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  return { host: inBrackets ?? plain, port: Number(port ?? 0) };
}

/** A host to listen on. */
export function readListener(text: string): string | undefined {
  return isOurs(text) ? text : asciiName(text);
}

/** A domain as in JIDs: U-labels in lower case; undefined if it is invalid or has a trailing dot. */
export function readDomain(text: string): string | undefined {
  if (isIP(text) !== 0) return text.toLowerCase();
  const name = text.endsWith(".") ? undefined : asciiName(text)?.toLowerCase();
  return name?.includes("xn--") ? domainToUnicode(name) : name;
}

const rangeOf = (address: string): string => (isIP(address) === 0 ? "none" : ipaddr.process(address).range());

/** Whether a socket may be bound to this address. */
export const isOurs = (address: string): boolean => !["none", "multicast", "broadcast"].includes(rangeOf(address));

/** Whether others can reach one machine by this address: not a wildcard, and without a zone, which is local to this machine. */
export const isReachable = (address: string): boolean =>
  isOurs(address) && rangeOf(address) !== "unspecified" && !address.includes("%");

/** An address in canonical notation; any other text is returned unchanged. */
export const canonical = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;

/** Whether the address is a wildcard of its family; no other address of that family can be bound along with it. */
export const isWildcard = (address: string): boolean => ["0.0.0.0", "::"].includes(canonical(address));

export function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return more === undefined && most > 0 && !address.includes("%") && fits;
}
