/**
 * INVITEs that wait to become calls until the caller's name is in the user's roster (xmpp/introductions.ts, which has the time limit).
 *
 * RFC 3261 §9.2. Rules: a CANCEL ends the wait by 487; a call that there is no more room for after it gets 503; a fault ends its own INVITE by
 * 500. Bound: that of the introductions, since all others become calls at once.
 */
import { attempt, Refusal } from "../../protocol/refusal.ts";
import type { ServerTransaction } from "../sip/user.ts";
import type { XmppComponent } from "../xmpp/component.ts";
import { NO_MORE, type NoCall, noCallFor, type Parties } from "./admission.ts";

const CANCELLED: NoCall = { status: 487, why: "cancelled while the caller's name was put into the user's roster" };

export interface IntroducedNeeds {
  readonly xmpp: () => XmppComponent;
  readonly refuse: (transaction: ServerTransaction, why: NoCall) => void;
  /** Whether there is room for no more calls. */
  readonly isFull: () => boolean;
}

export class Introduced {
  readonly #needs: IntroducedNeeds;
  /** By transaction. */
  readonly #waiting = new Map<string, ServerTransaction>();

  constructor(needs: IntroducedNeeds) {
    this.#needs = needs;
  }

  /** Calls `begin` when the caller is introduced: at once, or later. */
  before(transaction: ServerTransaction, { us, them, nick = "" }: Parties, begin: () => void): void {
    let isLater = false;
    this.#waiting.set(transaction.id, transaction);
    this.#needs.xmpp().introduce({ user: them, caller: us, name: nick }, () => {
      if (!this.#waiting.delete(transaction.id)) return;
      if (isLater) this.#beginLater(transaction, begin);
      else begin();
    });
    isLater = true;
  }

  /** Refuses an INVITE that waits; false if it does not. */
  cancelled({ id }: ServerTransaction): boolean {
    const transaction = this.#waiting.get(id);
    if (transaction === undefined) return false;
    this.#waiting.delete(id);
    this.#needs.refuse(transaction, CANCELLED);
    return true;
  }

  /** Begins a call outside the stack, which handles faults of those that begin at once. */
  #beginLater(transaction: ServerTransaction, begin: () => void): void {
    const { refuse, isFull } = this.#needs;
    if (isFull()) return refuse(transaction, NO_MORE);
    try {
      const refusal = attempt(begin);
      if (refusal instanceof Refusal) refuse(transaction, noCallFor(refusal));
    } catch (fault) {
      refuse(transaction, { status: 500, why: String(fault) });
    }
  }
}
