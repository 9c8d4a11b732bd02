/**
 * Where the relay may be led by a description: an SDP's address, or a user's candidate.
 *
 * RFC 8445 §19.5.1 (attacks by candidates), docs/mapping.md V23. Rules: nobody names this machine, this link, a group, nowhere, or a cloud's
 * metadata, but where the relay is there itself (one that listens on loopback serves who is on this machine). Addresses of the machine
 * that others reach too, and private networks, are where phones and users are.
 */
import { specialOf } from "../protocol/special-address.ts";

/** Whether something may be sent to a host that somebody has named, from these addresses of ours. */
export function mayReach(host: string, ours: readonly string[]): boolean {
  const special = specialOf(host);
  if (special === undefined) return true;
  const isNear = special === "this machine" || special === "this link";
  return isNear && ours.some((own) => specialOf(own) === special);
}
