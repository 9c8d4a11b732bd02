/**
 * Direction: a=sendonly is relative to its writer, Jingle's `senders` names initiator and responder.
 *
 * RFC 8866 §6.7, XEP-0166 §7.3. sendonly is `initiator` if written by the initiator, and `responder` if written by the
 * responder.
 */
import type { Role, Senders } from "../media/media.ts";

const other = (role: Role): Role => (role === "initiator" ? "responder" : "initiator");

/** Jingle's senders for a direction of this writer; sendrecv if missing. */
export function sendersOf(direction: string | undefined, by: Role): Senders {
  if (direction === "sendonly") return by;
  if (direction === "recvonly") return other(by);
  return direction === "inactive" ? "none" : "both";
}

/** The direction to be written by this side for Jingle's senders. */
export function directionOf(senders: Senders, by: Role): string {
  if (senders === "both") return "sendrecv";
  if (senders === "none") return "inactive";
  return senders === by ? "sendonly" : "recvonly";
}
