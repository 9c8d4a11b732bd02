/**
 * What kind of host a text names.
 *
 * Rule: an address that is no place in the network for everybody stays what it is, since the gateway treats it in another way
 * (protocol/special-address.ts); one of a link may be made of a network card's number (RFC 4291 §2.5.6), so another of a link stands for it.
 */
import { specialOf } from "../../protocol/special-address.ts";

/** Names of hosts that are nobody's. */
const NOBODYS = new Set(["", "localhost", "invalid", "anonymous.invalid"]);

export type HostKind = "nobody" | "ipv4" | "ipv4 of a link" | "ipv6" | "ipv6 of a link" | "name";

/** The kind of a host in lower case; IPv6 without brackets. */
export function hostKind(host: string): HostKind {
  if (NOBODYS.has(host)) return "nobody";
  const family = host.includes(":") ? "ipv6" : /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? "ipv4" : "name";
  const special = specialOf(host);
  if (special === undefined) return family;
  return special === "this link" && family !== "name" ? `${family} of a link` : "nobody";
}

/** A host of another script as IDNA writes it, as SIP does (RFC 3261 §25.1); any other as it is. */
export function asciiHost(host: string): string {
  if (/^[\0-\x7f]*$/.test(host) || !URL.canParse(`http://${host}`)) return host;
  return new URL(`http://${host}`).hostname;
}
