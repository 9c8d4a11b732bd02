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
  /** Whether we may send requests: as callee only after the ACK. */
  open: boolean;
  /** The peer supports RFC 8840 INFOs, as announced by a message in this dialog. */
  trickles = false;
  /** The peer supports UPDATE. */
  updates = false;
  /** The description that the peer got with the last INFO. */
  informed: Media | null = null;
  /** Whether an INFO of ours is unanswered. */
  informing = false;
  /** The kinds of INFO that the peer accepts, as far as we know. */
  takesCandidates = true;
  takesTones = true;
  /** The number of the last reliable provisional response of this dialog (RFC 3262 §4). */
  reliable: number | null = null;
  /** The session-accept's description, until there is a 2xx: the answer, or a later offer by UPDATE; or why it is unusable. */
  answer: Media | Refusal | undefined = undefined;
  /** Whether a reliable response has contained one, so that our offer is answered (RFC 3262 §5). */
  answeredReliably = false;
  /** Our INVITE answered by a 2xx, and the session timer of that 2xx, until its ACK. */
  success: { readonly invite: Invite; readonly timer: SessionTimer | null } | undefined = undefined;
  isAcknowledged = false;

  constructor(tag: string, dialog: Dialog, open: boolean) {
    this.tag = owned(tag);
    this.dialog = kept(dialog);
    this.open = open;
  }

  /** The dialog according to its 2xx: the route set is taken from it (§13.2.2.4), the CSeq numbers continue. */
  becomes(dialog: Dialog): void {
    const { localSeq, remoteSeq } = this.dialog;
    this.dialog = { ...kept(dialog, this.dialog), localSeq, remoteSeq };
  }

  /** The same dialog, restored after this many starts. */
  static restored({ tag, dialog, open, ...known }: SavedFork, starts: number): Fork {
    const fork = new Fork(tag, { ...dialog, localSeq: dialog.localSeq + RESERVE * starts }, open);
    return Object.assign(fork, known);
  }

  /** The saved part of the fork. */
  save(): SavedFork {
    const { tag, dialog, open, trickles, updates, takesCandidates, takesTones, reliable, isAcknowledged } = this;
    return { tag, dialog, open, trickles, updates, takesCandidates, takesTones, reliable, isAcknowledged };
  }

  /** Whether a 2xx has come. */
  get isAnswered(): boolean {
    return this.success !== undefined || this.isAcknowledged;
  }

  /** Stores the capabilities announced by a message. */
  learn(message: Message): void {
    this.trickles ||= trickles(message);
    this.updates ||= allows(message, "UPDATE");
  }

  /** Creates our next request. */
  next(method: string, headers: readonly Field[], body = ""): Request {
    const { request, dialog } = requestIn(this.dialog, method, { headers, body });
    this.dialog = dialog;
    return request;
  }

  /** Repeats a request by `make`; the next number is used up only if there is a repetition. */
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

  /** Accepts a request of theirs, or returns why it does not fit the dialog (§12.2.2). */
  accept(request: Request): Refusal | undefined {
    const next = acceptRequest(this.dialog, request);
    if (next instanceof Refusal) return next;
    this.dialog = next;
    return undefined;
  }

  /** Updates the remote target from the Contact of this message (§12.2). */
  refresh(message: Request | Response): void {
    this.dialog = kept(refreshTarget(this.dialog, message), this.dialog);
  }
}

/** A dialog whose texts are copies, since substrings keep the whole message in memory; equal ones are shared with `before`. */
function kept(dialog: Dialog, before?: Dialog): Dialog {
  const { remote, remoteTarget, routeSet } = dialog;
  const isSame =
    before?.remote === remote && before.remoteTarget === remoteTarget && isSameList(before.routeSet, routeSet);
  const texts = isSame ? before : owned({ remote, remoteTarget, routeSet });
  return { ...dialog, remote: texts.remote, remoteTarget: texts.remoteTarget, routeSet: texts.routeSet };
}

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at]);
