/**
 * Destinations that a description (an SDP's address, a user's candidate) may make the relay send to.
 *
 * RFC 8445 §19.5.1 (attacks by candidates), docs/mapping.md V23. Rules: this machine, this link, multicast, unspecified addresses, and a
 * cloud's metadata are rejected, except where the relay itself is (one that listens on loopback serves peers on this machine). The machine's
 * other addresses, and private networks, are accepted: phones and users are there.
 */
import { specialOf } from "../protocol/special-address.ts";

/** Whether packets may be sent to this host from these addresses of ours. */
export function mayReach(host: string, ours: readonly string[]): boolean {
  const special = specialOf(host);
  if (special === undefined) return true;
  const isNear = special === "this machine" || special === "this link";
  return isNear && ours.some((own) => specialOf(own) === special);
}
