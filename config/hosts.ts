/**
 * Host names and addresses, as an operator may write them.
 *
 * RFC 1035 §2.3.4, RFC 5891, RFC 7622 §3.2. Rules: a name of another script is taken as U-labels (`bücher.example`) and as A-labels
 * (`xn--bcher-kva.example`) alike; DNS and SIP get A-labels, JIDs get U-labels in lower case. `_` is taken, since real
 * networks have it.
 */
import { isIP } from "node:net";
import { domainToASCII, domainToUnicode } from "node:url";
import ipaddr from "ipaddr.js";

/** ASCII that no host name has. */
const FOREIGN = /[\0-\x2c/:-@[-^`{-\x7f]/;
const LABELS = /^(?:(?!-)[\w-]{1,63}(?<!-)(?:\.|$))+$/;

/** A host name in A-labels; undefined for what is none, or is longer than the DNS has room for. */
function asciiName(text: string): string | undefined {
  if (FOREIGN.test(text) || /^[\d.]+$/.test(text)) return undefined;
  const isPlain = !/[^\0-\x7f]|(?:^|\.)xn--/i.test(text);
  const name = isPlain ? text : domainToASCII(text.toLowerCase());
  return LABELS.test(name) && name.replace(/\.$/, "").length <= 253 ? name : undefined;
}

/** A host to connect to, or that others are to reach: a name in A-labels, or an address. */
export function readHost(text: string): string | undefined {
  return isReachable(text) ? text : asciiName(text);
}

/** A host with a port, as it stands in a URI: IPv6 in brackets. */
export function readEndpoint(text: string): string | undefined {
  const { host, port } = endpointOf(text);
  const known = readHost(host);
  if (known === undefined || port < 1 || port > 65_535) return undefined;
  return `${known.includes(":") ? `[${known}]` : known}:${port}`;
}

/** What a host with a port is made of; port 0 where there is none. */
export function endpointOf(text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, plain = "", port] = /^(?:\[([^\]]*:[^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  return { host: inBrackets ?? plain, port: Number(port ?? 0) };
}

/** A host to listen on. */
export function readListener(text: string): string | undefined {
  return isOurs(text) ? text : asciiName(text);
}

/** A domain as it stands in JIDs: U-labels, lower case, without the dot of the root. */
export function readDomain(text: string): string | undefined {
  if (isIP(text) !== 0) return text.toLowerCase();
  const name = text.endsWith(".") ? undefined : asciiName(text)?.toLowerCase();
  return name?.includes("xn--") ? domainToUnicode(name) : name;
}

const rangeOf = (address: string): string => (isIP(address) === 0 ? "none" : ipaddr.process(address).range());

/** Whether a socket may be bound to it. */
export const isOurs = (address: string): boolean => !["none", "multicast", "broadcast"].includes(rangeOf(address));

/** Whether it names one machine to others: no wildcard, and no zone, which means something here alone. */
export const isReachable = (address: string): boolean =>
  isOurs(address) && rangeOf(address) !== "unspecified" && !address.includes("%");

/** An address in its one notation; what is none stays as it is. */
export const canonical = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.parse(address).toString() : address;

/** Whether an address stands for all of its family, beside which no other of it can be bound. */
export const isWildcard = (address: string): boolean => ["0.0.0.0", "::"].includes(canonical(address));

export function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return more === undefined && most > 0 && !address.includes("%") && fits;
}
