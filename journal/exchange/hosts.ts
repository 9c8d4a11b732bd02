/**
 * The kind of a host.
 *
 * Rule: a special-purpose address stays as it is, since the gateway treats it differently (protocol/special-address.ts); a link-local
 * address may contain a MAC address (RFC 4291 §2.5.6), so it becomes another link-local one.
 */
import { specialOf } from "../../protocol/special-address.ts";

/** Host names that identify nobody. */
const NOBODYS = new Set(["", "localhost", "invalid", "anonymous.invalid"]);

export type HostKind = "nobody" | "ipv4" | "ipv4 of a link" | "ipv6" | "ipv6 of a link" | "name";

/** The kind of a host, given in lower case; IPv6 without brackets. */
export function hostKind(host: string): HostKind {
  if (NOBODYS.has(host)) return "nobody";
  const family = host.includes(":") ? "ipv6" : /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? "ipv4" : "name";
  const special = specialOf(host);
  if (special === undefined) return family;
  return special === "this link" && family !== "name" ? `${family} of a link` : "nobody";
}

/** An internationalized host name in IDNA form, as used in SIP (RFC 3261 §25.1); any other host unchanged. */
export function asciiHost(host: string): string {
  if (/^[\0-\x7f]*$/.test(host) || !URL.canParse(`http://${host}`)) return host;
  return new URL(`http://${host}`).hostname;
}
