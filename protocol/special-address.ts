/**
 * Addresses that are no place in the network for everybody: this machine, this link, a group, nowhere; and where clouds keep secrets.
 *
 * RFC 6890 (special-purpose addresses), RFC 4291 §2.5.5 (IPv4 in IPv6), RFC 6052 §2.1 (64:ff9b::/96), RFC 6145 §2.2, RFC 3056 §2 (2002::/16). Rules: an IPv4
 * address is the same whichever IPv6 address it stands in; metadata services have addresses of their own, some of them public.
 * Left out on purpose: private networks (RFC 1918), where most phones are.
 */
import ipaddr from "ipaddr.js";
import { Known } from "./text.ts";

export type Special = "this machine" | "this link" | "metadata" | "group" | "nowhere";

/** Where a machine in a cloud finds its keys: nearly everywhere, Amazon's by IPv6, Alibaba's. */
const METADATA: ReadonlySet<string> = new Set(["169.254.169.254", "fd00:ec2::254", "100.100.100.200"]);

const BY_RANGE: Readonly<Record<string, Special>> = {
  loopback: "this machine",
  linkLocal: "this link",
  multicast: "group",
  broadcast: "group",
  unspecified: "nowhere",
};

/** What was made of the same few hosts: they come with every message. */
const normals = new Known<string>(1_000);

/** An address in the one way that it is compared in; what is no address stays as it is, in lower case. */
export const normalAddress = (host: string): string =>
  normals.of(host, () => (ipaddr.isValid(host) ? innermost(host).toString() : host.toLowerCase()));

/** What is special about an address; undefined for any other one, and for a name. */
export function specialOf(host: string): Special | undefined {
  if (!ipaddr.isValid(host)) return undefined;
  const address = innermost(host);
  return METADATA.has(address.toString()) ? "metadata" : BY_RANGE[address.range()];
}

/** The IPv4 address that an IPv6 address stands for, where it does. */
function innermost(host: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const address = ipaddr.process(host);
  if (address.kind() === "ipv4") return address;
  const bytes = address.toByteArray();
  const range = address.range();
  const isAtEnd = range === "rfc6052" || range === "rfc6145" || (range === "unicast" && isCompatible(bytes));
  if (isAtEnd) return fromBytes(bytes.slice(12));
  return range === "6to4" ? fromBytes(bytes.slice(2, 6)) : address;
}

/** `::192.0.2.1`: deprecated, and still written. */
const isCompatible = (bytes: readonly number[]): boolean => bytes.slice(0, 12).every((byte) => byte === 0);
const fromBytes = (bytes: number[]): ipaddr.IPv4 => new ipaddr.IPv4(bytes);
