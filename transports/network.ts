/** The network that one party controls all addresses of: an IPv4 address, or an IPv6 /64. */
import ipaddr from "ipaddr.js";

export const networkOf = (host: string): string =>
  ipaddr.IPv6.isValid(host) ? ipaddr.IPv6.parse(host).parts.slice(0, 4).join(":") : host;
