/**
 * Addresses that are not global unicast: loopback, link-local, multicast, unspecified; and the metadata services of clouds.
 *
 * RFC 6890 (special-purpose addresses), RFC 4291 §2.5.5 (IPv4 in IPv6), RFC 6052 §2.1 (64:ff9b::/96), RFC 6145 §2.2, RFC 3056 §2
 * (2002::/16). Rules: an IPv4 address embedded in IPv6 counts as the IPv4 address; metadata services have fixed addresses, some public.
 * Left out on purpose: private networks (RFC 1918), where most phones are.
 */
import ipaddr from "ipaddr.js";
import { Known } from "./text.ts";

export type Special = "this machine" | "this link" | "metadata" | "group" | "nowhere";

/** Metadata services, which hand out credentials: nearly all clouds, Amazon's IPv6, Alibaba's. */
const METADATA: ReadonlySet<string> = new Set(["169.254.169.254", "fd00:ec2::254", "100.100.100.200"]);

const BY_RANGE: Readonly<Record<string, Special>> = {
  loopback: "this machine",
  linkLocal: "this link",
  multicast: "group",
  broadcast: "group",
  unspecified: "nowhere",
};

/** Cache of normal forms: the same few hosts come with every message. */
const normals = new Known<string>(1_000);

/** The form in which addresses are compared; anything else is only lower-cased. */
export const normalAddress = (host: string): string =>
  normals.of(host, () => (ipaddr.isValid(host) ? innermost(host).toString() : host.toLowerCase()));

/** What is special about an address; undefined for ordinary addresses and for names. */
export function specialOf(host: string): Special | undefined {
  if (!ipaddr.isValid(host)) return undefined;
  const address = innermost(host);
  return METADATA.has(address.toString()) ? "metadata" : BY_RANGE[address.range()];
}

/** The IPv4 address embedded in an IPv6 address, if any; else the address itself. */
function innermost(host: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const address = ipaddr.process(host);
  if (address.kind() === "ipv4") return address;
  const bytes = address.toByteArray();
  const range = address.range();
  const isAtEnd = range === "rfc6052" || range === "rfc6145" || (range === "unicast" && isCompatible(bytes));
  if (isAtEnd) return fromBytes(bytes.slice(12));
  return range === "6to4" ? fromBytes(bytes.slice(2, 6)) : address;
}

/** `::192.0.2.1`: deprecated, but still in use. */
const isCompatible = (bytes: readonly number[]): boolean => bytes.slice(0, 12).every((byte) => byte === 0);
const fromBytes = (bytes: number[]): ipaddr.IPv4 => new ipaddr.IPv4(bytes);
