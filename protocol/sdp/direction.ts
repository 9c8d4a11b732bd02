/**
 * Direction: a=sendonly is said of its writer, Jingle's `senders` of initiator and responder.
 *
 * RFC 8866 §6.7, XEP-0166 §7.3. sendonly is `initiator` when the initiator writes it, and `responder` when the
 * responder does.
 */
import type { Role, Senders } from "../media/media.ts";

const other = (role: Role): Role => (role === "initiator" ? "responder" : "initiator");

/** Who sends when this writer says this direction; sendrecv when it says none. */
export function sendersOf(direction: string | undefined, by: Role): Senders {
  if (direction === "sendonly") return by;
  if (direction === "recvonly") return other(by);
  return direction === "inactive" ? "none" : "both";
}

/** The direction that this writer writes when these send. */
export function directionOf(senders: Senders, by: Role): string {
  if (senders === "both") return "sendrecv";
  if (senders === "none") return "inactive";
  return senders === by ? "sendonly" : "recvonly";
}
