/** Direction of media as agreed by both sides: RFC 3264 §6.1, XEP-0166 §7.3. */
import type { Role, Senders } from "./media.ts";

/** The roles that send. */
export const SENDING: Readonly<Record<Senders, readonly Role[]>> = {
  both: ["initiator", "responder"],
  initiator: ["initiator"],
  responder: ["responder"],
  none: [],
};

function sendersOf(roles: readonly Role[]): Senders {
  if (roles.length === 2) return "both";
  return roles[0] ?? "none";
}

/** Who may send if both sides agree. */
export function bothWant(one: Senders, other: Senders): Senders {
  return sendersOf(SENDING[one].filter((role) => SENDING[other].includes(role)));
}
