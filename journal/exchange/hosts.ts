/** What kind of host a text names. */

/** Hosts that are nobody's. */
const NOBODYS = new Set(["", "localhost", "invalid", "anonymous.invalid", "0.0.0.0", "::", "::1", "127.0.0.1"]);

/** The kind of a host in lower case; IPv6 without brackets. */
export function hostKind(host: string): "nobody" | "ipv4" | "ipv6" | "name" {
  if (NOBODYS.has(host)) return "nobody";
  if (host.includes(":")) return "ipv6";
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) ? "ipv4" : "name";
}

/** A host of another script as IDNA writes it, as SIP does (RFC 3261 §25.1); any other as it is. */
export function asciiHost(host: string): string {
  if (/^[\0-\x7f]*$/.test(host) || !URL.canParse(`http://${host}`)) return host;
  return new URL(`http://${host}`).hostname;
}
