/**
 * The INVITEs of phones that can still be cancelled, or whose 200 waits for its ACK, each with the call it is of.
 *
 * Rule: as callee we hang up after the ACK (RFC 3261 §15), so of a call that has ended what holds a BYE back stays until the ACK,
 * or the end of its time, has been told; the rest is forgotten with the call.
 */
import type { Request } from "../../protocol/sip/message.ts";
import type { Call } from "../calls/call.ts";
import { guardedAwaiting } from "../guard.ts";
import type { Awaiting, ServerTransaction } from "../sip/user.ts";

export class CallsAwaiting {
  /** By transaction. */
  readonly #awaiting = new Map<string, { readonly it: Awaiting; readonly forget: () => void }>();
  /** The transactions of each call. */
  readonly #ofCall = new Map<Call, Set<string>>();

  /** Waits, until what is given back is called. */
  add(call: Call, { id }: ServerTransaction, it: Awaiting): () => void {
    const mine = this.#ofCall.get(call) ?? new Set();
    const forget = (): void => {
      this.#awaiting.delete(id);
      mine.delete(id);
    };
    this.#awaiting.set(id, { it: guardedAwaiting(it, (work) => call.guard(work)), forget });
    this.#ofCall.set(call, mine.add(id));
    return forget;
  }

  cancelled({ id }: ServerTransaction): void {
    this.#awaiting.get(id)?.it.cancelled();
  }

  acknowledged(transaction: ServerTransaction, ack: Request): void {
    this.#take(transaction)?.acknowledged(ack);
  }

  unacknowledged(transaction: ServerTransaction): void {
    this.#take(transaction)?.unacknowledged();
  }

  ended(call: Call): void {
    for (const id of this.#ofCall.get(call) ?? []) if (!this.#awaiting.get(id)?.it.holdsBye) this.#awaiting.delete(id);
    this.#ofCall.delete(call);
  }

  /** Who waits for an ACK, which comes once. */
  #take({ id }: ServerTransaction): Awaiting | undefined {
    const awaiting = this.#awaiting.get(id);
    awaiting?.forget();
    return awaiting?.it;
  }
}
