/**
 * One dialog of a call, early or confirmed: RFC 3261 §12. As UAC a call has one for each phone that answers its INVITE (forking,
 * §13.2.2.4); as UAS it has one.
 *
 * Rules: our CSeq numbers grow by one with each request, and with each retry of one; theirs must grow. Allow and Recv-Info of any
 * message in the dialog are remembered.
 */
import type { Media } from "../../protocol/media/media.ts";
import { Refusal } from "../../protocol/refusal.ts";
import { allows, trickles } from "../../protocol/sip/capabilities.ts";
import { acceptRequest, type Dialog, refreshTarget, requestIn } from "../../protocol/sip/dialog.ts";
import type { Field, Message, Request, Response } from "../../protocol/sip/message.ts";
import type { SessionTimer } from "../../protocol/sip/session-timer.ts";
import { owned } from "../../protocol/text.ts";
import type { Invite } from "./invite.ts";
import { RESERVE, type SavedFork } from "./saved.ts";

export class Fork {
  /** The other side's tag. */
  readonly tag: string;
  dialog: Dialog;
  /** Whether requests of ours may go out: as callee only after the ACK. */
  open: boolean;
  /** The peer takes RFC 8840 INFOs, as one of its messages in this dialog has said. */
  trickles = false;
  /** The peer takes UPDATE. */
  updates = false;
  /** What the peer has last been told by INFO. */
  informed: Media | null = null;
  /** Whether an INFO of ours waits for its answer. */
  informing = false;
  /** Which INFOs the peer takes, as far as we know. */
  takesCandidates = true;
  takesTones = true;
  /** The number of the last reliable provisional response of this dialog (RFC 3262 §4). */
  reliable: number | null = null;
  /** What the session-accept will tell, until there is a 2xx: the answer, or a later offer by UPDATE; or why it is none. */
  answer: Media | Refusal | undefined = undefined;
  /** Whether a reliable response has brought one, so that our offer has had its answer (RFC 3262 §5). */
  answeredReliably = false;
  /** The INVITE of ours that a 2xx has answered, and the session timer of that, until its ACK. */
  success: { readonly invite: Invite; readonly timer: SessionTimer | null } | undefined = undefined;
  isAcknowledged = false;

  constructor(tag: string, dialog: Dialog, open: boolean) {
    this.tag = owned(tag);
    this.dialog = kept(dialog);
    this.open = open;
  }

  /** The dialog as its 2xx says it: the route set is that one's (§13.2.2.4), the numbers go on. */
  becomes(dialog: Dialog): void {
    const { localSeq, remoteSeq } = this.dialog;
    this.dialog = { ...kept(dialog, this.dialog), localSeq, remoteSeq };
  }

  /** The same dialog, so many starts later. */
  static restored({ tag, dialog, open, ...known }: SavedFork, starts: number): Fork {
    const fork = new Fork(tag, { ...dialog, localSeq: dialog.localSeq + RESERVE * starts }, open);
    return Object.assign(fork, known);
  }

  /** What of it is saved. */
  save(): SavedFork {
    const { tag, dialog, open, trickles, updates, takesCandidates, takesTones, reliable, isAcknowledged } = this;
    return { tag, dialog, open, trickles, updates, takesCandidates, takesTones, reliable, isAcknowledged };
  }

  /** Whether a 2xx has come. */
  get isAnswered(): boolean {
    return this.success !== undefined || this.isAcknowledged;
  }

  /** Remembers what a message says that its writer can do. */
  learn(message: Message): void {
    this.trickles ||= trickles(message);
    this.updates ||= allows(message, "UPDATE");
  }

  /** The next request of ours. */
  next(method: string, headers: readonly Field[], body = ""): Request {
    const { request, dialog } = requestIn(this.dialog, method, { headers, body });
    this.dialog = dialog;
    return request;
  }

  /** A request made again, which takes the next number if it is made. */
  retry<Again>(make: (number: number) => Again | undefined): Again | undefined {
    const localSeq = this.dialog.localSeq + 1;
    const again = make(localSeq);
    if (again) this.dialog = { ...this.dialog, localSeq };
    return again;
  }

  /** The ACK to a 2xx to this INVITE. */
  ack(invite: Request, headers: readonly Field[]): Request {
    return requestIn(this.dialog, "ACK", { headers, invite }).request;
  }

  /** Takes a request of theirs, or says why it does not fit the dialog (§12.2.2). */
  accept(request: Request): Refusal | undefined {
    const next = acceptRequest(this.dialog, request);
    if (next instanceof Refusal) return next;
    this.dialog = next;
    return undefined;
  }

  /** Their Contact has moved, as this message says (§12.2). */
  refresh(message: Request | Response): void {
    this.dialog = kept(refreshTarget(this.dialog, message), this.dialog);
  }
}

/** A dialog without the message that its texts were cut out of; `before` has copies of those that are the same. */
function kept(dialog: Dialog, before?: Dialog): Dialog {
  const { remote, remoteTarget, routeSet } = dialog;
  const isSame =
    before?.remote === remote && before.remoteTarget === remoteTarget && isSameList(before.routeSet, routeSet);
  const texts = isSame ? before : owned({ remote, remoteTarget, routeSet });
  return { ...dialog, remote: texts.remote, remoteTarget: texts.remoteTarget, routeSet: texts.routeSet };
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at]);
