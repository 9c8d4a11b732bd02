/**
 * The response to a CANCEL: 200, with the To tag of the responses to its INVITE.
 *
 * RFC 3261 §9.2. Rules: the CANCEL has a transaction and a response of its own; the transaction user sends the 487 to the INVITE. If
 * the INVITE has had no response with a tag yet, its 487 is sent first, and provides the tag. A CANCEL without an INVITE gets 481
 * (checks.ts).
 */
import { responseTo } from "../../protocol/sip/build.ts";
import { tagOf } from "../../protocol/sip/mandatory.ts";
import type { ServerRecord } from "./servers.ts";
import type { ServerTransaction } from "./user.ts";

/** Responds to a CANCEL of this INVITE, and notifies the transaction user. */
export function respondToCancel(cancel: ServerTransaction, invite: ServerRecord, notify: () => void): void {
  const inviteTag = (): string | undefined => tagOf(invite.response ?? invite.transaction.request, "To");
  const respond = (toTag = inviteTag()): void =>
    cancel.respond(responseTo(cancel.request, 200, toTag === undefined ? {} : { toTag }));
  const isTagged = inviteTag() !== undefined;
  if (isTagged) respond();
  notify();
  if (!isTagged) respond();
}
